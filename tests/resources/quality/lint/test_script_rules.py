"""A whole episode, linted: the example show is clean, and each mistake is told with its file and line."""

import shutil
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from resources.content.segments import PlacedShot
from resources.content.shots import Shot, parse_shot
from resources.core.errors import ContentError
from resources.media import ffmpeg
from resources.models.endpoints import ids
from resources.models.loading import load_script, load_show, parse_script
from resources.quality.lint import Finding, Severity, lint_script

EXAMPLE = Path(__file__).resolve().parents[4] / "show"

SHOW = """title: Test
characters:
  NINJA:
    name: Ninja
    puppet: ninja
    image: ninja.png
    voice:
      elevenlabs: {{voice_id: abc, model: {voice}, speed: {speed}}}
    speaking:
      prompt: {speaking}
      model: {model}
    listening:
      prompt: {listening}
  GLITCH: {{
    name: Glitch, puppet: glitch, image: glitch.png,
    voice: {{elevenlabs: {{voice_id: def}}}},
    listening: {{
      moods: {{
        amused: A nice smile}}}}}}
models:
  final:
    speaker: {speaker}
    listener: {listener}
"""
DEFAULTS = {
    "voice": "eleven_v3",
    "speed": "",
    "speaking": "",
    "model": "",
    "listening": "",
    "speaker": ids.AVATAR_PRO,
    "listener": ids.I2V_V25_PRO,
}
EPISODE = "NINJA: [excited] Hello there, ninjas!\n\nGLITCH: Hello, Ninja.\n"


@cache
def portrait(size: tuple[int, int]) -> bytes:
    """A picture with something in it. Made once: noise is slow to pack."""
    file = BytesIO()
    noise = np.random.default_rng(1).normal(128, 20, size[::-1]).clip(0, 255).astype(np.uint8)
    Image.fromarray(noise).convert("RGB").save(file, "PNG", compress_level=1)
    return file.getvalue()


def lint(
    folder: Path,
    episode: str = EPISODE,
    shots: dict[int, Shot] | None = None,
    picture: tuple[int, int] = (1080, 960),
    **settings: Any,
) -> list[Finding]:
    (folder / "show.yaml").write_text(SHOW.format(**DEFAULTS | settings), encoding="utf-8")
    for name, size in (("ninja", picture), ("glitch", (1080, 960))):
        (folder / f"{name}.png").write_bytes(portrait(size))
    show = load_show(folder)
    script = parse_script(episode, episode="day", show=show, where="day.md")
    placed = [PlacedShot(segment=f"s{line}", shot=shot, line=line) for line, shot in (shots or {}).items()]
    return lint_script(show, script.model_copy(update={"segments": (*script.segments, *placed)}), folder)


def places(findings: list[Finding]) -> list[tuple[str, str]]:
    return [(finding.rule, ":".join(finding.where.rsplit("/", 1)[-1].split(":"))) for finding in findings]


def test_the_example_show_is_clean() -> None:
    show = load_show(EXAMPLE)
    assert lint_script(show, load_script(EXAMPLE, show, "first-light"), EXAMPLE) == []


def test_a_plain_show_is_clean(tmp_path: Path) -> None:
    assert lint(tmp_path) == []


@pytest.mark.parametrize(
    ("settings", "rule", "place"),
    [
        ({"speaking": "A nice man speaks"}, "vague", "show.yaml:10"),
        ({"listening": "He nods."}, "mouth-open", "show.yaml:13"),
        ({"model": "fal-ai/nothing"}, "model-unknown", "show.yaml:11"),
        ({"model": ids.T2V_O3_PRO}, "model-unknown", "show.yaml:11"),
        ({"speaker": ids.I2V_V21_PRO}, "model-unknown", "show.yaml:22"),
        ({"listener": ids.AVATAR_PRO}, "model-unknown", "show.yaml:23"),
        ({"speaker": ids.OMNIHUMAN}, "mask-omnihuman", "show.yaml:22"),
        ({"speaker": ids.FABRIC, "speaking": "A man speaks"}, "setting-ignored", "show.yaml:10"),
        ({"speed": "1.1"}, "setting-ignored", "show.yaml:8"),
        ({"voice": "eleven_multilingual_v2"}, "setting-ignored", "day.md:1"),
    ],
)
def test_each_mistake_has_its_place(tmp_path: Path, settings: dict[str, Any], rule: str, place: str) -> None:
    assert places(lint(tmp_path, **settings)) == [(rule, place)]


def test_a_tag_is_told_for_each_voice_model_whose_line_is_sent_without_it(tmp_path: Path) -> None:
    assert ("setting-ignored", "day.md:1") in places(lint(tmp_path, voice="eleven_v3_preview"))


def test_a_models_silence_is_no_mistake_of_a_prompt_that_nobody_wrote(tmp_path: Path) -> None:
    assert lint(tmp_path, speaker=ids.FABRIC) == []


def test_a_turns_own_model_is_told_at_the_turn(tmp_path: Path) -> None:
    episode = EPISODE + "NINJA {model: fal-ai/kling-video/ai-avatar/v3/pro}: Bye!\n"
    (finding,) = lint(tmp_path, episode)
    assert places([finding]) == [("model-unknown", "day.md:4")]
    assert ids.AVATAR_PRO in finding.hint


def test_a_turns_own_acting_is_read_after_the_characters_way_and_not_for_a_model_without_a_prompt(
    tmp_path: Path,
) -> None:
    episode = "NINJA {acting: with a nice smile}: Hello there, it is a fine day."
    assert places(lint(tmp_path, episode)) == [("vague", "day.md:1")]
    found = lint(tmp_path, episode.replace("a nice", "a sly"), speaker=ids.FABRIC)
    assert places(found) == [("setting-ignored", "day.md:1")]


def test_a_mood_is_read_with_the_prompt_it_joins(tmp_path: Path) -> None:
    episode = EPISODE + "NINJA {mood: amused}: Bye!\n"
    assert places(lint(tmp_path, episode)) == [("vague", "show.yaml:19")]


def test_a_turn_too_long_for_its_model_is_told_with_those_that_take_it(tmp_path: Path) -> None:
    episode = EPISODE + "NINJA: " + "This is a sentence of seven words. " * 15
    (finding,) = lint(tmp_path, episode, speaker=ids.FABRIC)
    assert (finding.rule, finding.severity) == ("turn-long", Severity.WARNING)
    assert ids.AVATAR_PRO in finding.hint
    assert lint(tmp_path, episode, speaker=ids.AVATAR_PRO) == []


def test_a_picture_that_does_not_fit_its_pane_is_told_once(tmp_path: Path) -> None:
    assert places(lint(tmp_path, picture=(600, 1600))) == [("image-cropped", "show.yaml:6")]
    assert places(lint(tmp_path, picture=(400, 400))) == [("image-small", "show.yaml:6")]


def test_a_picture_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    lint(tmp_path)
    (tmp_path / "ninja.png").write_bytes(b"no picture")
    show = load_show(tmp_path)
    script = parse_script(EPISODE, episode="day", show=show, where="day.md")
    assert places(lint_script(show, script, tmp_path)) == [("image-unreadable", "show.yaml:6")]


def test_shots_are_linted_with_the_files_that_they_name(tmp_path: Path) -> None:
    Image.new("RGB", (100, 100)).save(tmp_path / "tiny.png")
    text = "A ninja with digital goggles waits in a neon street while the rain falls"
    shots: dict[int, Shot] = {
        5: parse_shot("BROLL", {"image": "tiny.png"}, text),
        7: parse_shot("EDIT", {"clip": "clip.mp4"}, "Remove the dog from this quiet neon street at night"),
        9: parse_shot("MOTION", {"image": "missing.png", "video": "s01"}, text),
    }
    assert set(places(lint(tmp_path, shots=shots))) == {
        ("file-unfit", "day.md:5"),
        ("file-unfit", "day.md:7"),
        ("process-described", "day.md:7"),
        ("image-unreadable", "day.md:9"),
    }


def test_errors_come_before_warnings(tmp_path: Path) -> None:
    found = lint(tmp_path, speaking="A nice man speaks", listening="He nods.")
    assert [finding.severity for finding in found] == [Severity.ERROR, Severity.WARNING]


def test_a_show_silences_a_rule_in_its_prompts_file(tmp_path: Path) -> None:
    (tmp_path / "prompts.yaml").write_text("lint:\n  severity: {vague: 'off'}\n", encoding="utf-8")
    assert lint(tmp_path, speaking="A nice man speaks") == []
    (tmp_path / "prompts.yaml").write_text("lint:\n  severity: {vauge: 'off'}\n", encoding="utf-8")
    with pytest.raises(ContentError, match="there is no rule 'vauge'"):
        lint(tmp_path)


def test_a_clip_is_measured_and_held_to_its_model(tmp_path: Path) -> None:
    ffmpeg.run(["-f", "lavfi", "-i", "color=s=640x640:d=1:r=30", "-pix_fmt", "yuv420p", str(tmp_path / "clip.mp4")])
    shot = parse_shot("EDIT", {"clip": "clip.mp4"}, "A quiet neon street at night in thick falling snow")
    found = lint(tmp_path, shots={3: shot})
    assert [finding.rule for finding in found] == ["file-unfit"] * 2
    assert "lasts 1.00 s" in found[0].message
    assert "640x640" in found[1].message


def test_linting_changes_nothing(tmp_path: Path) -> None:
    shutil.copytree(EXAMPLE, tmp_path / "show")
    before = {path: path.read_bytes() for path in (tmp_path / "show").rglob("*") if path.is_file()}
    show = load_show(tmp_path / "show")
    lint_script(show, load_script(tmp_path / "show", show, "first-light"), tmp_path / "show")
    assert {path: path.read_bytes() for path in (tmp_path / "show").rglob("*") if path.is_file()} == before
