"""Who has not been named yet: where a headline, or shots that are too short to read in, left no room for the lower
third of a character's first turn, the next turn of theirs has it.

The turns before are looked at by their voices alone, planned as they will be seen.
"""

from collections.abc import Collection, Mapping, Sequence

from ninja_assets.cells.asset import AssetCell
from ninja_assets.cells.record.records import of_segment
from ninja_assets.cells.work import SegmentWork
from ninja_assets.cut.shooting.graphics import banners, faces_of, layout_of, shots_of
from ninja_assets.cut.shooting.headline import headed_for, headed_from
from ninja_assets.cut.shooting.turn_timing import timing_of
from resources.content.segments import Turn
from resources.content.show import Format
from resources.core.names import TTS_AUDIO, CellKey
from resources.core.values import Clip, VoiceTrack
from resources.media.picture.composite_order import CompositeOrder, PaneClip

_LATEST = 3  # own turns before: who has been seen so often needs no introduction


def introduced_from(work: SegmentWork) -> Collection[AssetCell]:
    """The voices by which it is known whether a turn's speaker has been named."""
    before = _turns_before(work)
    own = [(TTS_AUDIO, CellKey(work.key.episode, turn.segment)) for turn in before]
    return {*own, *(cell for turn in before for cell in headed_from(work, turn.segment))}


def unnamed(work: SegmentWork, shape: Format, clips: Mapping[str, Clip], made_from: dict[str, str]) -> bool:
    """Whether a turn's speaker has had turns before, and in none of them room for a name, in a format.

    `clips`: of who is seen in the turn. The voices that this is known by are added to `made_from`.
    """
    before, found = _turns_before(work), dict[str, str]()
    if not before or any(_names(work, turn, shape, clips, found) for turn in before):
        return False
    made_from.update(found)
    return True


def _turns_before(work: SegmentWork) -> Sequence[Turn]:
    """The turns in which a turn's speaker may have been named before; none where it cannot be asked or said."""
    turn, titles = work.turn, work.studio.show.look.titles
    own = faces_of(work.script, turn.speaker)
    if not titles.lower_third_seconds or turn.chapter or turn not in own:
        return ()
    place = own.index(turn)
    return own[:place] if place <= _LATEST else ()


def _names(work: SegmentWork, turn: Turn, shape: Format, clips: Mapping[str, Clip], found: dict[str, str]) -> bool:
    """Whether a turn before has a lower third; also where its voice is not there to be asked."""
    show, script, studio = work.studio.show, work.script, work.studio
    track = work.records.find(TTS_AUDIO, CellKey(work.key.episode, turn.segment), VoiceTrack)
    if track is None:
        return True
    found[of_segment(TTS_AUDIO, turn.segment)] = track.digest
    headed = headed_for(work, found, turn.segment)
    timing = timing_of(studio.library, show, turn, track.value)
    seen = _clips_of(work, turn, clips)
    order = CompositeOrder(
        format=shape,
        layout=layout_of(show, shape, turn, seen, show.shrink(studio.mode)),
        cast=(),
        speaker=turn.speaker,
        clips={label: PaneClip(video=clip.video) for label, clip in seen.items()},
        audio=track.value.audio,
        seconds=track.value.seconds,
        words=(),
        shots=shots_of(show, script, turn, shape, seen, track.value, timing, studio, headed),
        opening=timing.opening,
        sooner=timing.sooner,
    )
    return any(banner.kind == "third" for banner in banners(show, script, turn, order, headed, unnamed=True))


def _clips_of(work: SegmentWork, turn: Turn, clips: Mapping[str, Clip]) -> dict[str, Clip]:
    """Clips of the size of those that a turn before is seen by: only as many pixels decide what is seen."""
    others = [clip for label, clip in clips.items() if label != work.turn.speaker]
    listeners = dict(zip(turn.listeners, others, strict=False))
    return {turn.speaker: clips[work.turn.speaker], **listeners}
