"""One short line bought from the real providers. Off unless NINJA_LIVE=1 and both keys are set; the price comes first.

NINJA_LIVE=1 .venv/bin/pytest -m live -s tests/paid/test_live.py
"""

import json
import os
import shutil
from pathlib import Path
from textwrap import dedent

import av
import pytest
from typer.testing import CliRunner

from ninja_assets.cli.app import app
from resources.core.settings import ROOT
from resources.models.loading import load_show
from tests.paid.runs import NINJA, Run

MOST_USD = 0.30  # a voice of 2-3 s and its clip cost about $0.15
SHOW = """\
    title: Live
    slots: 1
    characters:
      NINJA: {{name: Ninja, image: ninja.png, voice: {{elevenlabs: {{voice_id: {voice_id}}}}}}}
    models:
      draft: {{speaker: fal-ai/kling-video/ai-avatar/v2/standard}}
    caps: {{segment_usd: {usd}, episode_usd: {usd}, day_usd: {usd}}}
    """
READY = (
    os.environ.get("NINJA_LIVE") == "1"
    and bool(os.environ.get("FAL_KEY") or os.environ.get("FAL_AI_API_KEY"))
    and bool(os.environ.get("ELEVENLABS_API_KEY"))
)


def write_show(root: Path) -> None:
    """A show of one character, with the picture and the voice of the example's."""
    (root / "show" / "episodes").mkdir(parents=True)
    (root / "dagster_home").mkdir()
    shutil.copy(ROOT / "show" / "characters" / "ninja.png", root / "show")
    shutil.copy(ROOT / "dagster_home" / "dagster.yaml", root / "dagster_home")
    voice = load_show(ROOT / "show").characters["NINJA"].voice.elevenlabs
    assert voice is not None
    text = dedent(SHOW).format(voice_id=voice.voice_id, usd=MOST_USD)
    (root / "show" / "show.yaml").write_text(text, encoding="utf-8")
    (root / "show" / "episodes" / "live.md").write_text("NINJA: One two three, we are live.\n", encoding="utf-8")


def environment(root: Path) -> dict[str, str]:
    """This process's own variables, with the live show's places."""
    places = {"NINJA_SHOW": root / "show", "NINJA_OUTPUT": root / "output", "DAGSTER_HOME": root / "dagster_home"}
    return {**os.environ, **{name: str(path) for name, path in places.items()}}


def price(root: Path) -> float:
    """What the line will cost, by the command that needs no key."""
    quoted = CliRunner().invoke(app, ["quote", "live", "--mode", "draft", "--json"], env=environment(root))
    assert quoted.exit_code == 0, quoted.stderr
    return float(json.loads(quoted.stdout.splitlines()[-1])["total_usd"])


def test_the_live_line_is_cheap(tmp_path: Path) -> None:
    """Also without a key: the price of what the live test would buy."""
    write_show(tmp_path)
    assert 0.05 < price(tmp_path) < MOST_USD


@pytest.mark.live
@pytest.mark.skipif(not READY, reason="needs NINJA_LIVE=1, FAL_KEY and ELEVENLABS_API_KEY: it spends money")
def test_a_short_line_becomes_a_video_at_the_real_providers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_show(tmp_path)
    with capsys.disabled():
        print(f"\nbuying one line for about ${price(tmp_path):.2f}; the cap is ${MOST_USD:.2f}")
    ended = Run([*NINJA, "produce", "live", "--mode", "draft", "--json"], environment(tmp_path)).end(1800)
    assert ended.status == 0, ended.stderr
    production = ended.production
    assert 0 < production.cost_usd <= MOST_USD
    assert production.final_video is not None
    with av.open(production.final_video) as file:
        assert file.metadata["comment"].startswith("DRAFT")
    with capsys.disabled():
        print(f"paid ${production.cost_usd:.3f} for {production.seconds} s")
