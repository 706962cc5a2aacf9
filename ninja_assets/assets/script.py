"""`script`: the episode file, read and checked whole, whichever of its cells is materialized."""

from collections.abc import Mapping

import dagster as dg

from ninja_assets.cells.asset import episode_asset
from ninja_assets.cells.work import EpisodeWork, Metadata
from resources.content.segments import Script
from resources.core.names import episode_file
from resources.core.progress import LOGGER
from resources.models.loading import load_written
from resources.purchasing.gate import Judgement, judge


@episode_asset(
    kinds={"markdown", "yaml"},
    description="The episode file, read and checked: who says what in each segment. The only judge of which segments "
    "exist: a slot that the script does not use materializes as `in_script: false` all the way down.",
)
def script(work: EpisodeWork) -> Mapping[str, Metadata]:
    """Read the episode file and record it; each cell tells what its segment holds."""
    folder = work.studio.settings.show
    written = load_written(folder, work.studio.show, work.episode)
    parsed = written.script
    judged = judge(work.studio.settings, work.studio.show, written, segments=work.segments)
    judged.refuse()
    for warning in judged.shown():
        LOGGER.warning("%s", warning)
    work.records.write_script(parsed, work.studio.settings.version)
    return {
        content.segment: {
            "in_script": True,
            **content.metadata(),
            "take": content.take,
            "cost_usd": 0.0,
            "episode_title": parsed.title,
            "formats": ", ".join(parsed.formats),
            **_warnings(work, judged, parsed, content.segment),
            "content": work.studio.settings.version,
            "source": _source(work, content.line),
        }
        for content in parsed.segments
        if content.segment in work.segments
    }


def _source(work: EpisodeWork, line: int) -> dg.PathMetadataValue | dg.TextMetadataValue:
    """Where a segment is written; where several machines have the show, each in a folder of its own, below it."""
    settings = work.studio.settings
    show = settings.home or settings.show
    file = episode_file(show, work.episode)
    if settings.shared:
        return dg.MetadataValue.text(f"{file.relative_to(show).as_posix()}:{line}")
    return dg.MetadataValue.path(f"{file}:{line}")


def _warnings(work: EpisodeWork, judged: Judgement, script: Script, segment: str) -> Metadata:
    """What the gate found of a segment; what is of no one segment, at the first."""
    first = script.segments[0].segment
    found = [each for each in judged.shown() if each.segment == segment or (not each.segment and segment == first)]
    warnings, settings = "\n".join(map(str, found)), work.studio.settings
    if settings.shared:  # each machine has the show in a folder of its own
        warnings = warnings.replace(f"{(settings.home or settings.show).as_posix()}/", "")
    return {"warnings": warnings} if found else {}
