"""How a face goes on from the turn before: where in its loop a listener begins, and what is seen of who is to speak.

The turn before is looked at as it stands: a turn that is not made yet, or made anew later, remakes no other. Who spoke
there begins like its last picture; who listened there goes on in its loop. Only where the turn before is still heard is
this one made from it, and made anew with it.
"""

from collections.abc import Collection
from dataclasses import dataclass

from ninja_assets.cells.asset import AssetCell
from ninja_assets.cells.record.cell_values import Listeners
from ninja_assets.cells.record.records import of_segment
from ninja_assets.cells.work import SegmentWork
from ninja_assets.cut.shooting.turn_timing import Timing, timing_of
from resources.content.segments import Turn
from resources.core.names import LISTENER_CLIPS, SPEAKER_CLIPS, TTS_AUDIO, CellKey
from resources.core.values import Clip, VoiceTrack
from resources.media.picture.composite_order import Before, PaneClip, Rest
from resources.media.picture.likeness import most_like
from resources.media.timebase import FPS


@dataclass(frozen=True)
class _Seen:
    """Where a face is: which clip is seen of it, and how far in."""

    clip: Clip
    seconds: float


def heard_from(work: SegmentWork) -> Collection[AssetCell]:
    """The cells of the turn before that a turn is made from: those of one that is still heard."""
    overlapped = work.script.overlapped(work.key.segment)
    if overlapped is None:
        return ()
    return [(name, CellKey(work.key.episode, overlapped.segment)) for name in (TTS_AUDIO, SPEAKER_CLIPS)]


def looked_at(work: SegmentWork) -> Collection[AssetCell]:
    """The cells of the turn before that are looked at, and so waited for."""
    before = work.script.before(work.key.segment)
    if before is None:
        return ()
    return [(name, CellKey(work.key.episode, before.segment)) for name in (TTS_AUDIO, SPEAKER_CLIPS, LISTENER_CLIPS)]


def faces(
    work: SegmentWork, clips: dict[str, Clip], timing: Timing, made_from: dict[str, str], *, cut_after_beat: bool
) -> dict[str, PaneClip]:
    """Each face of a turn as it goes on, by label. What else the turn is made from is added to `made_from`.

    `cut_after_beat`: the framing changes when the voice begins, so that until then another clip of the speaker may be
    seen; else its first picture waits.
    """
    turn = work.turn
    found: dict[str, PaneClip] = {}
    for label, clip in clips.items():
        if label != turn.speaker:
            before = _still_speaking(work, label, made_from)
            begins = round(_begins(work, turn, label, clip), 4)
            found[label] = PaneClip(video=clip.video, loops=clip.loops, begins=begins, before=before)
            continue
        before = _still_listening(work, turn, timing.opening) if cut_after_beat else None
        found[label] = PaneClip(video=clip.video, before=before, waits=0 if before else timing.opening)
    return found


def rest_of(work: SegmentWork, made_from: dict[str, str]) -> Rest | None:
    """What is still heard of the turn before; adds it to what the turn is made from."""
    before = work.script.overlapped(work.key.segment)
    if before is None:
        return None
    track = work.read(TTS_AUDIO, VoiceTrack, segment=before.segment)
    made_from[of_segment(TTS_AUDIO, before.segment)] = track.digest
    timing = timing_of(work.studio.library, work.studio.show, before, track.value)
    return Rest(audio=track.value.audio, first=timing.rest)


def _still_speaking(work: SegmentWork, label: str, made_from: dict[str, str]) -> Before | None:
    """The rest of a face's own clip, while it is still heard."""
    before = work.script.overlapped(work.key.segment)
    if before is None or before.speaker != label:
        return None
    clip = work.read(SPEAKER_CLIPS, Clip, segment=before.segment)
    made_from[of_segment(SPEAKER_CLIPS, before.segment)] = clip.digest
    track = work.read(TTS_AUDIO, VoiceTrack, segment=before.segment).value
    timing = timing_of(work.studio.library, work.studio.show, before, track)
    return Before(video=clip.value.video, frames=timing.sooner, begins=round((timing.voice - timing.sooner) / FPS, 4))


def _still_listening(work: SegmentWork, turn: Turn, frames: int) -> Before | None:
    """Who is to speak, as it listens on until then: in the loop that it was seen in; None where it was in none."""
    last = _at_end(work, turn, turn.speaker)
    if not frames or last is None or not last.clip.loops:
        return None
    return Before(video=last.clip.video, frames=frames, begins=round(last.seconds, 4), loops=True)


def _begins(work: SegmentWork, turn: Turn, label: str, loop: Clip) -> float:
    """The second of its loop at which a listener begins in a turn.

    A loop and a speaker's clip both begin with the character's picture: where who listens speaks next, the loop is to
    end near it. 0 where nothing is known.
    """
    last, seen_for = _at_end(work, turn, label), _listens_for(work, turn, label)
    if not loop.loops or not loop.seconds:
        return 0.0
    if last is None:
        return 0.0 if seen_for is None else -seen_for % loop.seconds
    if last.clip.video == loop.video:
        return last.seconds
    if last.clip.loops:
        return most_like(work.studio.library, loop.video, last.clip.video, last.seconds)
    seconds = last.seconds - 1 / FPS + _spoken_on(work, turn, label)
    return most_like(work.studio.library, loop.video, last.clip.video, seconds, ends_after=seen_for)


def _listens_for(work: SegmentWork, turn: Turn, label: str) -> float | None:
    """The seconds of a turn in which a face is seen listening, where it speaks next; else None."""
    if not work.script.speaks_next(turn.segment, label):
        return None
    track = work.records.find(TTS_AUDIO, CellKey(work.key.episode, turn.segment), VoiceTrack)
    if track is None:
        return None
    timing = timing_of(work.studio.library, work.studio.show, turn, track.value)
    return timing.frames / FPS - _spoken_on(work, turn, label)


def _at_end(work: SegmentWork, turn: Turn, label: str) -> _Seen | None:
    """Where a face is when the turn before ends; None where nothing is known of it."""
    before = work.script.before(turn.segment)
    if before is None:
        return None
    cell, records = CellKey(work.key.episode, before.segment), work.records
    track = records.find(TTS_AUDIO, cell, VoiceTrack)
    if track is None:
        return None
    timing = timing_of(work.studio.library, work.studio.show, before, track.value)
    if before.speaker == label:
        spoke = records.find(SPEAKER_CLIPS, cell, Clip)
        return _Seen(spoke.value, (timing.voice - timing.sooner) / FPS) if spoke else None
    listened = records.find(LISTENER_CLIPS, cell, Listeners)
    clip = listened.value.clips.get(label) if listened else None
    if clip is None:
        return None
    reached = _begins(work, before, label, clip) + timing.frames / FPS - _spoken_on(work, before, label)
    return _Seen(clip, reached % clip.seconds if clip.loops and clip.seconds else reached)


def _spoken_on(work: SegmentWork, turn: Turn, label: str) -> float:
    """The seconds of a turn in which who listens is still seen speaking."""
    before = work.script.overlapped(turn.segment)
    if before is None or before.speaker != label:
        return 0.0
    track = work.records.find(TTS_AUDIO, CellKey(work.key.episode, before.segment), VoiceTrack)
    if track is None:
        return 0.0
    return timing_of(work.studio.library, work.studio.show, before, track.value).sooner / FPS
