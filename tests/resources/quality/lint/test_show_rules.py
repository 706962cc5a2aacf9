"""Names, caps and music of a show, as far as an episode needs them."""

import wave
from pathlib import Path

import numpy as np
import pytest

from resources.media.typography.fonts import FONTS
from tests.resources.quality.lint.shows import found

FONT = FONTS[0].path.read_bytes()
ALONE = "NINJA: Hello there, all.\n"


def test_two_who_are_called_alike_are_told_where_they_are_seen(tmp_path: Path) -> None:
    alike = ("name: Glitch", "name: ' NINJA'")
    assert found(tmp_path, alike) == [("name-doubled", "show.yaml:4"), ("name-doubled", "show.yaml:15")]


def test_a_blank_name_is_told(tmp_path: Path) -> None:
    assert found(tmp_path, ("name: Glitch", "name: ' '")) == [("name-blank", "show.yaml:15")]


@pytest.mark.parametrize(
    ("caps", "rules"),
    [
        ("{segment_usd: 1, episode_usd: 2, day_usd: 3, month_usd: 4}", []),
        ("{segment_usd: 2, episode_usd: 2, day_usd: 2}", []),
        ("{segment_usd: 3, episode_usd: 2, day_usd: 9}", ["caps-contradict"]),
        ("{segment_usd: 3, episode_usd: 3, day_usd: 2}", ["caps-contradict"]),
        ("{segment_usd: 1, episode_usd: 9, day_usd: 5, month_usd: 4}", ["caps-contradict", "caps-contradict"]),
    ],
)
def test_a_smaller_thing_may_cost_no_more_than_a_larger_one(tmp_path: Path, caps: str, rules: list[str]) -> None:
    assert [rule for rule, _ in found(tmp_path, more=f"caps: {caps}\n")] == rules


@pytest.mark.parametrize(("loud", "rules"), [(0.5, []), (0.0, ["sound-silent"])])
def test_a_bed_is_heard_before_it_is_needed(tmp_path: Path, loud: float, rules: list[str]) -> None:
    sound = (32767 * loud * np.sin(np.arange(48000 * 2) / 20)).astype("<i2")
    with wave.open(str(tmp_path / "bed.wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(48000)
        file.writeframes(sound.tobytes())
    assert [rule for rule, _ in found(tmp_path, more="sound: {bed: bed.wav}\n")] == rules


def test_a_bed_that_is_first_heard_after_the_last_word_is_told_before_money(tmp_path: Path) -> None:
    tone = 16000 * np.sin(np.arange(48000 * 5) / 20)
    with wave.open(str(tmp_path / "bed.wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(48000)
        file.writeframes(np.concatenate([np.zeros(48000 * 20), tone]).astype("<i2").tobytes())
    assert [rule for rule, _ in found(tmp_path, more="sound: {bed: bed.wav}\n")] == ["sound-silent"]


def test_a_bed_that_is_no_sound_is_told_at_its_setting(tmp_path: Path) -> None:
    (tmp_path / "bed.wav").write_text("no sound at all")
    [(rule, where)] = found(tmp_path, more="sound: {bed: bed.wav}\n")
    assert rule == "sound-unreadable"
    assert where.startswith("show.yaml:")


def test_caption_colours_that_cannot_be_read_are_told_where_they_are_given(tmp_path: Path) -> None:
    captions = "look:\n  captions: {}\n"
    assert [rule for rule, _ in found(tmp_path, more=captions.format("{color: '#101010'}"))] == ["caption-faint"]
    assert [rule for rule, _ in found(tmp_path, more=captions.format("{stroke_color: '#f0f0f0'}"))] == ["caption-faint"]
    assert found(tmp_path, more=captions.format("{color: '#101010', stroke_color: '#f0f0f0'}")) == []
    assert found(tmp_path, ("name: Ninja\n", "name: Ninja\n    color: '#050505'\n")) == []


@pytest.mark.parametrize("content", [b"", b"a text", FONT[:400], FONT[:5000], FONT[: len(FONT) // 2]])
def test_a_font_that_captions_cannot_open_is_told_at_its_setting(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "own.ttf").write_bytes(content)
    [(rule, where)] = found(tmp_path, more="look: {captions: {font: own.ttf}}\n")
    assert (rule, where.partition(":")[0]) == ("font-unreadable", "show.yaml")


def test_a_font_that_is_one_or_that_nothing_is_set_in_is_no_finding(tmp_path: Path) -> None:
    (tmp_path / "own.ttf").write_bytes(FONT)
    assert found(tmp_path, more="look: {captions: {font: own.ttf}}\n") == []
    (tmp_path / "own.ttf").write_bytes(b"")
    assert found(tmp_path, more="look: {captions: {font: own.ttf, style: 'off'}}\n") == []


@pytest.mark.parametrize(
    ("settings", "words", "rules"),
    [
        ("", 300, []),
        ("", 700, ["format-short"]),
        ("formats: [long, square]", 700, ["format-short"]),
        ("formats: [long]", 700, []),
    ],
)
def test_an_upright_video_that_no_platform_takes_for_one_is_told_before_it_is_paid_for(
    tmp_path: Path, settings: str, words: int, rules: list[str]
) -> None:
    lines = "".join(f"NINJA: {' '.join(['word'] * 50)}.\n" for _ in range(words // 50))
    assert [rule for rule, _ in found(tmp_path, more=f"slots: 20\n{settings}\n", episode=lines)] == rules
