"""`script`: the episode file, read and checked whole, whichever of its cells is materialized."""

from collections.abc import Mapping

import dagster as dg

from ninja_assets.lint import warnings_of
from ninja_assets.work import EpisodeMaker, EpisodeWork, Metadata
from resources.media.music import check_music, music_of
from resources.progress import LOGGER
from resources.show.naming import episode_file
from resources.show.script import load_script


def script(spec: dg.AssetSpec) -> EpisodeMaker:
    """The maker of `script`."""
    return EpisodeMaker(spec, _read)


def _read(work: EpisodeWork) -> Mapping[str, Metadata]:
    folder = work.studio.settings.show
    parsed = load_script(folder, work.studio.show, work.episode)
    check_music(music_of(work.studio.show.sound, parsed.sound, folder))
    if work.studio.mode.paid:
        for warning in warnings_of(work.studio.settings, work.studio.show, parsed):
            LOGGER.warning("%s", warning)
    work.records.write_script(parsed)
    return {
        turn.segment: {
            "in_script": True,
            "speaker": turn.speaker,
            "line": dg.MetadataValue.text(turn.performance),
            "words": turn.words,
            "take": turn.take,
            "cost_usd": 0.0,
            "episode_title": parsed.title,
            "format": parsed.format.value,
            "source": dg.MetadataValue.path(f"{episode_file(folder, work.episode)}:{turn.line}"),
        }
        for turn in parsed.turns
        if turn.segment in work.segments
    }
