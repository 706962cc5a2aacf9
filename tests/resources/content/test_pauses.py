"""Pauses between turns: by how the turn before ends, and as a person sets them."""

import pytest

from resources.content.segments import Script, Turn
from resources.content.show import Show, TransitionSettings
from resources.core.errors import ContentError
from resources.models.loading import parse_script

SHOW = Show(
    title="Small",
    characters={
        "NINJA": {"name": "Ninja", "puppet": "ninja"},
        "GLITCH": {"name": "Glitch", "puppet": "glitch"},
    },
)


def parse(text: str, show: Show = SHOW) -> Script:
    return parse_script(text, episode="x", show=show, where="x.md")


def pauses(text: str, show: Show = SHOW) -> list[tuple[float | None, float | None, bool | None]]:
    return [(turn.pause, turn.pause_after, turn.overlaps) for turn in parse(text, show).turns]


@pytest.mark.parametrize(
    ("ending", "more"),
    [
        (".", None),
        ("", None),
        ('."', None),
        ("?", -0.1),
        ('?"', -0.1),
        ("!", -0.0667),
        ("...", 0.3),
        ("…", 0.3),
        ("—", -0.2),
        (",", -0.1),
    ],
)
def test_the_next_turn_waits_by_how_the_one_before_ends(ending: str, more: float | None) -> None:
    assert pauses(f"NINJA: Really so{ending}\nGLITCH: Yes.") == [(None, more, None), (more, None, None)]


def test_a_beat_is_silence_and_an_overlap_both_at_once_counted_from_word_to_word() -> None:
    told = pauses("NINJA: So?\nGLITCH {beat: 0.6}: No.\nNINJA {overlap: 0.3}: Oh?\nGLITCH {beat: 0.31}: Yes.")
    assert told == [(None, 0.29, None), (0.29, -0.61, None), (-0.61, None, True), (None, None, None)]


def test_where_nobody_spoke_before_a_beat_is_all_silence_and_nothing_overlaps() -> None:
    shot = "BROLL {seconds: 5}: A street.\n"
    assert pauses(f"NINJA {{beat: 0.6}}: So?\n{shot}GLITCH {{beat: 0}}: No.") == [
        (0.54, None, None),
        (None, None, None),
    ]
    with pytest.raises(ContentError) as error:
        parse(f"NINJA {{overlap: 0.2}}: So?\n{shot}GLITCH {{overlap: 1}}: No.")
    assert [line for line in (1, 3) if f"x.md:{line}" in str(error.value)] == [1, 3]


def test_a_shot_over_a_turn_parts_nobody() -> None:
    assert pauses("NINJA: So?\nBROLL {over: true}: A street.\nGLITCH: No.")[1] == (-0.1, None, None)


def test_a_beat_and_an_overlap_exclude_each_other() -> None:
    with pytest.raises(ContentError, match=r"x\.md:2.*keep one"):
        parse("NINJA: So?\nGLITCH {beat: 1, overlap: 0.3}: No.")


def test_a_transition_keeps_its_room() -> None:
    look = SHOW.look.model_copy(update={"transition": TransitionSettings(style="crossfade", seconds=0.2)})
    show = SHOW.model_copy(update={"look": look})
    assert pauses("NINJA: So—\nGLITCH: No.", show)[1][0] == -0.05


def test_a_turn_that_overlaps_is_made_anew_with_the_one_before() -> None:
    script = parse("NINJA: So?\nGLITCH {overlap: 0.2}: No.\nNINJA: Yes.")
    assert script.with_what_shows(["s01"]) == ["s01", "s02"]
    assert script.with_what_shows(["s02"]) == ["s02"]
    turns: tuple[Turn, ...] = script.turns
    assert [script.before(turn.segment) for turn in turns] == [None, turns[0], turns[1]]
