"""The styles of direction, as data: how long a shot is held, how it moves, which framings it may use.

A new style is an entry here, and its name in `resources.content.show`.
"""

from typing import Literal

from resources.core.errors import ContentError
from resources.core.values import Value

# What a shot is of: all who are there, the speaker nearer beside the listener, the speaker alone, the speaker with the
# listener in a small picture, the listener alone.
View = Literal["two", "near", "solo", "inset", "reaction"]


class DirectionStyle(Value):
    """How a turn is cut into shots. Seconds; a zoom of 1.05 shows a face 5 % larger than it fills its pane."""

    name: str
    about: str
    shortest: float
    ideal: float
    longest: float
    push: float  # by how much a face comes nearer within a shot
    punch: float  # the zoom of a shot that begins with a stressed word; 1: none does
    reactions: bool  # the listener is seen on the last second of a punchline
    # How turns begin, by their number; no turn ends so, so that each joint is a new picture. Where a reaction may stand
    # before it, both faces are seen: who has just listened alone is about to speak.
    opens: tuple[View, ...]
    goes_on: tuple[View, ...]  # how they go on: a face alone and both of them by turns


SHORT_LONGEST = 4.0  # seconds until a Short has a new picture, in any style
STYLES = {
    style.name: style
    for style in (
        DirectionStyle(
            name="calm",
            about="long shots that slowly come nearer",
            shortest=2.5,
            ideal=4.5,
            longest=5.0,
            push=0.04,
            punch=1.0,
            reactions=False,
            opens=("two", "near"),
            goes_on=("solo", "near", "inset", "two"),
        ),
        DirectionStyle(
            name="lively",
            about="a new picture every two or three seconds, nearer on stressed words, the listener on punchlines",
            shortest=1.0,
            ideal=2.4,
            longest=4.0,
            push=0.05,
            punch=1.12,
            reactions=True,
            opens=("two", "near"),
            goes_on=("solo", "two", "inset", "near"),
        ),
        DirectionStyle(
            name="news",
            about="still shots that change with the sentences",
            shortest=2.0,
            ideal=4.0,
            longest=5.0,
            push=0.0,
            punch=1.0,
            reactions=False,
            opens=("inset", "near"),
            goes_on=("solo", "two"),
        ),
    )
}
PLAIN = "plain"  # nobody directs: each turn is one shot in the format's layout


def direction(name: str) -> DirectionStyle | None:
    """The style of that name; None for `plain`. Raises ContentError, listing the known ones."""
    if name == PLAIN:
        return None
    if name in STYLES:
        return STYLES[name]
    raise ContentError(f"there is no direction {name!r}", hint=f"use one of: {', '.join([*STYLES, PLAIN])}")
