"""What a run makes: the one reading of every form that a launch of Dagster can have.

The form stands in the run's tags. The asset pages and backfills set a range over both dimensions, or one cell by its
key; the job's page sets a range and, beside it, the dimensions of its first cell, which Dagster's own
`context.partition_keys` takes for all there is. A run that is executed again has the tags of the first. What cannot be
read is refused: no launch may make something else than it was asked for, and say Success.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Final

import dagster as dg

from ninja_assets.cells.consent.doors import Door, door_of
from ninja_assets.partitions import EPISODE, RANGE_END, RANGE_START, SEGMENT, by_episode, parse_key, range_tags
from resources.content.segments import Script
from resources.core.errors import ContentError
from resources.core.names import CellKey
from resources.studio import CONFIG

_ONE: Final = "dagster/partition"  # of a run of one cell: its key, and below it a tag for each dimension
_DIMENSION: Final = f"{_ONE}/"
EPISODE_TAG: Final = "ninja/episode"
MODE_TAG: Final = "ninja/mode"
VERSION_TAG: Final = "ninja/version"  # of a run that read scripts: the versions of their content
ROOT_TAG: Final = "ninja/root_run"  # of a run that goes on where another waited for a person: that one's root run
WAITS_TAG: Final = "ninja/waits"  # of a run that ended so: what it waits for
DECLINED_TAG: Final = "ninja/declined"  # of a run that waited for what a person said no to: that, in words
_PARENT: Final = "dagster/parent_run_id"
_MAX_RETRIES: Final = "dagster/max_retries"
_FORM: Final = (RANGE_START, RANGE_END, "dagster/partition")  # what the tags begin with that say what a run makes


def read_cells(tags: Mapping[str, str], *, episodes: Sequence[str], segments: Sequence[str]) -> tuple[CellKey, ...]:
    """The cells that a run with these tags makes, in order; none where the tags name none.

    `episodes` are those that Dagster knows, in its order, and `segments` all slots of the show. Raises ContentError for
    what is half a range, contradicts itself, or names what there is not.
    """
    spanned, one = _range(tags, episodes, segments), _single(tags)
    unknown = sorted({cell.segment for cell in (*spanned, *filter(None, [one]))} - set(segments))
    if unknown:
        raise _refused(
            f"the show has no slot {', '.join(unknown)}",
            why=f"its slots are {segments[0]} to {segments[-1]}",
            hint="launch others, or raise `slots` in show.yaml and reload the definitions",
        )
    if spanned and one and one not in spanned:
        raise _refused(f"the run asks for {spanned[0]} to {spanned[-1]} and for {one}, which is none of them")
    return spanned or ((one,) if one else ())


def check_still_the_same(tags: Mapping[str, str], cells: Sequence[CellKey]) -> None:
    """Raise ContentError where a run that is executed again would make other episodes than the first one.

    A range over several is read by the order in which Dagster knows them, which an archive and its undoing change.
    """
    before, now = tags.get(EPISODE_TAG), run_tags(cells, "")[EPISODE_TAG]
    if _PARENT in tags and before is not None and before != now:
        raise _refused(
            f"the run that is executed again made {before}, and its range is {now} now",
            why="an episode of it was archived, or taken back, since",
            hint="launch each of them from the page of an asset",
        )


def check_retake(
    retake: Collection[str], cells: Sequence[CellKey], tags: Mapping[str, str], *, segments: Sequence[str]
) -> None:
    """Raise ContentError for what a launch of `cells` is to make anew and never would: no slot, or none of its own.

    A shell gave all runs of several ranges one config, of which one may have waited for a person since.
    """
    unknown, own = sorted(set(retake) - set(segments)), {cell.segment for cell in cells}
    others = sorted(set(retake) - own)
    if unknown:
        what = f"the show has no slot {', '.join(unknown)}"
    elif others and (ROOT_TAG not in tags or own.isdisjoint(retake)):
        what = f"{', '.join(others)} is to be made anew, and the run makes {', '.join(sorted(own))}"
    else:
        return
    hint = "launch what is to be made anew, or leave it out of the config"
    raise ContentError(what, where=f"{CONFIG}.retake", hint=hint)


def why_not_anew(segment: str, parts: Collection[str], script: Script) -> ContentError | None:
    """Why nothing of a segment would be made anew; None where something would."""
    content = script.segment(segment)
    if content is None:
        return ContentError(
            f"{segment} is to be made anew, and {script.episode} does not use it",
            where=f"{CONFIG}.retake",
            hint=f"name some of {', '.join(each.segment for each in script.segments)}",
        )
    if set(parts).isdisjoint(content.parts):
        return ContentError(
            f"{segment} has no {', '.join(sorted(parts))} that could be made anew",
            where=f"{CONFIG}.retake_of",
            hint=f"name some of {', '.join(content.parts)}, or leave {segment} out",
        )
    return None


def run_tags(cells: Sequence[CellKey], mode: str) -> dict[str, str]:
    """What the list of runs shows of a run: whose it is, and in which mode.

    One over several episodes is found by each of them, too.
    """
    names = list(dict.fromkeys(cell.episode for cell in cells))
    each = {shared_tag(name): "yes" for name in names} if len(names) > 1 else {}
    return {EPISODE_TAG: ", ".join(names), MODE_TAG: mode, **each}


def shared_tag(episode: str) -> str:
    """The tag by which a run over several episodes is found as one of this episode; its value says nothing.

    A name with two slashes is none to Dagster.
    """
    return f"ninja.episode/{episode}"


def episodes_of(tags: Mapping[str, str]) -> list[str]:
    """The episodes of a run with these tags; none where it was refused before it knew them."""
    return list(filter(None, tags.get(EPISODE_TAG, "").split(", ")))


def begun_tags(tags: Mapping[str, str], cells: Sequence[CellKey], mode: str) -> dict[str, str]:
    """What a run with these tags is marked with when it begins; no tag can be taken away from one.

    One that is executed again has the tags of the first: it waits for nobody yet.
    """
    mine = run_tags(cells, mode)
    past = [name for name in (WAITS_TAG, DECLINED_TAG) if name in tags]
    of_episodes = (shared_tag(""), _declined_tag(""))
    others = [name for name in tags if name.startswith(of_episodes) and name not in mine]
    return {**mine, **dict.fromkeys([*past, *others], "")}


def root_run(run: dg.DagsterRun) -> str:
    """The first of the runs of which this one is a further try, by Dagster or by a person's approval."""
    return run.tags.get(ROOT_TAG) or run.root_run_id or run.run_id


def waiting_tags(why: str) -> dict[str, str]:
    """What a run is marked with that waits for a person: nobody but a person begins it again."""
    return {WAITS_TAG: why, _MAX_RETRIES: "0"}


def declined_tags(
    tags: Mapping[str, str], episode: str, what: str, *, waits: bool, others: bool = False
) -> dict[str, str]:
    """What a run with these tags is marked with that waited for `what` a person said no to: a price, or a voice.

    `waits`: it waits for more of that episode; `others`: for another one that it made.
    """
    several = len(episodes_of(tags)) > 1
    said = ", ".join(filter(None, [tags.get(DECLINED_TAG), f"{what} of {episode}" if several else what]))
    own = {_declined_tag(episode): what} if several and not waits else {}
    return {DECLINED_TAG: said, **own, **({} if waits or others else {WAITS_TAG: ""})}


def waits_for(tags: Mapping[str, str], episode: str) -> tuple[str, str]:
    """What a run with these tags waits for of an episode, and what of that a person said no to; "": nothing."""
    if len(episodes_of(tags)) < 2:
        return tags.get(WAITS_TAG, ""), tags.get(DECLINED_TAG, "")
    declined = tags.get(_declined_tag(episode), "")
    return "" if declined else tags.get(WAITS_TAG, ""), declined


def _declined_tag(episode: str) -> str:
    """The tag of a run over several episodes with what a person said no to of one, which waits for no more."""
    return f"ninja.declined/{episode}"


def retry_tags(tags: Mapping[str, str], *, helps: bool) -> dict[str, str]:
    """What a run with these tags is marked with when it fails: Dagster tries it once more where that `helps`.

    A shell tells its own failures, and what it launched is launched again by a person. What a run was launched with,
    or has from the one that it executes again, does not decide that.
    """
    if helps and door_of(tags) is not Door.SHELL:
        return {_MAX_RETRIES: "1"}
    return {_MAX_RETRIES: "0"} if _MAX_RETRIES in tags else {}


def form_of(tags: Mapping[str, str], episode: str) -> dict[str, str]:
    """Of a run's tags those that say what it makes of an episode, as `read_cells` reads them."""
    if RANGE_START in tags and RANGE_END in tags:
        first, last = (parse_key(tags[name]) for name in (RANGE_START, RANGE_END))
        if first.episode != last.episode:
            return range_tags(episode, [first.segment, last.segment])
    return {name: value for name, value in tags.items() if name.startswith(_FORM)}


def segments_by_episode(cells: Sequence[CellKey]) -> dict[str, list[str]]:
    """The cells grouped: episode -> its segments in order."""
    return by_episode(map(str, cells))


def _range(tags: Mapping[str, str], episodes: Sequence[str], segments: Sequence[str]) -> tuple[CellKey, ...]:
    """The rectangle between the two ends of a range."""
    ends = [tags.get(name) for name in (RANGE_START, RANGE_END)]
    if not any(ends):
        return ()
    if not all(ends):
        raise _refused(
            "the run has one end of a range and not the other",
            why=f"{RANGE_START}: {ends[0]}, {RANGE_END}: {ends[1]}",
        )
    first, last = (parse_key(str(end)) for end in ends)
    return tuple(
        CellKey(episode, segment)
        for episode in _between(first.episode, last.episode, episodes, EPISODE)
        for segment in _between(first.segment, last.segment, segments, SEGMENT)
    )


def _between(first: str, last: str, known: Sequence[str], what: str) -> Sequence[str]:
    if first == last:
        return (first,)
    missing = [name for name in (first, last) if name not in known]
    if missing or known.index(first) > known.index(last):
        raise _refused(
            f"no range leads from {what} {first} to {last}",
            why=f"there is no {' and no '.join(missing)}" if missing else f"{first} comes after {last}",
        )
    return known[known.index(first) : known.index(last) + 1]


def _single(tags: Mapping[str, str]) -> CellKey | None:
    """The one cell that a run names by its key, or by both of its dimensions."""
    named = {name.removeprefix(_DIMENSION): value for name, value in tags.items() if name.startswith(_DIMENSION)}
    if named and named.keys() != {EPISODE, SEGMENT}:
        raise _refused(f"the run names {' and '.join(sorted(named))}, and a cell is {EPISODE} and {SEGMENT}")
    cells = [parse_key(tags[_ONE])] if _ONE in tags else []
    cells += [parse_key(f"{named[EPISODE]}|{named[SEGMENT]}")] if named else []
    if len(set(cells)) > 1:
        raise _refused(f"the run asks for {cells[0]} and for {cells[1]}")
    return cells[0] if cells else None


def _refused(
    what: str, *, why: str | None = None, hint: str = "launch it again from the page of an asset"
) -> ContentError:
    return ContentError(what, where="the run's tags", why=why, hint=hint)
