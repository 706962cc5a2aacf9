"""Choosing an earlier take of a segment: a row of the show's state, never a purchase.

What is chosen is which take of each part is current; the next run finds all of it where it was bought or made.
"""

from collections.abc import Callable
from contextlib import closing

from ninja_assets.cells.record.records import Records
from ninja_assets.cut.past_takes import KeptTake, read_takes
from resources.content.segments import Script, Segment
from resources.core.errors import ContentError
from resources.core.library import Library
from resources.core.names import CellKey, check_episode
from resources.core.settings import Settings
from resources.core.text.diagnostics import shorten
from resources.core.values import Part
from resources.models.loading import load_script, load_show
from resources.models.prices.price_values import usd
from resources.purchasing.books import open_state
from resources.purchasing.episode_quote import quote_takes
from resources.purchasing.requests.takes import Takes, line_of
from resources.purchasing.state.archived import Archive


def choose_take(
    settings: Settings, episode: str, segment: str, number: int, *, check: Callable[[], object] = bool
) -> KeptTake:
    """Make a take of a segment the current one, by its number in the segment's list.

    `check` is called before that, and raises where no run could use it. Raises ContentError for a take that is not
    there, that is of other words than stand there now, or that would have to be bought.
    """
    show = load_show(settings.show)
    script = load_script(settings.show, show, episode)
    content = segment_of(script, segment)
    with closing(open_state(settings, show)) as state:
        Archive(state).refuse(episode)
        cell = CellKey(episode, segment)
        records = Records(state, settings.output, settings.mode)
        take = _found(read_takes(Library.of(settings), records, cell), cell, number)
        parts = _parts(take, content)
        price = quote_takes(settings, show, script, segment, parts).total_usd
        if price > 0:
            raise ContentError(
                f"take {number} of {segment} would have to be bought for {usd(price)}",
                why="its words, its picture or its settings are others by now",
                hint=f"ninja produce {episode} --mode {settings.mode} --segments {segment} --retake makes a new one",
            )
        check()
        takes = Takes(state, settings.mode)
        for part, wanted in parts.items():
            takes.choose(cell, part, content.take, wanted, line=line_of(script, content, part))
    return take


def take_over_takes(settings: Settings, episode: str, source: str) -> dict[tuple[str, Part], int]:
    """Let the lines of an episode that was renamed or copied have the takes that they have in `source`.

    Nothing is made or bought by that, and what was retaken here stays. Returns the takes, by segment and part. Raises
    ContentError where there is none to take over.
    """
    show = load_show(settings.show)
    script = load_script(settings.show, show, episode)
    with closing(open_state(settings, show)) as state:
        Archive(state).refuse(episode)
        found = Takes(state, settings.mode).take_over(script, check_episode(source))
    if not found:
        raise ContentError(
            f"no line of {episode} has another take in {source}, in {settings.mode} mode",
            why="it has no line of it, with the same words by the same speaker, that was retaken; or they are here",
            hint=f"ninja quote {episode} --mode {settings.mode}",
        )
    return found


def segment_of(script: Script, segment: str) -> Segment:
    """A segment of a script by its key. Raises ContentError for one that it does not have."""
    if (content := script.segment(segment)) is None:
        raise ContentError(
            f"{script.episode} has no segment {segment!r}",
            hint=f"it has {', '.join(each.segment for each in script.segments)}",
            code="argument-unknown",
        )
    return content


def _found(takes: tuple[KeptTake, ...], cell: CellKey, number: int) -> KeptTake:
    take = next((each for each in takes if each.number == number), None)
    if take is None:
        listed = ", ".join(str(each.number) for each in takes) or "none"
        raise ContentError(f"{cell.segment} of {cell.episode} has no take {number}", why=f"its takes: {listed}")
    return take


def _parts(take: KeptTake, content: Segment) -> dict[Part, int]:
    """The take of each part that the performance was made of. Raises ContentError where that is not known."""
    if take.parts is None:
        raise ContentError(
            f"take {take.number} of {content.segment} cannot be chosen",
            why="an earlier version kept it, and not which take of the voice and the picture it was",
            hint=f"its files are in {content.segment}/takes/{take.number} of the episode's folder",
        )
    if take.text.split() != content.text.split():
        raise ContentError(
            f"take {take.number} of {content.segment} is of other words: {shorten(take.text)}",
            why=f"by now {content.segment} is: {shorten(content.text)}",
            hint=f"its files are in {content.segment}/takes/{take.number} of the episode's folder",
        )
    return dict(take.parts)
