"""Which layouts show a view, and how near a face may come in them: as its clip's measured pixels allow.

A clip is never enlarged more than 1.25 times beyond what the plain layout does; where that makes it smaller, beyond its
own pixels.
"""

from resources.content.show import Format
from resources.core.values import Value
from resources.media.direction.styles import View
from resources.media.layouts import Arrangement, Pane, Seat, arrangement, enlargement, suiting

SOFTEST = 1.25  # times: by how much a shot may enlarge a clip beyond the plain layout
_NEAR = {True: "first-near", False: "second-near"}  # by whether the speaker sits first
_INSET = {True: "inset", False: "second-inset"}

Size = tuple[int, int]  # pixels


class Stage(Value):
    """What there is to be shown in a turn: the plain layout, and the pixels of each clip. `first`: the speaker sits in
    the first of two places."""

    format: Format
    plain: str
    speaker: Size
    listener: Size | None = None
    first: bool = True


class Chosen(Value):
    """A layout for a view, and the nearest that its main face may come in it."""

    layout: str
    most: float


def shown(view: View, stage: Stage) -> Chosen | None:
    """The layout that shows a view; None where there is nobody to show, or the pixels do not suffice."""
    if view not in ("solo", "two") and stage.listener is None:
        return None
    plain = arrangement(stage.plain, stage.format)
    alone, near = len(plain.panes) == 1, _NEAR[stage.first]
    if not alone and beside(plain) != beside(arrangement(near, stage.format)):
        near = stage.plain  # nobody who sits beside another is under the other next: the same picture, nearer
    names = {
        "two": (stage.plain,),
        "near": (near,),
        "solo": ("solo",) if alone else ("cutaway", "solo"),  # the plain layout is a whole picture already
        "inset": ("pip", _INSET[stage.first]),
        "reaction": ("reaction",),
    }[view]
    whole = (name for name in names if suiting(name, stage.format, stage.speaker, first=stage.first) == name)
    found = (Chosen(layout=name, most=room(name, stage)) for name in whole)
    return next((each for each in found if each.most >= 1), None)


def beside(place: Arrangement) -> bool:
    """Whether the faces of a layout are side by side, and not one over the other."""
    first, *others = (pane.area for pane in place.panes)
    return any(other.y == first.y for other in others)


def room(name: str, stage: Stage) -> float:
    """How near the main face of a layout may come: under 1 where the clips are too small for the layout itself."""
    place = arrangement(name, stage.format)
    plain = arrangement(stage.plain, stage.format)
    main = main_pane(place, first=stage.first)
    allowed = {pane: _allowed(pane, plain, stage) for pane in place.panes}
    if name != stage.plain and any(zoom < 1 for zoom in allowed.values()):
        return min(allowed.values())
    return max(1.0, min(allowed[main], main.most_zoom)) if name == stage.plain else min(allowed[main], main.most_zoom)


def main_pane(place: Arrangement, *, first: bool) -> Pane:
    """The pane that a shot comes nearer in: the speaker's, else the only one. `first`: they sit in the first place."""
    seats = (Seat.SPEAKER, Seat.FIRST if first else Seat.SECOND)
    return next((pane for pane in place.panes if pane.seat in seats), place.panes[0])


def _allowed(pane: Pane, plain: Arrangement, stage: Stage) -> float:
    """The zoom up to which a pane's clip stays sharp."""
    listening = pane.seat is Seat.LISTENER or pane.seat is (Seat.SECOND if stage.first else Seat.FIRST)
    clip = stage.listener if listening and stage.listener else stage.speaker
    usual = enlargement(main_pane(plain, first=stage.first).area, clip)
    return SOFTEST * max(usual, 1.0) / enlargement(pane.area, clip)
