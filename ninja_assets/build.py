"""The one assembler. `build_defs` is what Dagster loads and what tests call; it needs no key and no network.

It reads `show.yaml`, for the number of segments, the owners and the schedule.
"""

import os
from collections.abc import Mapping
from typing import Any

import dagster as dg

from ninja_assets.archiving import archiving
from ninja_assets.assets.composites import composites
from ninja_assets.assets.final_video import final_video
from ninja_assets.assets.listener_clips import listener_clips
from ninja_assets.assets.script import script
from ninja_assets.assets.shots import shots
from ninja_assets.assets.speaker_clips import speaker_clips
from ninja_assets.assets.tts_audio import tts_audio
from ninja_assets.assets.uploaded_urls import uploaded_urls
from ninja_assets.catching_up import catching_up
from ninja_assets.cells.asset import Graph
from ninja_assets.cells.consent.barrier import BeforeClips
from ninja_assets.cells.running.step import episode_step
from ninja_assets.jobs import JOB_ABOUT, JOB_NAME
from ninja_assets.notices import notices
from ninja_assets.open_requests import open_requests
from ninja_assets.partitions import cells, segments_of
from ninja_assets.reports.cost_report import cost_report, report_costs
from ninja_assets.reports.model_comparison import compare_models, model_comparison
from ninja_assets.reports.reconciliation import reconcile_books, reconciliation
from ninja_assets.schedules import daily_episode, daily_reconciliation
from ninja_assets.sensors import new_scripts
from resources.core.names import EPISODE_ASSETS
from resources.core.settings import ELEVENLABS_KEYS, FAL_KEYS, Settings, at_once
from resources.models.loading import load_show
from resources.providers.elevenlabs.resource import ElevenLabsResource
from resources.providers.fal.resource import FalResource
from resources.studio import PlacesResource, StudioResource

GRAPH = Graph(
    script=script,
    segments=(tts_audio, uploaded_urls, speaker_clips, listener_clips, shots, composites),
    cut=final_video,
)


def build_defs(
    *,
    settings: Settings | None = None,
    resource_overrides: Mapping[str, Any] | None = None,
    before_clips: BeforeClips | None = None,
) -> dg.Definitions:
    """The whole graph for one show. Raises ContentError, with file and line, when `show.yaml` has a mistake.

    `resource_overrides` take the place of `places`, `fal`, `elevenlabs` (the studio is opened with them) or `studio`.
    `before_clips` is the barrier of paid modes; without one, a run's own tags say whom it can ask.
    """
    settings = settings or Settings.from_environment()
    show = load_show(settings.show)
    cell = cells(show.slots)

    parts: dict[str, Any] = {
        "places": PlacesResource.of(settings),
        "fal": FalResource(
            key=_secret(*FAL_KEYS),
            base_url=os.environ.get("FAL_BASE_URL", ""),
            webhook_url=os.environ.get("NINJA_WEBHOOK_URL", ""),
            concurrency=at_once(os.environ, "FAL_CONCURRENCY"),
        ),
        "elevenlabs": ElevenLabsResource(
            api_key=_secret(*ELEVENLABS_KEYS),
            base_url=os.environ.get("ELEVENLABS_BASE_URL", ""),
            concurrency=at_once(os.environ, "ELEVENLABS_CONCURRENCY"),
        ),
        **(resource_overrides or {}),
    }
    studio = parts.pop("studio", None) or StudioResource(mode=settings.mode.value, **parts)

    return dg.Definitions(
        assets=[
            episode_step(
                GRAPH,
                partitions_def=cell,
                segments=segments_of(show.slots),
                owners=show.owners,
                before_clips=before_clips,
            ),
            cost_report(show.owners),
            reconciliation(show.owners),
            model_comparison(show.owners, partitions_def=cell),
        ],
        jobs=[
            dg.define_asset_job(JOB_NAME, selection=dg.AssetSelection.assets(*EPISODE_ASSETS), description=JOB_ABOUT),
            report_costs,
            reconcile_books,
            compare_models,
        ],
        schedules=[
            daily_episode(show=show, settings=settings),
            daily_reconciliation(show=show, settings=settings),
        ],
        sensors=[
            new_scripts(show=show, settings=settings),
            open_requests(show=show, folder=settings.show),
            catching_up(show=show, settings=settings),
            archiving(settings=settings),
            notices(settings=settings),
        ],
        resources={**parts, "studio": studio},
        executor=dg.in_process_executor,
    )


def _secret(*names: str) -> str | dg.EnvVar:
    """The first variable that is set, as an EnvVar: Dagster shows its name and never its value. Unset, nothing."""
    return next((dg.EnvVar(name) for name in names if os.environ.get(name)), "")
