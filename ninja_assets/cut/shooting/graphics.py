"""How a turn is shot and dressed: its shots, titles and overlay, as the show's `look` and its place have it.

Everything here is picture alone: a change makes composites anew, and neither a voice nor a clip.
"""

import math
from collections.abc import Iterator, Sequence
from typing import Literal

from ninja_assets.cut.shooting.headline import followed, stands_on
from ninja_assets.cut.shooting.turn_timing import Timing
from resources.content.segments import Script, Segment, Turn
from resources.content.show import Camera, Format, Show
from resources.core.library import Library
from resources.core.values import Clip, VoiceTrack, Word
from resources.media.direction.director import SpokenTurn, plan
from resources.media.direction.framings import Shot
from resources.media.direction.stress import stressed
from resources.media.direction.styles import direction
from resources.media.direction.views import Stage
from resources.media.joining.join import LOOP
from resources.media.joining.joints import Transition
from resources.media.layouts import Seat, arrangement, fitting, suiting
from resources.media.picture.composite_order import CompositeOrder
from resources.media.probe import samples
from resources.media.timebase import FPS, RATE
from resources.media.typography.caption_styles import CaptionChanges, style
from resources.media.typography.emoji_art import drawable
from resources.media.typography.phrases import spoken_phrases
from resources.media.typography.plates import Banner
from resources.studio import Studio

_ENDING_SECONDS = 1.0  # of an ending that is asked for by name alone
_SHORTEST_THIRD = 1.4  # seconds: a lower third that is gone sooner cannot be read


def camera_of(show: Show, turn: Turn) -> Camera:
    """The camera that sees a turn."""
    return show.cameras[turn.camera] if turn.camera else Camera()


def layout_of(show: Show, shape: Format, turn: Turn, clips: dict[str, Clip], shrink: int = 1) -> str:
    """The layout that a turn is shown in: its camera's, else the format's, as its speaker's clip suits it."""
    name = camera_of(show, turn).layout or show.look.layouts[shape]
    return suiting(name, shape, _published_size(clips[turn.speaker], shrink), first=_sits_first(show, turn, clips))


def shots_of(
    show: Show,
    script: Script,
    turn: Turn,
    shape: Format,
    clips: dict[str, Clip],
    track: VoiceTrack,
    timing: Timing,
    studio: Studio,
    headed: float | None = None,
) -> tuple[Shot, ...]:
    """The director's shots of a turn in a format; none where a camera or an overlay of one's own says how it looks.

    `headed`: see `dressed`.
    """
    directed = direction(show.look.direction.style)
    if directed is None or turn.camera or shape in show.look.overlays:
        return ()
    turns, label, shrink = script.turns, turn.speaker, show.shrink(studio.mode)
    number = turns.index(turn)
    stood = 0.0 if number == 0 else headed
    others = [clip for listener, clip in clips.items() if listener != label]
    words = [phrase for word in track.words for phrase in spoken_phrases(word)]  # a sentence without spaces is long
    spoken = SpokenTurn(
        number=number,
        turns=len(turns),
        frames=timing.frames,
        opening=timing.opening,
        words=tuple(words),
        stressed=stressed(words, samples(studio.library.path(track.audio), RATE)) if directed.punch > 1 else (),
        mood=turn.mood is not None,
        held=0.0 if stood is None else show.look.titles.card_seconds - stood,
    )
    stage = Stage(
        format=shape,
        plain=fitting(layout_of(show, shape, turn, clips, shrink), len(clips)),
        speaker=_published_size(clips[label], shrink),
        listener=_published_size(others[0], shrink) if others else None,
        first=_sits_first(show, turn, clips),
    )
    return plan(spoken, directed, stage)


def _sits_first(show: Show, turn: Turn, clips: dict[str, Clip]) -> bool:
    return next(each for each in show.characters if each in clips) == turn.speaker


def _published_size(clip: Clip, shrink: int) -> tuple[int, int]:
    """The pixels of a clip, against those of the published picture."""
    return clip.width * shrink, clip.height * shrink


def dressed(
    order: CompositeOrder,
    show: Show,
    script: Script,
    turn: Turn,
    library: Library,
    headed: float | None = None,
    *,
    unnamed: bool = False,
) -> CompositeOrder:
    """The order with everything that is drawn over its clips.

    `headed`: the seconds that the headline has stood when a later turn begins, where it goes on into that. `unnamed`:
    its speaker has had turns, and in none of them room for a name.
    """
    titles, own, captions = show.look.titles, show.look.overlays.get(order.format), show.look.captions
    return order.model_copy(
        update={
            "zoom": camera_of(show, turn).zoom,
            "captions": captions.style,
            "caption_changes": caption_changes(show, library),
            "language": show.language,
            "bug": titles.bug,
            "banners": banners(show, script, turn, order, headed, unnamed=unnamed),
            "overlay": library.put(own) if own else None,
            **_cleared(show, script, turn, order.format),
        }
    )


def caption_changes(show: Show, library: Library) -> CaptionChanges:
    """What the show has otherwise than its style of captions."""
    captions = show.look.captions
    return CaptionChanges(
        font=library.put(captions.font) if captions.font else None,
        scale=captions.size,
        place=captions.place,
        upper=None if captions.case is None else captions.case == "upper",
        color=captions.color,
        accent=captions.accent,
        stroke=captions.stroke,
        stroke_color=captions.stroke_color,
    )


def transition_of(show: Show) -> Transition:
    """How one segment goes over into the next."""
    look = show.look.transition
    return Transition(style=look.style, frames=0 if look.style == "cut" else int(look.seconds * FPS + 1e-6))


def transition_after(show: Show, segment: Segment) -> Transition:
    """How a segment goes over into the next one: in the pause that is left after its last word, and no lips move then.

    Where a turn is told to begin sooner, or to fall in, there is less of it or none.
    """
    transition = transition_of(show)
    shorter = min(segment.pause_after or 0.0, 0.0)
    if not shorter:
        return transition
    left = max(0, int((show.pacing.tail_seconds + shorter) * FPS + 1e-6))
    return transition.model_copy(update={"frames": min(transition.frames, left)})


def ending_of(show: Show, shape: Format) -> Literal["fade", "loop", "hold"]:
    """How the cut ends in a format."""
    look = show.look
    return look.ending or ("loop" if shape is Format.SHORT and not look.ending_seconds else "fade")


def ending_frames_of(show: Show, shape: Format) -> int:
    """How many frames the last picture fades, or stands, after the last turn."""
    look = show.look
    if ending_of(show, shape) == "loop":
        return 0
    asked = _ENDING_SECONDS if look.ending else 0.0
    return round((asked if look.ending_seconds is None else look.ending_seconds) * FPS)


def _cleared(show: Show, script: Script, turn: Turn, shape: Format) -> dict[str, object]:
    """What is not written in a turn's last frames, so that no two texts are seen one through the other there."""
    if turn != script.cut[-1]:
        transition = transition_after(show, turn)
        return {"clear": transition.frames if transition.style == "crossfade" else 0}
    if ending_of(show, shape) != "loop":
        return {}
    return {"clear": LOOP.frames, "unnamed": script.cut[0] == script.turns[0] and show.look.titles.card_seconds > 0}


def captioned(show: Show, content: Segment, words: Sequence[Word]) -> tuple[Word, ...]:
    """The words of a segment's voice as captions and subtitles have them: with the emoji of its text, where the
    captions' style shows any."""
    look = style(show.look.captions.style)
    return content.written(words, drawable) if look and look.emoji else tuple(words)


def seen_saying(order: CompositeOrder) -> tuple[Word, ...]:
    """The words of a turn that its speaker is seen saying: not the listener, nor B-roll. All, where it is seen never.

    A poster shows who speaks.
    """
    hidden = [(cutaway.begins, cutaway.ends) for cutaway in order.cutaways]
    faces = [
        time
        for shot in order.seen
        if _speaks(shot.layout, order)
        for time in _outside(hidden, shot.first / FPS, shot.end / FPS)
    ]
    seen = (word for word in order.words if any(begins <= word.start and word.end <= ends for begins, ends in faces))
    return tuple(seen) or order.words


def banners(
    show: Show, script: Script, turn: Turn, order: CompositeOrder, headed: float | None, *, unnamed: bool = False
) -> tuple[Banner, ...]:
    """The headline over the first shot; a lower third where a character speaks first or a chapter begins.

    Each stands within one shot, so that it keeps its place; no name is seen beside a headline, nor over B-roll: a plate
    belongs to who is seen. `headed`, `unnamed`: see `dressed`.
    """
    stood = 0.0 if turn == script.turns[0] else headed  # None: the headline is gone
    titles, character = show.look.titles, show.characters[turn.speaker]
    color, found = character.color, []
    hidden = [(cutaway.begins, cutaway.ends) for cutaway in order.cutaways]
    shots = [(shot.first / FPS, shot.end / FPS, shot.layout) for shot in order.seen]
    if titles.card_seconds and stood is not None:
        ends = _headline_ends(show, script, turn, order, titles.card_seconds - stood)
        first = show.characters[script.turns[0].speaker].color
        found.append(
            Banner(
                kind="card", text=script.title, small=show.title, color=first, seconds=ends + stood, begins=0.0 - stood
            )
        )
        left = [(ends, *shots[0][1:])] if ends < shots[0][1] else []
        shots = left + shots[1:]
    third = _third(show, script, turn, unnamed=unnamed)
    if third is None or not titles.lower_third_seconds:
        return tuple(found)
    faces = (
        (begins, ends, layout)
        for first, last, layout in shots
        for begins, ends in _outside(hidden, first, last)
        if _speaks(layout, order)
    )
    least = min(_SHORTEST_THIRD, titles.lower_third_seconds)
    if turn.chapter or turn == faces_of(script, turn.speaker)[-1]:  # nobody else says it later
        least = min(least, order.frames / FPS)
    for begins, ends, _ in faces:
        seconds = min(titles.lower_third_seconds, ends - begins)
        if seconds >= least:
            text, small = third
            found.append(Banner(kind="third", text=text, small=small, color=color, seconds=seconds, begins=begins))
            break
    return tuple(found)


def _headline_ends(show: Show, script: Script, turn: Turn, order: CompositeOrder, left: float) -> float:
    """When a headline goes that is to be seen for some seconds more. Beyond the turn's end: it goes on into the next.

    Under a director it goes with its shot, or with what covers that; names come back with the next one.
    """
    first, whole = order.seen[0].end / FPS, order.frames / FPS
    if len(order.seen) > 1:
        covered = min((cutaway.begins for cutaway in order.cutaways), default=math.inf)
        return min(first, max(covered, left))
    goes_on = followed(script, turn) and stands_on(show, show.look.titles.card_seconds - left + whole)
    return left if goes_on else min(first, left)


def _third(show: Show, script: Script, turn: Turn, *, unnamed: bool) -> tuple[str, str] | None:
    """What a lower third says of a turn: its chapter, or who speaks here first; None for any other turn."""
    name = show.characters[turn.speaker].name
    if turn.chapter:
        return turn.chapter, name
    first = unnamed or turn == faces_of(script, turn.speaker)[0]
    return (name, show.look.titles.roles.get(turn.speaker, "")) if first else None


def faces_of(script: Script, speaker: str) -> Sequence[Turn]:
    """The turns of a speaker that may name a face: who is under B-roll at first is named where the face is seen."""
    own = [turn for turn in script.turns if turn.speaker == speaker]
    return [turn for turn in own if not turn.broll and not script.shots_over(turn.segment)] or own[:1]


def _outside(hidden: Sequence[tuple[float, float]], begins: float, ends: float) -> Iterator[tuple[float, float]]:
    """The parts of a time, in order, in which nothing is hidden."""
    for start, end in sorted(hidden):
        if begins < min(start, ends):
            yield begins, min(start, ends)
        begins = max(begins, end)
    if begins < ends:
        yield begins, ends


def _speaks(layout: str, order: CompositeOrder) -> bool:
    panes = arrangement(fitting(layout, len(order.clips)), order.format).panes
    return any(pane.seat is not Seat.LISTENER for pane in panes)
