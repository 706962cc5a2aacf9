"""Where the progress bar stands in a segment: by the time of the whole cut, through pauses, shots and joints.

The lengths of all segments are looked at as they stand; the bar waits for voices, not for shots that are bought. A
segment keeps the bar that it was composed with while nobody can see the difference: a line whose length changes a
little composes no other segment anew.
"""

from collections.abc import Collection, Sequence

from ninja_assets.cells.asset import AssetCell
from ninja_assets.cells.record.cell_values import Composites
from ninja_assets.cells.work import SegmentWork
from ninja_assets.cut.shooting.turn_timing import timing_of
from resources.content.lines.speech import estimate_seconds
from resources.content.segments import Segment
from resources.core.names import COMPOSITES, SHOTS, TTS_AUDIO, CellKey
from resources.core.values import Footage, VoiceTrack
from resources.media.timebase import frames_of

_SHOT_SECONDS = 5.0  # of a clip whose length nothing tells before it is made
_UNSEEN = 4 / 1080  # of the picture's width: by how much a bar may be off at a joint

Span = tuple[float, float]  # how much of the cut is over where a segment begins and where it ends


def voices(work: SegmentWork) -> Collection[AssetCell]:
    """The cells that a bar waits for."""
    if not work.studio.show.look.titles.progress:
        return ()
    cells = (CellKey(work.key.episode, each.segment) for each in work.script.cut if _is_spoken(each))
    return [(TTS_AUDIO, cell) for cell in cells]


def progress_of(work: SegmentWork) -> Span | None:
    """The bar of a segment; None where the show draws none."""
    if not work.studio.show.look.titles.progress:
        return None
    cut = work.script.cut
    place = cut.index(work.content)
    span = spanned([_frames(work, each) for each in cut], place)
    before = work.records.find(COMPOSITES, work.key, Composites)
    drawn = before.value.progress if before else None
    return drawn if drawn and all(abs(was - now) <= _UNSEEN for was, now in zip(drawn, span, strict=True)) else span


def spanned(frames: Sequence[int], place: int) -> Span:
    """The part of the cut's time in which the segment at `place` is seen, of segments of so many `frames`."""
    begins, whole = sum(frames[:place]), sum(frames)
    return begins / whole, (begins + frames[place]) / whole


def _is_spoken(content: Segment) -> bool:
    return content.not_needed(TTS_AUDIO) is None


def _frames(work: SegmentWork, content: Segment) -> int:
    """How long a segment is, or will be as far as it is known."""
    cell, show = CellKey(work.key.episode, content.segment), work.studio.show
    if not _is_spoken(content):
        shot, made = work.script.shot(content.segment).shot, work.records.find(SHOTS, cell, Footage)
        ordered = getattr(shot, "seconds", None)  # some kinds are as long as what they are made from
        return frames_of(shot.shown_seconds(made.value.seconds if made else None) or ordered or _SHOT_SECONDS)
    track = work.records.find(TTS_AUDIO, cell, VoiceTrack)
    if track is not None:
        return timing_of(work.studio.library, show, work.script.turn(content.segment), track.value).frames
    rate = show.characters[content.label].voice.offline.rate
    spoken = estimate_seconds(content.text, rate)
    return frames_of(spoken + show.pacing.lead_seconds + show.pacing.tail_seconds)
