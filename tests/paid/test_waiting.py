"""What a paid run has loaded when it begins to wait: memory differs from machine to machine, modules do not."""

import json
import sys

from tests.paid.conftest import MakeStage
from tests.paid.runs import Run

# Ends the command where it begins to wait, and tells what is loaded.
UNTIL_IT_WAITS = """\
import json, os, sys
from resources.core import memory
def tell():
    print(json.dumps(sorted(sys.modules)), flush=True)
    os._exit(0)
memory.give_back = tell
from ninja_assets.cli import main
main()
"""
# What draws, speaks, serves and tells people, and what only other settings need.
NEEDLESS = {
    *("cryptography", "dlib", "emoji", "hibari", "jinja2", "onnxruntime", "opentimelineio", "pandas", "tabulate"),
    *("apprise", "prometheus_client", "starlette", "uvicorn", "dagster_webserver", "dagster_graphql"),
    *("aiohttp", "boto3", "botocore", "celery", "kubernetes", "psycopg", "psycopg2", "s3fs"),
    "resources.providers.offline.offline_voice",
    "ninja_assets.desk.site.pages",
}
SDK_MODULES = 90  # of 2,900 that ElevenLabs has; its usual client loads some 320


def test_a_run_that_waits_has_loaded_what_it_needs(make_stage: MakeStage) -> None:
    stage = make_stage(latency=3600)
    run = Run([sys.executable, "-c", UNTIL_IT_WAITS, "produce", "demo", "--mode", "draft", "--yes"], stage.environment)
    ended = run.end()
    assert ended.status == 0, ended.stderr
    loaded = set(json.loads(ended.stdout.splitlines()[-1]))
    assert "fal_client" in loaded
    assert loaded & NEEDLESS == set()
    assert sum(name.partition(".")[0] == "elevenlabs" for name in loaded) <= SDK_MODULES
