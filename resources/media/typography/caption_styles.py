"""The caption styles, as data, and what a show changes of one. How words become captions is `cues`' and `captions`'.

A new style is an entry here, and its name in `resources.content.show`.
"""

from typing import Literal

from resources.core.errors import ContentError
from resources.core.values import Media, Value

Moves = Literal["still", "highlight", "pop", "box", "keywords", "typed"]


class CaptionStyle(Value):
    """How captions look. Sizes are parts of the picture's shorter side, `stroke` and `plate` of the text's own size.

    `moves`: what tells the spoken word: nothing, its colour, its coming, a box behind it, the colour of words that
    matter, or that it is being typed. `color` and `accent`: #rrggbb, or `speaker`.
    """

    name: str
    about: str
    moves: Moves
    size: float
    lines: int  # at most
    words: int  # at most, in one caption
    plate: bool = False  # on a dark plate instead of an outline
    upper: bool = False
    color: str = "#ffffff"
    accent: str = "speaker"
    stroke: float = 0.085
    stroke_color: str = "#080c12"
    emoji: bool = True  # those of the text are shown, in colour

    @property
    def ground(self) -> str:
        """What letters stand on or are framed by, #rrggbb."""
        return _PLATE if self.plate else self.stroke_color


class CaptionChanges(Value):
    """What a show has otherwise than the style: None is the style's own. `scale` is of its size, `stroke` of its
    stroke; `font` is a file of the library."""

    font: Media | None = None
    scale: float = 1.0
    place: Literal["top", "middle", "bottom"] = "middle"  # of the room that each layout has for captions
    upper: bool | None = None
    color: str | None = None
    accent: str | None = None
    stroke: float = 1.0
    stroke_color: str | None = None


_PLATE = "#0a0e14"  # what is behind captions on a plate
STYLES = {
    style.name: style
    for style in (
        CaptionStyle(
            name="karaoke",
            about="a few words at a time, the spoken one in the speaker's colour",
            moves="highlight",
            size=0.08,
            lines=1,
            words=4,
        ),
        CaptionStyle(
            name="pop",
            about="one big word at a time, popping up",
            moves="pop",
            size=0.114,
            lines=1,
            words=1,
            color="speaker",
        ),
        CaptionStyle(
            name="classic",
            about="two quiet lines on a plate, in the speaker's colour",
            moves="still",
            size=0.044,
            lines=2,
            words=16,
            plate=True,
            color="speaker",
            emoji=False,
        ),
        CaptionStyle(
            name="box",
            about="a few words at a time, the spoken one on a box of the speaker's colour",
            moves="box",
            size=0.072,
            lines=1,
            words=4,
        ),
        CaptionStyle(
            name="word",
            about="one word at a time in capitals, standing still",
            moves="still",
            size=0.105,
            lines=1,
            words=1,
            upper=True,
            stroke=0.11,
        ),
        CaptionStyle(
            name="keywords",
            about="short lines in capitals, with the words that matter in the speaker's colour",
            moves="keywords",
            size=0.066,
            lines=1,
            words=4,
            upper=True,
            stroke=0.1,
        ),
        CaptionStyle(
            name="typewriter",
            about="words are typed as they are spoken",
            moves="typed",
            size=0.056,
            lines=2,
            words=8,
        ),
        CaptionStyle(
            name="minimal",
            about="one small quiet line",
            moves="still",
            size=0.044,
            lines=1,
            words=7,
            stroke=0.125,
            emoji=False,
        ),
    )
}
OFF = "off"


def style(name: str) -> CaptionStyle | None:
    """The style of that name; None for `off`. Raises ContentError, listing the known ones."""
    if name == OFF:
        return None
    if name in STYLES:
        return STYLES[name]
    raise ContentError(f"there is no caption style {name!r}", hint=f"use one of: {', '.join([*STYLES, OFF])}")


def changed(look: CaptionStyle, changes: CaptionChanges) -> CaptionStyle:
    """The style as a show has it."""
    own = {
        "upper": changes.upper,
        "color": changes.color,
        "accent": changes.accent,
        "stroke_color": changes.stroke_color,
    }
    given = {name: value for name, value in own.items() if value is not None}
    return look.model_copy(update={"size": look.size * changes.scale, "stroke": look.stroke * changes.stroke, **given})
