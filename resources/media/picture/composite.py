"""A turn's picture: its shots, name tags, titles, captions and the finished voice, in one decode and one encode. How a
clip fills a pane: `framing`. What is seen over it for a while: `cutaways`. Shots that stand by themselves: `fullframe`.
How the file is coded: `segment_file`.
"""

import tempfile
from pathlib import Path
from typing import Any

import ffmpeg

from resources.core.errors import MediaError
from resources.core.files import atomic_write
from resources.core.library import Library, recipe_key
from resources.core.recipes import Recipe
from resources.core.values import Value
from resources.media.direction.framings import Shot
from resources.media.layouts import Area, Arrangement, Pane, Seat, canvas, fitting, layout
from resources.media.picture.composite_order import CastMember, CompositeOrder, PaneClip
from resources.media.picture.cutaways import with_cutaway
from resources.media.picture.framing import COLOURS, framed, rate
from resources.media.picture.layers import (
    BT709,
    arranged,
    voice,
    with_captions,
    with_card,
    with_drawing,
    with_progress,
    with_rest,
    with_sound_beneath,
    with_third,
)
from resources.media.picture.overlays import (
    MarksOrder,
    OverlayOrder,
    Sitter,
    backdrop,
    marks,
    names,
    overlay,
    own_overlay,
)
from resources.media.picture.segment_file import Composite, encode, unending
from resources.media.probe import picture_size
from resources.media.profiles import ENCODER, Encoder
from resources.media.timebase import FPS, RATE, SAMPLES_PER_FRAME
from resources.media.typography.caption_styles import changed, style
from resources.media.typography.captions import Sheet, ass
from resources.media.typography.fonts import font_of_file, lay_out
from resources.media.typography.plates import Banner, draw_card, draw_third

# Recipes of another version are made anew. Raise it when the picture changes for the same order.
VERSION = 21


class _Seated(Value):
    """A pane, who is in it, and where it lies in the picture that is made."""

    pane: Pane
    area: Area
    member: CastMember
    clip: PaneClip
    speaking: bool


def make_composite(
    library: Library, order: CompositeOrder, *, encoder: Encoder = ENCODER, threads: int | None = None
) -> Composite:
    """The composite of an order: found in the library, or made and kept there. `threads`: see `composite`."""
    key = recipe_key(Recipe.COMPOSITE, order=order, encoder=encoder, version=VERSION)

    def make() -> Composite:
        with tempfile.TemporaryDirectory(prefix="ninja-") as folder:
            video = library.put(
                composite(library, order, Path(folder) / "composite.mp4", encoder=encoder, threads=threads)
            )
        width, height = canvas(order.format, order.shrink)
        frames = order.frames
        return Composite(video=video, seconds=frames / FPS, frames=frames, width=width, height=height)

    made = library.memo(key, Composite, make)
    return made.value.model_copy(update={"reused": made.reused})


def composite(
    library: Library,
    order: CompositeOrder,
    target: Path,
    *,
    encoder: Encoder = ENCODER,
    threads: int | None = None,
) -> Path:
    """Make the picture of a segment at `target` (an .mp4) and return it.

    `threads` of decoder, filters and encoder: 1 is fastest when
    as many composites run as there are cores; None lets ffmpeg use them all. Raises ContentError for an unknown layout
    or caption style, MediaError when ffmpeg fails.
    """
    with tempfile.TemporaryDirectory(prefix="ninja-") as name:
        folder = Path(name)
        captions = _write_captions(library, order, folder)
        picture = _picture(library, order, captions, folder, threads)
        frames = order.frames
        length, late = frames * SAMPLES_PER_FRAME, order.opening * SAMPLES_PER_FRAME
        sound = voice(library.path(order.audio), length, RATE, late=late)
        if order.under is not None:
            sound = with_rest(sound, library.path(order.under.audio), order.under.first, length, RATE)
        for cutaway in order.cutaways:
            if cutaway.gain is not None:
                place = (round(cutaway.begins * RATE), round(cutaway.ends * RATE))
                sound = with_sound_beneath(sound, library.path(cutaway.media), cutaway.gain, place, RATE)
        with atomic_write(target.absolute(), durable=False) as part:
            encode(picture, sound, encoder, frames, part, folder, threads)
        return target


def _seats(order: CompositeOrder, name: str) -> list[_Seated]:
    """Who is in which pane of a layout. Two-pane layouts keep the cast's order; the speaker is always shown."""
    shown = [member for member in order.cast if member.label in order.clips]
    speaker = next((member for member in shown if member.label == order.speaker), None)
    if speaker is None:
        raise MediaError(f"the speaker {order.speaker} has no clip", why=f"clips: {', '.join(order.clips) or 'none'}")
    others = [member for member in shown if member is not speaker]
    pair = [member for member in shown if member is speaker or member in others[:1]]
    by_seat = dict(zip((Seat.FIRST, Seat.SECOND), pair, strict=False))
    by_seat |= dict(zip((Seat.SPEAKER, Seat.LISTENER), (speaker, *others), strict=False))
    return [
        _Seated(
            pane=pane,
            area=pane.area.shrunk(order.shrink),
            member=by_seat[pane.seat],
            clip=order.clips[by_seat[pane.seat].label],
            speaking=by_seat[pane.seat] is speaker,
        )
        for pane in _arrangement(order, name).panes
    ]


def _arrangement(order: CompositeOrder, name: str) -> Arrangement:
    return layout(fitting(name, len(order.clips))).formats[order.format]


def _overlay_order(order: CompositeOrder, name: str, seated: list[_Seated]) -> OverlayOrder:
    return OverlayOrder(
        layout=fitting(name, len(order.clips)),
        format=order.format,
        sitters=tuple(
            Sitter(name=seat.member.name, color=seat.member.color, speaking=seat.speaking) for seat in seated
        ),
        shrink=order.shrink,
    )


def _write_captions(library: Library, order: CompositeOrder, folder: Path) -> Sheet | None:
    """Write captions.ass and its fonts; None when there is nothing to show."""
    look, changes = style(order.captions), order.caption_changes
    if look is None or not order.words:
        return None
    speaker = next(member for member in order.cast if member.label == order.speaker)
    sheet = ass(
        order.words,
        changed(look, changes),
        color=speaker.color,
        size=canvas(order.format, order.shrink),
        places=[(shot.first, _arrangement(order, shot.layout).captions.shrunk(order.shrink)) for shot in order.seen],
        fps=FPS,
        until=order.frames - order.clear,
        language=order.language,
        own=font_of_file(library.path(changes.font)) if changes.font else None,
        place=changes.place,
    )
    if sheet is not None:
        (folder / "captions.ass").write_text(sheet.document, encoding="utf-8")
        lay_out(sheet.fonts, folder / "fonts")
    return sheet


def _picture(library: Library, order: CompositeOrder, captions: Sheet | None, folder: Path, threads: int | None) -> Any:
    """The graph of the picture; what it draws from lies in `folder`, where ffmpeg works.

    What is laid over the clips comes from sources inside the graph: only clips and voice are inputs, and each ends.
    """
    width, height = canvas(order.format, order.shrink)
    frames = order.frames
    picture = _shots(library, order, folder, threads)
    if order.overlay is not None:
        own = own_overlay(library.path(order.overlay), order.format, order.shrink)
        picture = with_drawing(picture, own, folder, "own")
    for number, cutaway in enumerate(order.cutaways):
        name = f"cutaway{number}"
        picture = with_cutaway(picture, library, cutaway, order.format, order.shrink, folder, name, threads)
    picture = with_drawing(picture, marks(_marks(order)), folder, "mark")
    for number, banner in enumerate(order.banners):
        picture = _with_banner(picture, order, banner, f"banner{number}", folder)
    if order.progress:
        picture = with_progress(picture, order.progress, (width, height), frames / FPS, order.shrink)
    if captions is not None:
        picture = with_captions(picture, captions, frames, FPS)
    return unending(picture)


def _marks(order: CompositeOrder) -> MarksOrder:
    return MarksOrder(
        format=order.format,
        mark=_arrangement(order, order.layout).mark,
        rehearsal=order.rehearsal,
        bug="" if order.overlay else order.bug,
        progress=order.progress is not None,
        shrink=order.shrink,
    )


def _with_banner(picture: Any, order: CompositeOrder, banner: Banner, name: str, folder: Path) -> Any:
    """A banner over the shot that it begins in, at that shot's own place for it."""
    shot = _shot_at(order, banner.begins)
    begins, ends = (round(at * FPS) for at in (banner.begins, banner.begins + banner.seconds))
    if banner.kind == "card":  # it may have begun before the segment, or go on after it
        title = _arrangement(order, shot.layout).title
        return with_card(picture, draw_card(banner, title, order.shrink), (begins, ends), name, folder, FPS)
    seat = next((seat for seat in _seats(order, shot.layout) if seat.speaking), None)
    if seat is None:  # a shot of the listener alone
        return picture
    drawn = draw_third(banner, seat.member.name, seat.pane.plate, order.shrink)
    covered = (round(cutaway.begins * FPS) for cutaway in order.cutaways)
    last = shot.end - (order.clear if order.unnamed and shot == order.seen[-1] else 0)  # it goes with the names
    goes_back = ends < last and ends not in covered
    return with_third(picture, drawn, (begins, min(ends, last)), name, folder, FPS, goes_back=goes_back)


def _shot_at(order: CompositeOrder, seconds: float) -> Shot:
    frame = round(seconds * FPS)
    return next((shot for shot in reversed(order.seen) if shot.first <= frame), order.seen[0])


def _shots(library: Library, order: CompositeOrder, folder: Path, threads: int | None) -> Any:
    """The shots one after the other. Each clip is decoded once; a shot draws from it what it shows."""
    seated = [_seats(order, shot.layout) for shot in order.seen]
    labels = [seat.member.label for seats in seated for seat in seats]
    branches: dict[str, list[Any]] = {}
    for label in dict.fromkeys(labels):
        played = _played(library, order.clips[label], order.frames, threads)
        count = labels.count(label)
        parts = played.filter_multi_output("split", count) if count > 1 else None
        branches[label] = [parts.stream(number) for number in range(count)] if parts else [played]
    pictures = []
    for number, (shot, seats) in enumerate(zip(order.seen, seated, strict=True)):
        drawn_from = [branches[seat.member.label].pop() for seat in seats]
        pictures.append(_shot(library, order, shot, number, seats, drawn_from, folder))
    if len(pictures) == 1:
        return pictures[0]
    # `concat` counts in millionths, and what is laid over by its exact time would come a frame late. `fps` would hold
    # each frame, so that it were copied before anything is laid over it.
    return ffmpeg.concat(*pictures).filter("settb", f"1/{FPS}")


def _played(library: Library, clip: PaneClip, frames: int, threads: int | None) -> Any:
    """A face for a little more than `frames`: its clip, and what is seen before that."""
    path = library.path(clip.video)
    played = rate(path, frames, FPS, loops=clip.loops, begins=clip.begins, threads=threads)
    if clip.waits:
        played = played.filter("tpad", start=clip.waits, start_mode="clone")
    if clip.before is None:
        return played
    earlier, before = library.path(clip.before.video), clip.before
    seen = rate(earlier, before.frames, FPS, loops=before.loops, begins=before.begins, threads=threads)
    seen = seen.filter("trim", end_frame=before.frames)
    if picture_size(earlier) != picture_size(path):
        seen = seen.filter("scale", *picture_size(path), flags="bicubic", **BT709)
    both = (
        each.filter("setsar", 1).filter("format", "yuv420p").filter("setparams", **COLOURS) for each in (seen, played)
    )
    # `concat` counts in millionths: beside the exact times of another pane that would be frames of their own.
    return ffmpeg.concat(*both).filter("settb", f"1/{FPS}")


def _shot(
    library: Library,
    order: CompositeOrder,
    shot: Shot,
    number: int,
    seats: list[_Seated],
    clips: list[Any],
    folder: Path,
) -> Any:
    """A shot: its panes, what stands round them, and names, once a headline has gone that is seen in their place."""
    nearer = next((seat for seat in seats if seat.speaking), seats[0])
    panes = [
        framed(
            _part(clip, shot, order),
            library.path(seat.clip.video),
            seat.area,
            zoom=shot.zoom if seat is nearer else (1.0, 1.0),
            frames=shot.frames,
            across=seat.pane.across,
        )
        for seat, clip in zip(seats, clips, strict=True)
    ]
    wanted = _overlay_order(order, shot.layout, seats)
    wall = backdrop(wanted) if order.overlay is None else ()
    solid = [part for part in wall if part.opaque]
    size = canvas(order.format, order.shrink)
    picture = arranged(panes, [seat.area for seat in seats], solid, size, folder, f"shot{number}-wall")
    if order.overlay is not None:
        return picture
    picture = with_drawing(picture, [part for part in wall if not part.opaque], folder, f"shot{number}-corner")
    picture = with_drawing(picture, overlay(wanted), folder, f"shot{number}-edge")
    cards = (card for card in order.banners if card.kind == "card" and _shot_at(order, card.begins) == shot)
    first = max([0, *(round((card.begins + card.seconds) * FPS) - shot.first for card in cards)])
    if first >= shot.frames:
        return picture
    gone = shot.frames - order.clear if order.unnamed and shot == order.seen[-1] else None
    return with_drawing(picture, names(wanted), folder, f"shot{number}-name", first=first, until=gone)


def _part(clip: Any, shot: Shot, order: CompositeOrder) -> Any:
    """The frames of a clip that a shot shows. The last shot has no end of its own: the encoder ends the segment."""
    if len(order.seen) == 1:
        return clip
    end = {} if shot is order.seen[-1] else {"end_frame": shot.end}
    return clip.filter("trim", start_frame=shot.first, **end).filter("setpts", "PTS-STARTPTS")
