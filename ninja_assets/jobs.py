"""The job of an episode from its script to its final video: its name, and the config and the request that launch it."""

from collections.abc import Mapping, Sequence

import dagster as dg

from ninja_assets.cells.running.launch import EPISODE_TAG, MODE_TAG, run_tags, shared_tag
from ninja_assets.partitions import range_tags
from resources.core.names import CellKey, Mode

JOB_NAME = "produce_episode"
SCHEDULED_TAG = "ninja/scheduled"  # of a run that the clock asked for, and of those by which it goes on
UNDER_WAY = [
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]
JOB_ABOUT = "Makes an episode: one run over the range of all its segments. What exists already is reused."


def run_config(mode: str, *, retake: list[str] | None = None, retake_of: list[str] | None = None) -> dict[str, object]:
    """The launch config of a mode, and of retakes where asked for."""
    config: dict[str, object] = {"mode": mode}
    if retake:
        config["retake"] = retake
    if retake_of:
        config["retake_of"] = retake_of
    return {"resources": {"studio": {"config": config}}}


def episode_request(
    name: str, episode: str, segments: Sequence[str], mode: Mode, tags: Mapping[str, str] | None = None
) -> dg.RunRequest:
    """One run of a whole episode, as a schedule or a sensor asks for it: launched once for each `name`."""
    return dg.RunRequest(
        run_key=f"{name}|{episode}|{mode.value}",
        # Plain strings: a tick is sent between processes, and no enum of ours is (docs/sources/dagster.md#sensors).
        tags={**range_tags(episode, segments), **run_tags([CellKey(episode, segments[0])], mode.value), **(tags or {})},
        run_config=run_config(mode.value),
    )


def runs_of(
    instance: dg.DagsterInstance, episode: str, mode: str, *, job_name: str | None = None, limit: int | None = None
) -> list[dg.DagsterRun]:
    """The runs of an episode in a mode, the newest first: its own, and those that made it among others."""
    wanted = ({EPISODE_TAG: episode}, {shared_tag(episode): "yes"})
    found = [
        record
        for tags in wanted
        for record in instance.get_run_records(
            dg.RunsFilter(job_name=job_name, tags={**tags, MODE_TAG: f"{mode}"}), limit=limit
        )
    ]
    return [each.dagster_run for each in sorted(found, key=lambda each: each.storage_id, reverse=True)[:limit]]
