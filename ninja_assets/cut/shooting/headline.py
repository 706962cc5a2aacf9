"""The headline of an episode over more than its first turn: after a short first line it has not been read yet.

It stands as long as the show has it, over the turns that follow at once. Where the turns before are made anew with
another length, those that it stands over are made anew with them.
"""

from collections.abc import Collection, Sequence

from ninja_assets.cells.asset import AssetCell
from ninja_assets.cells.record.records import of_segment
from ninja_assets.cells.work import SegmentWork
from ninja_assets.cut.shooting.turn_timing import SHORTEST, timing_of
from resources.content.segments import Script, Turn
from resources.content.show import Show
from resources.core.names import TTS_AUDIO, CellKey
from resources.core.values import VoiceTrack
from resources.media.timebase import FPS

_LEAST = 0.5  # seconds: a headline that would go on for less goes with the turn before


def headed_from(work: SegmentWork, segment: str | None = None) -> Collection[AssetCell]:
    """The voices of the turns that a headline may have begun in and not ended before a segment: the work's own, or one
    before it."""
    before = _turns_before(work.script, segment or work.key.segment)
    if len(before) * SHORTEST / FPS + _LEAST > work.studio.show.look.titles.card_seconds:
        return ()
    return [(TTS_AUDIO, CellKey(work.key.episode, turn.segment)) for turn in before]


def headed_for(work: SegmentWork, made_from: dict[str, str], segment: str | None = None) -> float | None:
    """The seconds that the headline has stood when a turn begins; None where it does not go on into it.

    The voices of the turns that it has stood over are added to `made_from`. `segment`: see `headed_from`.
    """
    cells, stood, found = headed_from(work, segment), 0, dict[str, str]()
    for name, cell in cells:
        track = work.records.find(name, cell, VoiceTrack)
        if track is None:
            return None
        timing = timing_of(work.studio.library, work.studio.show, work.script.turn(cell.segment), track.value)
        stood += timing.frames
        if not stands_on(work.studio.show, stood / FPS):
            return None
        found[of_segment(name, cell.segment)] = track.digest
    made_from.update(found)
    return stood / FPS if cells else None


def stands_on(show: Show, stood: float) -> bool:
    """Whether a headline that has stood for some seconds goes on into the next turn."""
    return stood + _LEAST <= show.look.titles.card_seconds


def followed(script: Script, turn: Turn) -> bool:
    """Whether another turn is seen right after one."""
    return turn in map(script.before, (each.segment for each in script.cut))


def _turns_before(script: Script, segment: str) -> Sequence[Turn]:
    """The turns from the first one up to a segment, where nothing else is seen between them."""
    found: list[Turn] = []
    turn = script.before(segment)
    while turn is not None:
        found.insert(0, turn)
        turn = script.before(turn.segment)
    return found if found and found[0] == script.turns[0] else ()
