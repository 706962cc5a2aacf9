"""How a turn is dressed: camera, titles, progress and overlay, as the show's `look` and the turn's place have it.

Everything here is picture alone: a change makes composites anew, and neither a voice nor a clip.
"""

from resources.content.segments import Script, Segment, Turn
from resources.content.show import Camera, Format, Show
from resources.core.library import Library
from resources.media.picture.composite import CompositeOrder
from resources.media.typography.titles import Banner


def camera_of(show: Show, turn: Turn) -> Camera:
    """The camera that sees a turn."""
    return show.cameras[turn.camera] if turn.camera else Camera()


def layout_of(show: Show, shape: Format, turn: Turn) -> str:
    """The layout that a turn is shown in: its camera's, else the format's."""
    return camera_of(show, turn).layout or show.look.layouts[shape]


def dressed(order: CompositeOrder, show: Show, script: Script, turn: Turn, library: Library) -> CompositeOrder:
    """The order with everything that is drawn over its clips."""
    titles, own = show.look.titles, show.look.overlays.get(order.format)
    return order.model_copy(
        update={
            "zoom": camera_of(show, turn).zoom,
            "bug": titles.bug,
            "banners": _banners(show, script, turn, order.seconds),
            "progress": progress_of(show, script, turn),
            "overlay": library.put(own) if own else None,
        }
    )


def progress_of(show: Show, script: Script, content: Segment) -> tuple[float, float] | None:
    """How much of the cut is over where a segment begins and where it ends; None where the show draws no bar."""
    if not show.look.titles.progress:
        return None
    place, count = script.cut.index(content), len(script.cut)
    return place / count, (place + 1) / count


def _banners(show: Show, script: Script, turn: Turn, seconds: float) -> tuple[Banner, ...]:
    """The title card over the first turn; a lower third where a character speaks first or a chapter begins."""
    titles, character = show.look.titles, show.characters[turn.speaker]
    color, found = character.color, []
    if titles.card_seconds and turn == script.turns[0]:
        wanted = min(titles.card_seconds, seconds)
        found.append(Banner(kind="card", text=script.title, small=show.title, color=color, seconds=wanted))
    if titles.lower_third_seconds:
        wanted = min(titles.lower_third_seconds, seconds)
        first = turn == next(each for each in script.turns if each.speaker == turn.speaker)
        role = titles.roles.get(turn.speaker, "")
        if turn.chapter:
            found.append(Banner(kind="third", text=turn.chapter, small=character.name, color=color, seconds=wanted))
        elif first:
            found.append(Banner(kind="third", text=character.name, small=role, color=color, seconds=wanted))
    return tuple(found)
