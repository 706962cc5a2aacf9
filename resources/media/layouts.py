"""Layouts as data: for each format, the panes of a picture, who is in them, and where captions may stand.

All figures are pixels of the full-size picture (1080×1920, 1920×1080, 1080×1080). Drawing is the business of
`overlays`, arranging clips that of `composite`.
"""

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Literal

from resources.content.show import Format
from resources.core.errors import ContentError
from resources.core.values import Value

PROGRESS_HEIGHT = 10  # pixels of the bar at the upper edge
LEAST_TEXT = 34  # pixels of the smallest text in a picture whose shorter side has 1080
TAG_HEIGHT = 64  # of a name tag
THIRD_HEIGHT = 112  # of a lower third
# Where a face is in a clip: left, top, right, bottom as parts of it. Portraits are drawn so (`providers.offline`), and
# pictures for the avatar models are asked to be.
FACE = (0.28, 0.18, 0.72, 0.64)
CHIN = (0.36, 0.6, 0.64, 0.7)  # where it is narrower, the jaw at its lowest: captions keep clear of it, too
HEADROOM = 0.3  # of what is cropped vertically, how much goes above: faces sit high in a portrait


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
    """Where a small mark stands: the middle of its height, and its left or right end."""

    x: int
    y: int
    side: Literal["left", "right"] = "left"


class Plate(Value):
    """The room for what says who is in a pane: a name tag, which grows to a lower third away from `edge`."""

    area: Area
    edge: Literal["top", "bottom"] = "bottom"  # where the tag stands in it
    side: Literal["left", "right"] = "left"


class Pane(Value):
    """A part of the picture that shows one clip.

    `across` is the share of what is cropped at the sides that goes at the left: .5 keeps the middle. `most_zoom`: how
    much nearer a clip may come before its face runs under what is written.
    """

    seat: Seat
    area: Area
    plate: Plate
    across: float = 0.5
    most_zoom: float = 1.0


class Arrangement(Value):
    """A layout in one format. Later panes lie on earlier ones."""

    panes: tuple[Pane, ...]
    captions: Area  # text is centred in it; clear of faces, lit edges and the buttons that platforms lay over a Short
    mark: Tag  # the REHEARSAL mark; the show's own line stands opposite
    title: Area  # the headline stands in its middle, over no face; while it is seen, no name is

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
    raise ContentError(f"there is no layout {name!r}", hint=f"use one of: {', '.join(LAYOUTS)}")


def arrangement(name: str, shape: Format) -> Arrangement:
    """The panes of a layout in a format."""
    return layout(name).formats[shape]


def panes(name: str, shape: Format) -> tuple[Pane, ...]:
    """The panes of a layout in a format; clips are ordered at their size."""
    return arrangement(name, shape).panes


def fitting(name: str, people: int) -> str:
    """The layout to use when `people` are there to be shown: `single` where it needs somebody who is not there."""
    needed = 1 if all(pane.seat is Seat.SPEAKER for pane in layout(name).formats[Format.SHORT].panes) else 2
    return name if needed <= people else "single"


def canvas(shape: Format, shrink: int = 1) -> tuple[int, int]:
    """Width and height of the picture, 1/`shrink` as large as published."""
    width, height = shape.size
    return _even(width / shrink), _even(height / shrink)


def tiles(areas: Sequence[Area], width: int, height: int) -> bool:
    """Whether areas that do not overlap fill the whole picture."""
    return sum(area.width * area.height for area in areas) == width * height


def _even(number: float) -> int:
    return 2 * round(number / 2)


def face_in(
    pane: Pane, clip: tuple[int, int], zoom: float = 1.0, *, part: tuple[float, float, float, float] = FACE
) -> tuple[float, float, float, float]:
    """Where a part of a face is seen in a pane that a clip of that size fills: left, top, right, bottom in pixels."""
    area = pane.area
    scale = zoom * enlargement(area, clip)
    wide, high = scale * clip[0], scale * clip[1]
    across = kept(pane.across, wide / area.width)
    left, top = area.x - (wide - area.width) * across, area.y - (high - area.height) * HEADROOM
    edges = (left + part[0] * wide, top + part[1] * high, left + part[2] * wide, top + part[3] * high)
    return (
        max(edges[0], area.x),
        max(edges[1], area.y),
        min(edges[2], area.x + area.width),
        min(edges[3], area.y + area.height),
    )


def suiting(name: str, shape: Format, clip: tuple[int, int], *, first: bool) -> str:
    """The layout, or the same on the set where a speaker's clip that fills the picture has its mouth under captions.

    `first`: the speaker sits in the first of two places.
    """
    place = arrangement(name, shape)
    if name not in ("cutaway", "pip") or face_in(place.panes[0], clip, part=CHIN)[3] <= place.captions.y:
        return name
    return "solo" if name == "cutaway" else "inset" if first else "second-inset"


def above_captions(name: str, shape: Format) -> tuple[int, int]:
    """The rows over a layout's captions that its headline leaves free, as many as there are in one piece.

    What is written on a picture that fills the whole frame stands in them.
    """
    place = arrangement(name, shape)
    title, end = place.title, place.captions.y
    header = max((area.y + area.height for area in COVERED[shape] if area.y == 0), default=0)
    free = ((header, min(title.y, end)), (title.y + title.height, end))
    return max(free, key=lambda rows: rows[1] - rows[0])


def kept(across: float, wide: float) -> float:
    """A share to be cropped at the left, at most so large or small that a face in the middle of the clip stays whole.

    `wide`: the width of the clip over that of its pane, where it fills it.
    """
    if wide <= 1:
        return across
    half = min(0.5, wide * (FACE[2] - FACE[0]) / 2)
    most = (wide / 2 - half) / (wide - 1)
    return min(max(across, 1 - most), most)


def enlargement(area: Area, clip: tuple[int, int]) -> float:
    """By how much a clip of that size is enlarged to fill an area."""
    return max(area.width / clip[0], area.height / clip[1])


def _area(x: int, y: int, width: int, height: int) -> Area:
    return Area(x=x, y=y, width=width, height=height)


_Box = tuple[int, int, int, int]


def _pane(
    seat: Seat,
    area: _Box,
    plate: _Box,
    edge: Literal["top", "bottom"] = "bottom",
    side: Literal["left", "right"] = "left",
    *,
    most_zoom: float = 1.0,
) -> Pane:
    return Pane(
        seat=seat,
        area=_area(*area),
        plate=Plate(area=_area(*plate), edge=edge, side=side),
        most_zoom=most_zoom,
    )


# What platforms lay over a Short: a header, the title with its buttons, and a column of buttons at the right
# (docs/sources/platforms.md#covered-edges). Captions, names and titles keep out of it.
COVERED = {
    Format.SHORT: (_area(0, 0, 1080, 110), _area(0, 1440, 1080, 480), _area(930, 1000, 150, 440)),
    Format.LONG: (),
    Format.SQUARE: (),
}
_MARK = {
    Format.SHORT: Tag(x=1036, y=64, side="right"),
    Format.LONG: Tag(x=1876, y=58, side="right"),
    Format.SQUARE: Tag(x=1044, y=58, side="right"),
}


def _arranged(shape: Format, *panes: Pane, captions: _Box, title: _Box) -> Arrangement:
    return Arrangement(panes=panes, captions=_area(*captions), mark=_MARK[shape], title=_area(*title))


_VIDEOCHAT = Layout(
    name="videochat",
    about="two faces stacked, as in a video call",
    formats={
        Format.SHORT: _arranged(
            Format.SHORT,
            _pane(Seat.FIRST, (0, 0, 1080, 960), (44, 678, 880, 112), most_zoom=1.12),
            _pane(Seat.SECOND, (0, 960, 1080, 960), (44, 994, 880, 112), "top", most_zoom=1.12),
            captions=(80, 798, 920, 150),
            title=(40, 654, 1000, 142),
        ),
        Format.LONG: _arranged(
            Format.LONG,
            _pane(Seat.FIRST, (40, 100, 900, 780), (72, 752, 836, 112), most_zoom=1.12),
            _pane(Seat.SECOND, (980, 100, 900, 780), (1012, 752, 836, 112), most_zoom=1.12),
            captions=(260, 910, 1400, 150),
            title=(260, 732, 1400, 134),
        ),
        Format.SQUARE: _arranged(
            Format.SQUARE,
            _pane(Seat.FIRST, (24, 110, 504, 720), (48, 706, 456, 112), most_zoom=1.12),
            _pane(Seat.SECOND, (552, 110, 504, 720), (576, 706, 456, 112), most_zoom=1.12),
            captions=(60, 850, 960, 190),
            title=(60, 690, 960, 134),
        ),
    },
)

_NEWSDESK = Layout(
    name="newsdesk",
    about="two faces side by side at one desk",
    formats={
        Format.LONG: _arranged(
            Format.LONG,
            _pane(Seat.FIRST, (0, 0, 960, 900), (64, 776, 832, 112), most_zoom=1.12),
            _pane(Seat.SECOND, (960, 0, 960, 900), (1024, 776, 832, 112), "bottom", "right", most_zoom=1.12),
            captions=(410, 924, 1100, 150),
            title=(360, 756, 1200, 132),
        ),
        Format.SHORT: _arranged(
            Format.SHORT,
            _pane(Seat.FIRST, (0, 264, 540, 930), (36, 1062, 470, 112), most_zoom=1.12),
            _pane(Seat.SECOND, (540, 264, 540, 930), (560, 1062, 366, 112), most_zoom=1.12),
            captions=(80, 1240, 846, 190),
            title=(60, 114, 960, 134),
        ),
        Format.SQUARE: _arranged(
            Format.SQUARE,
            _pane(Seat.FIRST, (0, 0, 540, 900), (36, 776, 480, 112), most_zoom=1.12),
            _pane(Seat.SECOND, (540, 0, 540, 900), (564, 776, 480, 112), "bottom", "right", most_zoom=1.12),
            captions=(90, 924, 900, 150),
            title=(60, 758, 960, 130),
        ),
    },
)

# One face as large as its pixels allow: a clip in the shape of half the picture is not enlarged to fill the whole of
# it, it stands on the set. In a Short the set's desk is what platforms cover, and its lights have room for a headline.
_ON_SET: dict[Format, _Box] = {
    Format.SHORT: (0, 300, 1080, 1140),
    Format.LONG: (390, 0, 1140, 1080),
    Format.SQUARE: (0, 0, 1080, 1080),
}
# All of the picture but what platforms cover.
_WHOLE: dict[Format, _Box] = {
    Format.SHORT: (0, 0, 1080, 1440),
    Format.LONG: (0, 0, 1920, 1080),
    Format.SQUARE: (0, 0, 1080, 1080),
}
_ALONE = _WHOLE | {Format.LONG: (450, 0, 1020, 1080)}  # cropped to a wide picture, a face would be brow and nose


def _alone(shape: Format, area: _Box, seat: Seat = Seat.SPEAKER) -> Arrangement:
    """One face, its name and captions below it."""
    left, top, width, height = area
    if shape is Format.SHORT:
        chin = top + round(height * CHIN[3])
        title = (60, 112, 960, 128) if top < 110 else (60, 150, 960, 136)
        pane = _pane(seat, area, (44, chin + 202, 880, 112), most_zoom=1.06)
        return _arranged(shape, pane, captions=(80, chin + 36, 846, 150), title=title)
    if shape is Format.LONG:
        whole = area == _WHOLE[shape]
        pane = _pane(seat, area, (max(64, left + 40), 792, 880, 112), most_zoom=1.1 if whole else 1.06)
        room = min(1200, width - 40)
        captions = (left + (width - room) // 2, 912, room, 150)
        return _arranged(shape, pane, captions=captions, title=(360, 796, 1200, 112))
    pane = _pane(seat, area, (36, 810, 880, 112), most_zoom=1.12)
    return _arranged(shape, pane, captions=(90, 922, 900, 150), title=(60, 786, 960, 130))


_CORNER: dict[Format, _Box] = {
    Format.SHORT: (736, 330, 304, 304),
    Format.LONG: (1456, 120, 400, 400),
    Format.SQUARE: (776, 104, 280, 280),
}
_SMALL_CORNER: _Box = (800, 130, 240, 240)  # of a Short whose speaker is larger
_BESIDE: _Box = (1330, 260, 500, 560)  # of a long picture, where the speaker on the set leaves room


def _inset(shape: Format, area: _Box, *, first: bool = True) -> Arrangement:
    """One face, and a small picture of the other in a corner or beside it: `first` is whether who speaks sits left."""
    beside = shape is Format.LONG and area != _WHOLE[shape]
    area_left = (100 if first else shape.size[0] - 100 - area[2]) if beside else area[0]
    alone = _alone(shape, (area_left, *area[1:]))
    speaker = alone.panes[0].model_copy(update={"across": 0.5 if shape is Format.LONG else 1.0})
    small = _SMALL_CORNER if shape is Format.SHORT and area == _WHOLE[shape] else _CORNER[shape]
    x, y, width, height = _BESIDE if beside else small
    x = shape.size[0] - x - width if beside and not first else x
    inset = _pane(Seat.LISTENER, (x, y, width, height), (x + 10, y + height - 74, width - 20, 64), most_zoom=1.0)
    return alone.model_copy(update={"panes": (speaker, inset)})


def _leaning(first: bool) -> dict[Format, Arrangement]:
    """Two faces of which one has come nearer: its pane is the larger one."""
    seats = (Seat.FIRST, Seat.SECOND)
    if first:
        return {
            Format.SHORT: _arranged(
                Format.SHORT,
                _pane(seats[0], (0, 0, 1080, 1050), (44, 770, 880, 112), most_zoom=1.14),
                _pane(seats[1], (0, 1050, 1080, 870), (44, 1064, 880, 64), "top", most_zoom=1.0),
                captions=(80, 888, 846, 150),
                title=(40, 736, 1000, 140),
            ),
            Format.LONG: _arranged(
                Format.LONG,
                _pane(seats[0], (0, 0, 1140, 900), (64, 776, 832, 112), most_zoom=1.04),
                _pane(seats[1], (1140, 0, 780, 900), (1200, 824, 656, 64), "bottom", "right", most_zoom=1.0),
                captions=(410, 924, 1100, 150),
                title=(360, 756, 1200, 132),
            ),
            Format.SQUARE: _arranged(
                Format.SQUARE,
                _pane(seats[0], (24, 110, 640, 720), (48, 706, 592, 112), most_zoom=1.12),
                _pane(seats[1], (688, 110, 368, 720), (704, 754, 336, 64), most_zoom=1.0),
                captions=(60, 850, 960, 190),
                title=(60, 690, 960, 134),
            ),
        }
    return {
        Format.SHORT: _arranged(
            Format.SHORT,
            _pane(seats[0], (0, 0, 1080, 870), (44, 646, 880, 64), most_zoom=1.0),
            _pane(seats[1], (0, 870, 1080, 1050), (44, 922, 880, 112), "top", most_zoom=1.14),
            captions=(80, 712, 920, 150),
            title=(40, 588, 1000, 122),
        ),
        Format.LONG: _arranged(
            Format.LONG,
            _pane(seats[0], (0, 0, 780, 900), (64, 824, 656, 64), most_zoom=1.0),
            _pane(seats[1], (780, 0, 1140, 900), (1024, 776, 832, 112), "bottom", "right", most_zoom=1.04),
            captions=(410, 924, 1100, 150),
            title=(360, 756, 1200, 132),
        ),
        Format.SQUARE: _arranged(
            Format.SQUARE,
            _pane(seats[0], (24, 110, 368, 720), (40, 754, 336, 64), most_zoom=1.0),
            _pane(seats[1], (416, 110, 640, 720), (440, 706, 592, 112), most_zoom=1.12),
            captions=(60, 850, 960, 190),
            title=(60, 690, 960, 134),
        ),
    }


def _everywhere(made: Callable[[Format], Arrangement]) -> dict[Format, Arrangement]:
    return {shape: made(shape) for shape in Format}


LAYOUTS = {
    made.name: made
    for made in (
        _VIDEOCHAT,
        _NEWSDESK,
        Layout(
            name="single",
            about="one face, as large as the picture has room for it",
            formats=_everywhere(lambda shape: _alone(shape, _ALONE[shape])),
        ),
        Layout(
            name="pip",
            about="the speaker full frame, the listener in a small picture",
            formats=_everywhere(lambda shape: _inset(shape, _WHOLE[shape])),
        ),
        Layout(
            name="cutaway",
            about="the speaker alone, full frame, no border",
            bordered=False,
            formats=_everywhere(lambda shape: _alone(shape, _WHOLE[shape])),
        ),
        Layout(
            name="solo",
            about="the speaker alone on the set, as large as the clip's own pixels allow",
            bordered=False,
            formats=_everywhere(lambda shape: _alone(shape, _ON_SET[shape])),
        ),
        Layout(
            name="inset",
            about="the speaker on the set, the listener in a small picture",
            formats=_everywhere(lambda shape: _inset(shape, _ON_SET[shape])),
        ),
        Layout(
            name="second-inset",
            about="the same for who sits in the second place: side by side, nobody changes sides",
            formats=_everywhere(lambda shape: _inset(shape, _ON_SET[shape], first=False)),
        ),
        Layout(
            name="reaction",
            about="the listener alone on the set",
            bordered=False,
            formats=_everywhere(lambda shape: _alone(shape, _ON_SET[shape], Seat.LISTENER)),
        ),
        Layout(name="first-near", about="two faces, the first one nearer", formats=_leaning(first=True)),
        Layout(name="second-near", about="two faces, the second one nearer", formats=_leaning(first=False)),
    )
}
