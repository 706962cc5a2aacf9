"""The sensor that registers new scripts as episodes. What to do is a pure decision; the sensor is a thin shell."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import dagster as dg

from ninja_assets.jobs import JOB_NAME, run_config
from ninja_assets.partitions import EPISODE, episodes, range_tags, segments_of
from resources.show.loader import load_show
from resources.show.model import Show
from resources.show.script import list_episodes, list_misnamed_files

EVERY_SECONDS = 30


@dataclass(frozen=True)
class News:
    """New episodes to register, and what to say when there are none."""

    new: Sequence[str]
    reason: str


def news(files: Collection[str], misnamed: Collection[str], known: Collection[str]) -> News:
    """Compare the episode files with the episodes that Dagster knows."""
    new = sorted(set(files) - set(known))
    if misnamed:
        names = ", ".join(sorted(misnamed))
        return News(new, f"not registered, the name cannot be an episode's (a-z, 0-9, '.', '_', '-'): {names}")
    return News(new, f"no new scripts; {len(files)} known")


def new_scripts(*, show: Show, folder: Path) -> dg.SensorDefinition:
    """Registers each new `episodes/<name>.md` as an episode; launches it too where show.yaml says so."""
    segments = segments_of(show.slots)

    @dg.sensor(
        name="new_scripts",
        job_name=JOB_NAME,
        minimum_interval_seconds=EVERY_SECONDS,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Registers new episode files as episodes; launches them only if show.yaml says so.",
    )
    def new_scripts_sensor(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
        settings = load_show(folder).sensor
        known = context.instance.get_dynamic_partitions(EPISODE)
        found = news(list_episodes(folder), {path.name for path in list_misnamed_files(folder)}, known)
        if not found.new:
            return dg.SkipReason(found.reason)
        context.log.info(f"new episodes: {', '.join(found.new)}")
        requests = [
            dg.RunRequest(
                run_key=f"new|{episode}",
                tags={**range_tags(episode, segments), "ninja/episode": episode, "ninja/mode": settings.mode},
                run_config=run_config(settings.mode.value),
            )
            for episode in (found.new if settings.launch else ())
        ]
        return dg.SensorResult(
            run_requests=requests, dynamic_partitions_requests=[episodes.build_add_request(list(found.new))]
        )

    return new_scripts_sensor
