"""`script`: the episode file, read and checked whole, whichever of its cells is materialized."""

from collections.abc import Mapping

import dagster as dg

from ninja_assets.cells.engine import EpisodeMaker, EpisodeWork, Metadata
from resources.content.segments import PlacedShot, Turn
from resources.core.names import episode_file
from resources.core.progress import LOGGER
from resources.media.audio.music import check_music, music_of
from resources.models.loading import load_script
from resources.purchasing.gate import warnings_of


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
        content.segment: {
            "in_script": True,
            **_told(content),
            "take": content.take,
            "cost_usd": 0.0,
            "episode_title": parsed.title,
            "formats": ", ".join(parsed.formats),
            "source": dg.MetadataValue.path(f"{episode_file(folder, work.episode)}:{content.line}"),
        }
        for content in parsed.segments
        if content.segment in work.segments
    }


def _told(content: Turn | PlacedShot) -> Metadata:
    if isinstance(content, Turn):
        return {"speaker": content.speaker, "line": dg.MetadataValue.text(content.performance), "words": content.words}
    return {
        "shot": content.shot.kind,
        "prompt": dg.MetadataValue.text(content.shot.prompt),
        "seen": place_of(content),
        **({"made_from": ", ".join(content.shot.needs().values())} if content.shot.needs() else {}),
    }


def place_of(placed: PlacedShot) -> str:
    """Where a shot is seen, in words."""
    if placed.over:
        return f"over {placed.over}, from {placed.shot.begins:g} s on"
    return "as a segment of its own" if placed.in_cut else "nowhere by itself: it is made for other shots"
