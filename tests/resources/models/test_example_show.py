"""The show that ships with the project: it must load, fit its slots and be of the lengths that it promises."""

from pathlib import Path

import pytest

from resources.content.lines.speech import estimate_seconds
from resources.content.script import list_episodes, list_misnamed_files
from resources.content.segments import Script
from resources.content.show import Format, Show
from resources.core.names import Mode
from resources.models.loading import load_script, load_show

FOLDER = Path(__file__).resolve().parents[3] / "show"


@pytest.fixture(scope="module")
def show() -> Show:
    return load_show(FOLDER)


def seconds(script: Script, show: Show) -> float:
    silence = show.pacing.lead_seconds + show.pacing.tail_seconds
    return sum(
        estimate_seconds(turn.spoken, show.characters[turn.speaker].voice.offline.rate) + silence
        for turn in script.turns
    )


def test_the_show_is_ready_for_every_mode_and_spends_nothing_by_itself(show: Show) -> None:
    assert list(show.characters) == ["NINJA", "GLITCH"]
    assert all(character.image and character.voice.elevenlabs for character in show.characters.values())
    assert set(show.models) == {Mode.DRAFT, Mode.FINAL}
    assert show.caps is not None
    assert (show.schedule.enabled, show.sensor.launch) == (False, False)
    assert show.schedule.mode is Mode.REHEARSAL


def test_no_file_beside_the_episodes_is_misnamed() -> None:
    assert list_misnamed_files(FOLDER) == []


@pytest.mark.parametrize(
    ("episode", "turns", "shape", "shortest", "longest"),
    [
        ("first-light", 3, Format.SHORT, 15, 25),
        ("2026-11-20", 10, Format.SHORT, 60, 78),
        ("2026-11-21", 10, Format.SHORT, 60, 78),
        ("deep-dive", 14, Format.LONG, 120, 180),
        ("night-arcade", 4, Format.SHORT, 20, 30),
    ],
)
def test_an_episode_has_the_length_it_promises(
    show: Show, episode: str, turns: int, shape: Format, shortest: float, longest: float
) -> None:
    script = load_script(FOLDER, show, episode)
    assert (len(script.turns), script.format) == (turns, shape)
    assert shortest <= seconds(script, show) <= longest


def test_every_episode_that_ships_is_one_that_is_tested_here(show: Show) -> None:
    assert list_episodes(FOLDER) == ["2026-11-20", "2026-11-21", "deep-dive", "first-light", "night-arcade"]
    assert [turn.chapter for turn in load_script(FOLDER, show, "deep-dive").turns if turn.chapter] == [
        "The ten-year wait",
        "What is in the box",
        "The price of the moon",
        "The verdict",
    ]
