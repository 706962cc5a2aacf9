"""A segment by several models, side by side: what the last comparison of each segment told Dagster."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import dagster as dg

from ninja_assets.cells.links import media_file
from ninja_assets.desk.site.opened import Desk
from ninja_assets.partitions import parse_key
from ninja_assets.reports.model_comparison import FIGURES, NAME, headings, row
from resources.core.errors import ContentError
from resources.core.names import CellKey, Mode, check_episode, segment_number
from resources.core.values import Media
from resources.deliver.comparison_page import Comparison, Contender

_LAST = 200  # comparisons of an episode


@dataclass(frozen=True)
class Compared:
    """A model's clip, where it is played, and its figures as a person reads them."""

    made: Contender
    video: str | None
    figures: Sequence[str]


@dataclass(frozen=True)
class Match:
    """The page. `headings` are the names of the figures."""

    comparison: Comparison
    mode: Mode
    voice: str | None
    headings: Sequence[str]
    models: Sequence[Compared]


def compared_segments(desk: Desk, episode: str, mode: Mode, segments: Sequence[str]) -> frozenset[str]:
    """The segments of an episode that were made by several models in a mode."""
    return frozenset(_comparisons(desk.instance, episode, mode, segments))


def match_of(desk: Desk, episode: str, mode: Mode, segment: str) -> Match:
    """The last comparison of a segment. Raises ContentError where there is none."""
    if not segment_number(segment):
        raise ContentError(f"{segment!r} is no segment", mend="a segment is s01 to s99")
    found = _comparisons(desk.instance, check_episode(episode), mode, [segment]).get(segment)
    if found is None:
        raise ContentError(
            f"{segment} of {episode} was not made by several models in {mode} mode",
            mend=f"ninja compare {episode} --segment {segment} --models v2/standard,v2/pro --mode {mode}",
        )
    models = [Compared(each, _address(each.media), row(each)) for each in found.models]
    return Match(found, mode, _address(found.voice_media), headings(found), models)


def _comparisons(
    instance: dg.DagsterInstance, episode: str, mode: Mode, segments: Sequence[str]
) -> Mapping[str, Comparison]:
    """The last comparison of each segment."""
    cells = [str(CellKey(episode, segment)) for segment in segments]
    wanted = dg.AssetRecordsFilter(asset_key=dg.AssetKey(NAME), asset_partitions=cells)
    found: dict[str, Comparison] = {}
    for record in instance.fetch_materializations(wanted, limit=_LAST).records:
        made = record.asset_materialization
        if made is None or made.partition is None or FIGURES not in made.metadata:
            continue
        comparison = Comparison.model_validate(made.metadata[FIGURES].value)
        if comparison.mode == mode.value:
            found.setdefault(parse_key(made.partition).segment, comparison)
    return found


def _address(media: Media | None) -> str | None:
    return media_file(media) if media else None
