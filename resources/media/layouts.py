"""Layouts as data: for each format, the panes of a picture, who is in them, and where captions may stand.

All figures are pixels of the full-size picture (1080×1920, 1920×1080, 1080×1080). Drawing is the business of
`overlays`, arranging clips that of `composite`.
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import Literal

from resources.content.show import Format
from resources.core.errors import ContentError
from resources.core.values import Value

PROGRESS_HEIGHT = 10  # pixels of the bar at the upper edge


class Seat(StrEnum):
    """Who is in a pane. First and second are places that characters keep over a whole episode."""

    FIRST = "first"
    SECOND = "second"
    SPEAKER = "speaker"
    LISTENER = "listener"


class Area(Value):
    """A rectangle. Numbers are even, so that it falls on whole chroma samples."""

    x: int
    y: int
    width: int
    height: int

    def shrunk(self, by: int) -> "Area":
        """The same rectangle in a picture 1/`by` as large, on even numbers, without gaps between neighbours."""
        left, top = _even(self.x / by), _even(self.y / by)
        right, bottom = _even((self.x + self.width) / by), _even((self.y + self.height) / by)
        return Area(x=left, y=top, width=right - left, height=bottom - top)


class Tag(Value):
    """Where a name tag stands: the middle of its height, and its left or right end."""

    x: int
    y: int
    side: Literal["left", "right"] = "left"


class Pane(Value):
    """A part of the picture that shows one clip."""

    seat: Seat
    area: Area
    tag: Tag


class Arrangement(Value):
    """A layout in one format. Later panes lie on earlier ones."""

    panes: tuple[Pane, ...]
    captions: Area  # text is centred in it; clear of faces and of the buttons that platforms lay over a Short
    mark: Tag  # the REHEARSAL mark
    title: Area  # the title card stands in its middle, over no face

    def pane(self, *, speaking: bool) -> Pane | None:
        """The pane of the speaker or of a listener; None when the layout does not show a listener.

        Places of a two-pane layout are equal in size, so any of them gives the size to order a clip at.
        """
        seats = (Seat.SPEAKER, Seat.FIRST) if speaking else (Seat.LISTENER, Seat.SECOND)
        return next((pane for pane in self.panes if pane.seat in seats), None)


class Layout(Value):
    """A named way to show an episode, in every format."""

    name: str
    about: str
    bordered: bool = True  # panes have a border; the speaker's is lit
    formats: dict[Format, Arrangement]


def layout(name: str) -> Layout:
    """The layout of that name. Raises ContentError, listing the known ones."""
    if name in LAYOUTS:
        return LAYOUTS[name]
    raise ContentError(f"there is no layout {name!r}", mend=f"use one of: {', '.join(LAYOUTS)}")


def arrangement(name: str, shape: Format) -> Arrangement:
    """The panes of a layout in a format."""
    return layout(name).formats[shape]


def panes(name: str, shape: Format) -> tuple[Pane, ...]:
    """The panes of a layout in a format; clips are ordered at their size."""
    return arrangement(name, shape).panes


def fitting(name: str, people: int) -> str:
    """The layout to use when `people` are there to be shown: `single` when a layout has a pane too many."""
    return name if all(len(shape.panes) <= people for shape in layout(name).formats.values()) else "single"


def canvas(shape: Format, shrink: int = 1) -> tuple[int, int]:
    """Width and height of the picture, 1/`shrink` as large as published."""
    width, height = shape.size
    return _even(width / shrink), _even(height / shrink)


def tiles(areas: Sequence[Area], width: int, height: int) -> bool:
    """Whether areas that do not overlap fill the whole picture."""
    return sum(area.width * area.height for area in areas) == width * height


def _even(number: float) -> int:
    return 2 * round(number / 2)


def _pane(seat: Seat, area: tuple[int, int, int, int], tag: Tag) -> Pane:
    return Pane(seat=seat, area=_area(*area), tag=tag)


def _area(x: int, y: int, width: int, height: int) -> Area:
    return Area(x=x, y=y, width=width, height=height)


def _right(x: int, y: int) -> Tag:
    return Tag(x=x, y=y, side="right")


def _left(x: int, y: int) -> Tag:
    return Tag(x=x, y=y)


# Shorts and TikTok lay a header over the top 170 px, buttons over the right 150 px of the lower half, and the
# title over the bottom 380 px: captions and tags keep out of these.
_SHORT_LOW = _area(110, 1370, 800, 180)
_LONG_LOW = _area(360, 900, 1200, 140)
_SQUARE_LOW = _area(90, 890, 900, 150)

# Above the head of a face that fills the picture.
_HIGH = {
    Format.SHORT: _area(60, 190, 960, 150),
    Format.LONG: _area(460, 30, 1000, 110),
    Format.SQUARE: _area(90, 96, 900, 96),
}

_VIDEOCHAT = Layout(
    name="videochat",
    about="two faces stacked, as in a video call",
    formats={
        Format.SHORT: Arrangement(
            panes=(
                _pane(Seat.FIRST, (0, 0, 1080, 960), _left(44, 800)),
                _pane(Seat.SECOND, (0, 960, 1080, 960), _left(44, 1100)),
            ),
            captions=_area(80, 850, 920, 190),
            mark=_right(1036, 64),
            title=_area(60, 1050, 960, 170),
        ),
        Format.LONG: Arrangement(
            panes=(
                _pane(Seat.FIRST, (40, 100, 900, 780), _left(72, 830)),
                _pane(Seat.SECOND, (980, 100, 900, 780), _left(1012, 830)),
            ),
            captions=_area(260, 896, 1400, 160),
            mark=_right(1880, 52),
            title=_area(460, 12, 1000, 84),
        ),
        Format.SQUARE: Arrangement(
            panes=(
                _pane(Seat.FIRST, (24, 110, 504, 720), _left(48, 784)),
                _pane(Seat.SECOND, (552, 110, 504, 720), _left(576, 784)),
            ),
            captions=_area(60, 850, 960, 190),
            mark=_right(1056, 56),
            title=_area(240, 14, 590, 90),
        ),
    },
)

_NEWSDESK = Layout(
    name="newsdesk",
    about="two faces side by side at one desk",
    formats={
        Format.LONG: Arrangement(
            panes=(
                _pane(Seat.FIRST, (0, 0, 960, 1080), _left(64, 1006)),
                _pane(Seat.SECOND, (960, 0, 960, 1080), _right(1856, 1006)),
            ),
            captions=_area(410, 910, 1100, 150),
            mark=_right(1876, 60),
            title=_area(460, 30, 1000, 110),
        ),
        Format.SHORT: Arrangement(
            panes=(
                _pane(Seat.FIRST, (0, 380, 540, 960), _left(36, 1280)),
                _pane(Seat.SECOND, (540, 380, 540, 960), _right(1044, 1280)),
            ),
            captions=_SHORT_LOW,
            mark=_right(1036, 346),
            title=_area(60, 176, 960, 130),
        ),
        Format.SQUARE: Arrangement(
            panes=(
                _pane(Seat.FIRST, (0, 0, 540, 1080), _left(36, 850)),
                _pane(Seat.SECOND, (540, 0, 540, 1080), _right(1044, 850)),
            ),
            captions=_SQUARE_LOW,
            mark=_right(1044, 56),
            title=_area(90, 96, 900, 96),
        ),
    },
)


def _whole(seat: Seat, shape: Format) -> tuple[Pane, Area, Tag]:
    """A pane as large as the picture, with its captions' area and its mark."""
    width, height = shape.size
    low, tag = {
        Format.SHORT: (_SHORT_LOW, _left(64, 1310)),
        Format.LONG: (_LONG_LOW, _left(64, 1006)),
        Format.SQUARE: (_SQUARE_LOW, _left(36, 850)),
    }[shape]
    return _pane(seat, (0, 0, width, height), tag), low, _right(width - 40, 60)


def _alone(shape: Format) -> Arrangement:
    pane, low, mark = _whole(Seat.SPEAKER, shape)
    return Arrangement(panes=(pane,), captions=low, mark=mark, title=_HIGH[shape])


def _inset(shape: Format, area: tuple[int, int, int, int]) -> Arrangement:
    pane, low, mark = _whole(Seat.SPEAKER, shape)
    x, y, _, height = area
    inset = _pane(Seat.LISTENER, area, _left(x + 16, y + height - 40))
    return Arrangement(panes=(pane, inset), captions=low, mark=mark, title=_HIGH[shape])


LAYOUTS = {
    made.name: made
    for made in (
        _VIDEOCHAT,
        _NEWSDESK,
        Layout(name="single", about="one face, full frame", formats={shape: _alone(shape) for shape in Format}),
        Layout(
            name="pip",
            about="the speaker full frame, the listener in a small picture",
            formats={
                Format.SHORT: _inset(Format.SHORT, (720, 180, 320, 320)),
                Format.LONG: _inset(Format.LONG, (1456, 120, 400, 400)),
                Format.SQUARE: _inset(Format.SQUARE, (760, 100, 280, 280)),
            },
        ),
        Layout(
            name="cutaway",
            about="the speaker alone, full frame, no border",
            bordered=False,
            formats={shape: _alone(shape) for shape in Format},
        ),
    )
}
