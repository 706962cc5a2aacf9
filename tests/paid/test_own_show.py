"""The journey: a new show, three anchors, German, own pictures, both formats, from a rehearsal to a published final."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from resources.core.settings import ROOT
from tests.paid.judge import files_with
from tests.paid.runs import NINJA
from tests.providers.fixture import provider_process

pytestmark = pytest.mark.long

KEYS = {"FAL_KEY": "fal-own-7c2e:secret-own-5d0a", "ELEVENLABS_API_KEY": "sk_own_secret_9b7e"}


def ninja(folder: Path, *arguments: str) -> dict[str, Any]:
    """A command in a folder, as a person types it: nothing but PATH and HOME is set. Its object."""
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder)}
    command = [*NINJA, *arguments]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout.splitlines()[-1])) if "--json" in arguments else {}


def with_own_pictures_and_voices(show: Path) -> None:
    """What a person does next: a picture and a voice for each anchor."""
    text = (show / "show.yaml").read_text(encoding="utf-8")
    for name, picture in (("anna", "glitch"), ("ben", "ninja"), ("käthe", "glitch")):
        shutil.copy(ROOT / "show" / "characters" / f"{picture}.png", show / "characters" / f"{name}.png")
    voices = iter(("voiceNinja01", "voiceGlitch02", "voiceNinja01"))
    text = re.sub(r"# (image: .*)", r"\1", text)
    text = re.sub(r"# (elevenlabs: \{voice_id: )…", lambda found: f"{found[1]}{next(voices)}", text)
    (show / "show.yaml").write_text(text, encoding="utf-8")


def test_a_new_show_goes_from_nothing_to_a_final(tmp_path: Path) -> None:
    given = ["--title", "Die Sendung", "--anchors", "Anna,Ben,Käthe", "--formats", "short,long", "--language", "de"]
    ninja(tmp_path, "init", "sendung", *given)
    show = tmp_path / "sendung"
    with_own_pictures_and_voices(show)
    rehearsed = ninja(show / "episodes", "produce", "welcome", "--json")  # found from below, too
    assert (rehearsed["cost_usd"], [*rehearsed["videos"]]) == (0, ["short", "long"])
    assert [one["speaker"] for one in rehearsed["segments"]] == ["ANNA", "BEN", "KÄTHE"]

    settings = {"fal_key": KEYS["FAL_KEY"], "elevenlabs_key": KEYS["ELEVENLABS_API_KEY"], "video_height": 120}
    with provider_process(tmp_path / "server", **settings) as providers:
        lines = {**providers.environment, **KEYS}
        (show / ".env").write_text("".join(f"{name}={value}\n" for name, value in lines.items()), encoding="utf-8")
        final = ninja(show, "produce", "welcome", "--mode", "final", "--yes", "--json")
        assert len(providers.report().purchases) == 3 + 3 + 2  # voices, speakers, loops of those who listen
    assert final["cost_usd"] > 0
    for video in final["videos"].values():
        assert Path(video).stat().st_size > 0
        assert Path(video).is_relative_to(show / "output" / "welcome" / "final")
    assert (show / "output" / "welcome" / "final" / "publish").is_dir()
    assert "KÄTHE" not in Path(final["final_video"]).with_name("final.srt").read_text(encoding="utf-8")
    costs = ninja(show, "costs", "--json")
    assert costs["found"] is True
    assert costs["ledger"].endswith("/sendung/.state/ledger.db")
    (show / ".env").unlink()
    for secret in ("secret-own-5d0a", "sk_own_secret_9b7e"):
        assert files_with(show, secret) == []
