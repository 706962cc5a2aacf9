"""How a listener goes on from the turn before: where in its loop it begins.

The turn before is looked at as it stands: a turn that is not made yet, or made anew later, remakes no other. Who spoke
there begins like its last picture; who listened there goes on in its loop.
"""

from collections.abc import Collection

from ninja_assets.cells.asset import AssetCell
from ninja_assets.cells.cell_values import Listeners
from ninja_assets.cells.work import SegmentWork
from resources.content.segments import Turn
from resources.core.names import LISTENER_CLIPS, SPEAKER_CLIPS, TTS_AUDIO, CellKey
from resources.core.values import Clip, VoiceTrack
from resources.media.picture.composite import FPS, frames_of
from resources.media.picture.likeness import most_like


def looked_at(work: SegmentWork) -> Collection[AssetCell]:
    """The cells of the turn before that are looked at, and so waited for."""
    before = _before(work, work.key.segment)
    if before is None:
        return ()
    return [(name, CellKey(work.key.episode, before.segment)) for name in (TTS_AUDIO, SPEAKER_CLIPS, LISTENER_CLIPS)]


def begins(work: SegmentWork, turn: Turn, label: str, loop: Clip) -> float:
    """The second of its loop at which a listener begins in a turn: 0 where nothing is known of the turn before."""
    before = _before(work, turn.segment)
    if before is None or not loop.loops:
        return 0.0
    cell, records = CellKey(work.key.episode, before.segment), work.records
    track = records.find(TTS_AUDIO, cell, VoiceTrack)
    if track is None:
        return 0.0
    seconds = frames_of(track.value.seconds) / FPS
    if before.speaker == label:
        spoke = records.find(SPEAKER_CLIPS, cell, Clip)
        return most_like(work.studio.library, loop.video, spoke.value.video, seconds - 1 / FPS) if spoke else 0.0
    listened = records.find(LISTENER_CLIPS, cell, Listeners)
    clip = listened.value.clips.get(label) if listened else None
    if clip is None:
        return 0.0
    reached = (begins(work, before, label, clip) + seconds) % clip.seconds if clip.seconds else 0.0
    if clip.video == loop.video:
        return reached
    return most_like(work.studio.library, loop.video, clip.video, reached)


def _before(work: SegmentWork, segment: str) -> Turn | None:
    """The turn that stands right before another one in the cut; None after a shot, before a shot, or at the start."""
    turns = {turn.segment: turn for turn in work.script.turns}
    cut = [content.segment for content in work.script.cut]
    place = cut.index(segment) if segment in turns else 0
    return turns.get(cut[place - 1]) if place else None
