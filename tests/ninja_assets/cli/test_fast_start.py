"""What a command imports: no Dagster where it starts no run, and no heavy library that it does not use."""

import json
import subprocess
import sys

import pytest

from resources.core.settings import ROOT
from tests.stage import build_stage

HEAVY = (
    *("dagster", "av", "PIL", "numpy", "pandas", "sqlalchemy", "fal_client", "elevenlabs", "httpx"),
    *("dotenv", "fsspec", "regex", "upath", "resources.models.families", "sqlalchemy.dialects.postgresql"),
)
SHOW = {"PIL", "regex"}  # show.yaml's pictures are looked at, and its labels
MODELS = {"resources.models.families"}
EPISODE = SHOW | MODELS | {"numpy", "av"}
MIGRATION = {"sqlalchemy.dialects.postgresql"}  # alembic knows every database
RUN = """
import json, sys
sys.argv = ["ninja", *sys.argv[1:]]
from ninja_assets.cli import main
try:
    main()
except SystemExit:
    pass
print("\\n" + json.dumps([name for name in {heavy} if name in sys.modules]))
"""


@pytest.mark.parametrize(
    ("command", "brought"),
    [
        pytest.param(["models", "--json"], MODELS, id="models"),
        pytest.param(["prices"], MODELS, id="prices"),
        pytest.param(["--help"], set(), id="help"),
        pytest.param(["costs"], SHOW | {"sqlalchemy"}, id="costs"),
        pytest.param(["ledger"], SHOW | {"sqlalchemy"}, id="ledger"),
        pytest.param(["lint", "demo"], EPISODE, id="lint"),
        pytest.param(["quote", "demo"], EPISODE | {"sqlalchemy"}, id="quote"),
        pytest.param(["what-if", "demo"], EPISODE | {"sqlalchemy"} | MIGRATION, id="what-if"),
    ],
)
def test_a_command_imports_what_it_uses_and_no_more(
    tmp_path_factory: pytest.TempPathFactory, command: list[str], brought: set[str]
) -> None:
    stage = build_stage(tmp_path_factory.mktemp("fast"))
    done = subprocess.run(
        [sys.executable, "-c", RUN.replace("{heavy}", repr(HEAVY)), *command],
        env={"NINJA_SHOW": str(stage.show), "NINJA_OUTPUT": str(stage.output), "COLUMNS": "80"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr
    assert set(json.loads(done.stdout.splitlines()[-1])) <= brought
