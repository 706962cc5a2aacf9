"""`script`: the episode file, read and checked whole, whichever of its cells is materialized."""

from collections.abc import Mapping

import dagster as dg

from ninja_assets.cells.asset import episode_asset
from ninja_assets.cells.work import EpisodeWork, Metadata
from resources.core.names import episode_file
from resources.core.progress import LOGGER
from resources.media.audio.music import check_music, music_of
from resources.models.loading import load_script
from resources.purchasing.gate import warnings_of


@episode_asset(
    kinds={"markdown", "yaml"},
    description="The episode file, read and checked: who says what in each segment. The only judge of which segments "
    "exist: a slot that the script does not use materializes as `in_script: false` all the way down.",
)
def script(work: EpisodeWork) -> Mapping[str, Metadata]:
    """Read the episode file and record it; each cell tells what its segment holds."""
    folder = work.studio.settings.show
    parsed = load_script(folder, work.studio.show, work.episode)
    check_music(music_of(work.studio.show.sound, parsed.sound, folder))
    if work.studio.mode.paid:
        for warning in warnings_of(work.studio.settings, work.studio.show, parsed):
            LOGGER.warning("%s", warning)
    work.records.write_script(parsed)
    return {
        content.segment: {
            "in_script": True,
            **content.told(),
            "take": content.take,
            "cost_usd": 0.0,
            "episode_title": parsed.title,
            "formats": ", ".join(parsed.formats),
            "source": dg.MetadataValue.path(f"{episode_file(folder, work.episode)}:{content.line}"),
        }
        for content in parsed.segments
        if content.segment in work.segments
    }
