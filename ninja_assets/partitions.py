"""The one partitions definition of the graph, `episode x segment`, and every key and range made of it.

`episode` is dynamic: it exists when its script does. `segment` is static, s01 … sNN, one for each slot of the show.
A key reads `2026-11-20|s03`; Dagster orders the dimensions by name, so the episode comes first.
"""

from collections.abc import Iterable, Sequence

import dagster as dg

from resources.core.errors import ContentError
from resources.core.names import CellKey, check_episode, in_order, segment_key, segment_number

EPISODE = "episode"
SEGMENT = "segment"
# The tags of a run over a range of cells.
RANGE_START = "dagster/asset_partition_range_start"
RANGE_END = "dagster/asset_partition_range_end"

episodes = dg.DynamicPartitionsDefinition(name=EPISODE)


def segments_of(slots: int) -> list[str]:
    """The segment keys of a show with that many slots."""
    return [segment_key(number) for number in range(1, slots + 1)]


def cells(slots: int) -> dg.MultiPartitionsDefinition:
    """The partitions definition of a show with that many slots."""
    return dg.MultiPartitionsDefinition({EPISODE: episodes, SEGMENT: dg.StaticPartitionsDefinition(segments_of(slots))})


def parse_key(key: str) -> CellKey:
    """Read a partition key. Raises ContentError for one whose episode could not be a folder (`a|b|s01`, `..|s01`)."""
    episode, bar, segment = key.rpartition("|")
    if not bar:
        raise ContentError(f"{key!r} is not a cell", why="a cell is episode|segment", hint="use for example demo|s03")
    segment_number(segment)
    return CellKey(check_episode(episode), segment)


def by_episode(keys: Iterable[str]) -> dict[str, list[str]]:
    """Group partition keys: episode -> its segments in order."""
    groups: dict[str, list[str]] = {}
    for cell in map(parse_key, keys):
        groups.setdefault(cell.episode, []).append(cell.segment)
    return {episode: in_order(segments) for episode, segments in groups.items()}


def range_tags(episode: str, segments: Sequence[str]) -> dict[str, str]:
    """The run tags that make one run of a contiguous range of segments of one episode."""
    return {
        RANGE_START: str(CellKey(check_episode(episode), segments[0])),
        RANGE_END: str(CellKey(episode, segments[-1])),
    }


def contiguous(segments: Iterable[str]) -> list[list[str]]:
    """Split segments into contiguous ranges: s03, s05, s06 -> [s03], [s05, s06]."""
    blocks: list[list[str]] = []
    for segment in in_order(segments):
        if blocks and segment_number(segment) == segment_number(blocks[-1][-1]) + 1:
            blocks[-1].append(segment)
        else:
            blocks.append([segment])
    return blocks
