"""`ninja what-if`: the table of combinations, by measured seconds where the voice is bought, else by the words."""

import json
from pathlib import Path

import numpy as np
import pytest

from ninja_assets.cli.commands.money import whatif
from resources.content.show import ListenerPlan
from resources.core.names import Mode
from resources.media import ffmpeg
from resources.models import speakers
from resources.models.endpoints import ids
from resources.models.loading import load_script, load_show
from resources.purchasing.imports import Bought, import_file
from resources.purchasing.other_models import what_if_of
from tests.faces import drawn_face
from tests.stage import Stage, build_stage

SHOW = """\
    title: What-if Show
    slots: 4
    characters:
      NINJA: {name: Ninja, image: characters/ninja.png, voice: {elevenlabs: {voice_id: voiceNinja01}}}
      GLITCH: {name: Glitch, image: characters/ninja.png, voice: {elevenlabs: {voice_id: voiceGlitch02}}}
    models:
      final: {speaker: fal-ai/kling-video/ai-avatar/v2/pro}
    caps: {segment_usd: 2, episode_usd: 10, day_usd: 20}
    """


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    stage = build_stage(tmp_path)
    stage.write_show(SHOW)
    drawn_face(0.6, (1080, 960), "#22d3ee").save(stage.show / "characters" / "ninja.png")
    return stage


def _tone(path: Path, seconds: float) -> Path:
    """An MP3 that is heard: a tone of `seconds`."""
    samples = (np.sin(np.arange(int(44100 * seconds)) * 0.06) * 12000).astype("<i2").tobytes()
    raw = path.with_suffix(".raw")
    raw.write_bytes(samples)
    ffmpeg.run(["-f", "s16le", "-ar", "44100", "-ac", "1", "-i", str(raw), "-b:a", "128k", str(path)])
    return path


def test_without_a_bought_voice_every_length_is_an_estimate(
    stage: Stage, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    assert whatif.run(stage.settings(), "demo", mode=None, as_json=False) == 0
    printed = capsys.readouterr().out
    assert max(len(line) for line in printed.splitlines() if not line.startswith(("*", "listeners by"))) <= 80
    assert "A test · demo · ~" in printed
    assert "estimated from the words: all" in " ".join(printed.split())
    assert not stage.output.exists()


def test_a_bought_voice_counts_with_its_measured_length(stage: Stage, tmp_path: Path) -> None:
    settings = stage.settings(Mode.FINAL)
    voice = Bought(_tone(tmp_path / "line.mp3", 7.0), cost_usd=0.0)
    import_file(settings, "demo", "s02", "tts_audio", voice)
    show = load_show(settings.show)
    script = load_script(settings.show, show, "demo")
    found = what_if_of(stage.settings(), show, script)
    assert found.measured == {"s02"}
    by_segment = {turn.segment: turn.seconds for turn in found.turns}
    assert by_segment["s02"] == pytest.approx(7.0, abs=0.5)  # with the silence around it, cut and added
    total = sum(by_segment.values())
    pro = next(row for row in found.rows if row.speaker.endpoint.id == ids.AVATAR_PRO)
    assert pro.speaker_usd == pytest.approx(total * 0.115, abs=0.01)


def test_json_has_every_combination_and_marks_what_is_estimated(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    whatif.run(stage.settings(), "demo", mode=Mode.FINAL, as_json=True)
    result = json.loads(capsys.readouterr().out)
    assert len(result["rows"]) == len(speakers.options()) * len(ListenerPlan)
    assert [segment["exact"] for segment in result["segments"]] == [False] * 3
    assert result["listener"] == ids.I2V_V25_STANDARD


def test_a_model_that_does_not_take_a_turn_is_marked_and_the_turn_named(
    stage: Stage, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    stage.write_episode(text="NINJA: " + "Seven words are said here, and more. " * 13 + "\nGLITCH: Yes.\n")
    whatif.run(stage.settings(), "demo", mode=None, as_json=False)
    printed = capsys.readouterr().out
    assert "* VEED Fabric 1.0 at 480p takes 0-30 s: not s01 in one piece" in printed
    [fabric] = [line for line in printed.splitlines() if line.strip().startswith("VEED Fabric 1.0 at 480p")]
    assert fabric.count("*") == len(ListenerPlan)
    [pro] = [line for line in printed.splitlines() if line.strip().startswith("Avatar v2 Pro")]
    assert pro.count("refused*") == 2  # nothing is in the library, and no clip to trim is as long as s01
    assert pro.count("*") == 3  # the loop's model has no end frame


def test_a_show_that_can_buy_nothing_yet_is_reckoned_with_the_default_listener(stage: Stage) -> None:
    stage.write_show("\n".join(line for line in SHOW.splitlines() if "final:" not in line and "models:" not in line))
    show = load_show(stage.show)
    found = what_if_of(stage.settings(), show, load_script(stage.show, show, "demo"))
    assert (found.listener, found.speaker, found.measured) == (ids.I2V_V25_STANDARD, None, frozenset())
