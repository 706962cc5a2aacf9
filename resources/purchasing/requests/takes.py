"""Which take of a cell is the current one.

A turn's take is what its script says (`{take: 2}`) plus the retakes asked for since, in a launch's config or by the
CLI. A retake is of a line, not of its place: a line that moves takes it along, and what comes to stand there, or other
words or tags, begin anew, so that nothing is bought twice because a script was cut. Listeners' loops are shared by all
segments, so only a retake of theirs raises them: in its segment, while the same people listen there. Retakes are
counted in the show's state, so that the next plain run reuses the newest take and does not fall back to the first. A
run that is executed again (a retry, *Re-execute*) raises nothing twice: a retake is counted once for each root run. Nor
does a retake raise what is still under way: after a kill, the same command collects the take that it had ordered.
"""

import hashlib
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

from resources.content.identity import NO_LINE, Line, line_in
from resources.content.segments import Script, Segment
from resources.core.errors import ContentError
from resources.core.names import CellKey, Mode, in_order
from resources.core.progress import LOGGER
from resources.core.values import Part
from resources.purchasing.state.state import Retaken, ShowState

KeysAt = Callable[[int], Sequence[str]]  # take -> the keys of the purchases that it is, as far as they are known


def _unknown(_: int) -> Sequence[str]:
    return ()


class Takes:
    """The takes of one mode of a show. Without a `state`, nothing was ever retaken.

    Voices and shots are shared by the paid modes: going from draft to final keeps the audio, and a shot that both make
    with the same model is the same purchase, so that final shows the take that draft ended with. `run` is the root run
    that asks: of two that retake at once each has the take that it asked for; everybody else has the newest. What one
    of the `earlier` root runs has asked for is this one's.
    """

    def __init__(
        self, state: ShowState | None, mode: Mode, run: str = "", *, earlier: Collection[str] = frozenset()
    ) -> None:
        self._state = state
        self._mode = mode
        self._run = run
        self._runs = frozenset(filter(None, [run, *earlier]))

    def of(self, script: Script, segment: Segment, part: Part) -> int:
        """The take of a segment's part that is made or reused now."""
        cell = CellKey(script.episode, segment.segment)
        return self.current(cell, part, segment.take, line=line_of(script, segment, part))

    def current(self, cell: CellKey, part: Part, scripted: int, *, line: Line = NO_LINE) -> int:
        """The take number to make or reuse: 1 for a first take. `scripted` is the turn's own, `line` by `line_of`."""
        return _first(part, scripted) + self._number(self._of(cell, part, line))

    def after(
        self,
        cell: CellKey,
        part: Part,
        scripted: int,
        keys_at: KeysAt,
        *,
        line: Line = NO_LINE,
        besides: Collection[str] = (),
    ) -> int:
        """The take that a retake would make now; `keys_at` as `retake` has it, `besides` are keys asked for already."""
        first = _first(part, scripted)
        if self._state is None:
            return first + 1
        of = self._of(cell, part, line)
        return first + self._state.next_number(of, lambda number: keys_at(first + number), besides=besides)

    def retake(
        self,
        cell: CellKey,
        part: Part,
        scripted: int = 1,
        *,
        line: Line = NO_LINE,
        under_way: Callable[[], bool],
        keys_at: KeysAt = _unknown,
    ) -> None:
        """Ask for a new take; once for each root run, and not while the current take is `under_way`.

        `keys_at` gives the keys of the purchases that a take is, as far as they are known: a take that is bought
        already, as for an equal line of another segment, is no new one and is passed over.
        """
        if self._state is None:
            raise ContentError("a retake cannot be counted: the show's state is not open")
        of, first = self._of(cell, part, line), _first(part, scripted)
        if self._state.is_asked(of, self._runs):
            return
        waits = under_way()
        if waits:
            LOGGER.warning(
                "%s: the %s that was ordered before is still under way: it is collected, and no other take is bought",
                cell,
                part.value,
            )
        self._state.count_retake(of, self._run, waits=waits, keys_at=lambda number: keys_at(first + number))

    def is_counted(self, cell: CellKey, part: Part, *, line: Line = NO_LINE) -> bool:
        """Whether the run's own retake of a part is counted already, so that its current take is the new one."""
        return self._state is not None and self._state.is_asked(self._of(cell, part, line), self._runs)

    def is_asked_since(self, moment: float, cell: CellKey, part: Part, *, line: Line = NO_LINE) -> bool:
        """Whether anybody has asked for a retake of a part since a moment, in seconds of the state's clock."""
        return self._state is not None and self._state.is_asked_since(moment, self._of(cell, part, line))

    def choose(self, cell: CellKey, part: Part, scripted: int, take: int, *, line: Line = NO_LINE) -> None:
        """Make an earlier take the current one. Raises ContentError for one before what the script itself asks for."""
        number = take - _first(part, scripted)
        if self._state is None or number < 0:
            raise ContentError(
                f"take {take} of {cell.segment} is before take {scripted}, which the script asks for",
                hint=f"set {{take: {take}}} in the script",
            )
        self._state.choose(self._of(cell, part, line), number)

    def not_counted(
        self, script: Script, segments: Collection[str], parts: Collection[Part], *, since: float | None = None
    ) -> set[tuple[str, Part]]:
        """What of a retake of some segments nothing has counted yet, nor anybody asked for since a moment."""
        found = set()
        for content in (each for each in script.segments if each.segment in segments):
            cell = CellKey(script.episode, content.segment)
            for part in (each for each in parts if each in content.parts):
                line = line_of(script, content, part)
                asked = since is not None and self.is_asked_since(since, cell, part, line=line)
                if not asked and not self.is_counted(cell, part, line=line):
                    found.add((content.segment, part))
        return found

    def retaken_elsewhere(self, script: Script, contents: Collection[Segment]) -> dict[str, str]:
        """The segments whose line has another take in another episode, by the name of that; none retaken here."""
        if self._state is None:
            return {}
        asked = {of: content.segment for content in contents for of in self._parts_of(script, content)}
        found = self._state.retaken_elsewhere(script.episode, list(asked))
        return {
            asked[of]: other
            for of, other in found.items()
            if self._state.retakes(of) == 0 and self._state.retakes(_in(other, of)) > 0
        }

    def take_over(self, script: Script, source: str) -> dict[tuple[str, Part], int]:
        """Let the lines of an episode have the takes that they have in `source`; what was retaken here stays."""
        if self._state is None:
            return {}
        found: dict[Retaken, tuple[int, str]] = {}
        for of in (of for content in script.segments for of in self._parts_of(script, content)):
            number = self._state.retakes(_in(source, of))
            if number > 0 and self._state.retakes(of) == 0:
                found[of] = number, f"as in {source}"
        self._state.carry_retakes(found)
        takes = {of: script.segment(of.cell.segment) for of in found}
        return {
            (content.segment, Part(of.part)): _first(Part(of.part), content.take) + found[of][0]
            for of, content in takes.items()
            if content is not None
        }

    def _parts_of(self, script: Script, content: Segment) -> list[Retaken]:
        cell = CellKey(script.episode, content.segment)
        return [self._of(cell, part, line_of(script, content, part)) for part in content.parts]

    def _number(self, of: Retaken) -> int:
        if self._state is None:
            return 0
        own = self._state.counted_for(of, self._runs)
        return self._state.retakes(of) if own is None else own

    def _of(self, cell: CellKey, part: Part, line: Line) -> Retaken:
        return Retaken.of(self._mode, part, cell, line)


def _in(episode: str, of: Retaken) -> Retaken:
    """The same in another episode."""
    return replace(of, cell=CellKey(episode, of.cell.segment))


def line_of(script: Script, segment: Segment, part: Part) -> Line:
    """What a retake of a segment's part is of, by its words; of who listens, by who they are and their mood."""
    line = line_in(script, segment)
    if part is not Part.LISTENER:
        return line
    return Line(hashlib.sha256(segment.listening.encode()).hexdigest()[:16], stands=line.stands)


def _first(part: Part, scripted: int) -> int:
    return 1 if part is Part.LISTENER else scripted


def asks_again(
    episode: str, mode: Mode, *, segments: Sequence[str] = (), anew: Collection[tuple[str, Part]] = (), to: str = ""
) -> str:
    """What asks in a shell for an episode once more, or for some of its segments, and for what is to be made `anew`.

    `to`: where that ends on purpose.

    Segments of which other parts are left are asked for one after the other: none is paid for that is counted already.
    What is not made anew comes last.
    """
    named = f"ninja produce {episode} --mode {mode}" + (f" --to {to}" if to else "")
    if not anew:
        return f"{named} --segments {','.join(segments)}" if segments else named
    shots = in_order(segment for segment, part in anew if part is Part.SHOT)  # no turn has one, and no shot a voice
    left: dict[tuple[Part, ...], list[str]] = {}
    for segment in in_order({segment for segment, part in anew if part is not Part.SHOT}):
        left.setdefault(tuple(part for part in Part if (segment, part) in anew), []).append(segment)
    asked = [([*parts], found) for parts, found in left.items()] or [([], [])]
    if shots:
        asked[0] = ([*asked[0][0], Part.SHOT], in_order([*asked[0][1], *shots]))
    commands = [
        f"{named} --segments {','.join(found)} --retake --retake-of {','.join(parts)}" for parts, found in asked
    ]
    rest = in_order({*segments} - {segment for segment, _ in anew})
    return " && ".join([*commands, f"{named} --segments {','.join(rest)}"] if rest else commands)


def parse_parts(names: Collection[str], *, where: str) -> tuple[Part, ...]:
    """The parts of those names; raises ContentError that lists the known ones."""
    unknown = sorted(set(names) - set(Part))
    if unknown:
        raise ContentError(
            f"nothing called {', '.join(unknown)} can be made anew", where=where, hint=f"use some of {', '.join(Part)}"
        )
    return tuple(part for part in Part if part in names)
