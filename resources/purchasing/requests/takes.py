"""Which take of a cell is the current one.

A turn's take is what its script says (`{take: 2}`) plus the retakes asked for since, in a launch's config or by the
CLI; listeners' loops are shared by all segments, so only a retake of theirs raises them. Retakes are remembered, so
that the next plain run reuses the newest take and does not fall back to the first. A run that is executed again (a
retry, *Re-execute*) raises nothing twice: the raise is remembered with its root run. Nor does a retake raise what is
still under way: after a kill, the same command collects the take that it had ordered.
"""

from collections.abc import Callable, Collection

from resources.content.segments import Segment
from resources.core.errors import ContentError
from resources.core.library import Library, recipe_key
from resources.core.names import CellKey, Mode
from resources.core.progress import LOGGER
from resources.core.recipes import Recipe
from resources.core.values import Part, Value


class _Raise(Value):
    retakes: int = 0
    root_run: str = ""


class Takes:
    """The takes of one mode.

    Voices and shots are shared by the paid modes: going from draft to final keeps the audio, and a shot that both make
    with the same model is the same purchase, so that final shows the take that draft ended with.
    """

    def __init__(self, library: Library, mode: Mode) -> None:
        self._library = library
        self._mode = mode

    def of(self, episode: str, segment: Segment, part: Part) -> int:
        """The take of a segment's part that is made or reused now."""
        return self.current(CellKey(episode, segment.segment), part, segment.take)

    def current(self, cell: CellKey, part: Part, scripted: int) -> int:
        """The take number to make or reuse: 1 for a first take. `scripted` is the turn's own."""
        first = 1 if part is Part.LISTENER else scripted
        return first + self._raise(cell, part).retakes

    def retake(self, cell: CellKey, part: Part, root_run: str, *, under_way: Callable[[], bool]) -> None:
        """Ask for a new take; once for each root run, and not while the current take is `under_way`."""
        before = self._raise(cell, part)
        if before.root_run == root_run:
            return
        waits = under_way()
        if waits:
            LOGGER.warning(
                "%s: the %s that was ordered before is still under way: it is collected, and no other take is bought",
                cell,
                part.value,
            )
        raised = _Raise(retakes=before.retakes + (not waits), root_run=root_run)
        self._library.remember(self._key(cell, part), raised)

    def _raise(self, cell: CellKey, part: Part) -> _Raise:
        return self._library.recall(self._key(cell, part), _Raise) or _Raise()

    def _key(self, cell: CellKey, part: Part) -> str:
        scope = "paid" if part in (Part.VOICE, Part.SHOT) and self._mode.paid else self._mode.value
        return recipe_key(Recipe.RETAKES, scope=scope, part=part.value, episode=cell.episode, segment=cell.segment)


def parse_parts(names: Collection[str], *, where: str) -> tuple[Part, ...]:
    """The parts of those names; raises ContentError that lists the known ones."""
    unknown = sorted(set(names) - set(Part))
    if unknown:
        raise ContentError(
            f"nothing called {', '.join(unknown)} can be made anew", where=where, mend=f"use some of {', '.join(Part)}"
        )
    return tuple(part for part in Part if part in names)
