"""What a run of a job is launched with, whoever launches it: a shell in its own process, the desk through Dagster, and
either of them to go on with a run that waited for a person. Nothing is launched here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import dagster as dg

from ninja_assets.cells.running.launch import ROOT_TAG, episodes_of, form_of, run_tags
from ninja_assets.jobs import JOB_NAME, run_config
from ninja_assets.partitions import range_tags
from ninja_assets.reports.matches import Match
from ninja_assets.reports.model_comparison import JOB, OP
from resources.core.errors import ContentError
from resources.core.names import CellKey, Mode, in_order
from resources.core.values import PERFORMANCE
from resources.purchasing.state.consent import Offer


@dataclass(frozen=True)
class Launch:
    """What a run of a job is launched with. `assets`: None for all."""

    tags: Mapping[str, str]
    config: Mapping[str, Any]
    assets: tuple[str, ...] | None = None
    job: str = JOB_NAME


def launch_of(
    episode: str,
    mode: Mode,
    segments: Sequence[str],
    *,
    retake: Sequence[str] = (),
    retake_of: Sequence[str] = (),
    assets: tuple[str, ...] | None = None,
) -> Launch:
    """A run over one contiguous range of segments. Its own of `retake` are made anew: all, or the parts `retake_of`."""
    anew = [each for each in retake if each in segments]
    return Launch(
        tags={**range_tags(episode, segments), **run_tags([CellKey(episode, segments[0])], mode.value)},
        config=run_config(mode.value, retake=anew, retake_of=list(retake_of) if anew else []),
        assets=assets,
    )


def launch_of_match(match: Match) -> Launch:
    """A run that makes a segment by several models, for no more than the match may spend."""
    return _launch_of_models(match.key, match.settings.mode, match.models, match.cap_usd)


def launch_of_comparison(offer: Offer) -> Launch:
    """A run that makes what a person has said yes to: a segment by several models."""
    cell = CellKey(offer.episode, str(offer.compared))
    return _launch_of_models(cell, offer.mode, offer.models, offer.usd)


def _launch_of_models(cell: CellKey, mode: Mode, models: Sequence[str], cap_usd: float | None) -> Launch:
    asked = {"episode": cell.episode, "segment": cell.segment, "models": list(models)}
    capped = {} if cap_usd is None else {"cap_usd": cap_usd}
    return Launch(
        tags=run_tags([cell], mode.value),
        config={"ops": {OP: {"config": {**asked, **capped}}}, **run_config(mode.value)},
        job=JOB,
    )


def last_try(instance: dg.DagsterInstance, root_run: str, episode: str) -> dg.DagsterRun | None:
    """The newest run of a root run and its further tries that makes an episode; None where Dagster knows none any more.

    Of a run over several episodes each goes on by itself.
    """
    by_tag = [dg.RunsFilter(tags={name: root_run}) for name in (ROOT_TAG, "dagster/root_run_id")]
    filters = [dg.RunsFilter(run_ids=[root_run]), *by_tag]
    records = [record for wanted in filters for record in instance.get_run_records(wanted)]
    # One that was refused before it knew its episodes may make any of them.
    found = [each for each in records if episode in (episodes_of(each.dagster_run.tags) or [episode])]
    return max(found, key=lambda record: record.create_timestamp).dagster_run if found else None


def anew_in(launches: Sequence[Launch]) -> tuple[list[str], list[str]]:
    """What launches make anew: the segments, and the parts; nothing where they make different parts anew."""
    asked = [launch.config.get("resources", {}).get("studio", {}).get("config", {}) for launch in launches]
    segments = in_order(segment for each in asked for segment in each.get("retake") or ())
    parts = {tuple(each.get("retake_of") or PERFORMANCE) for each in asked if each.get("retake")}
    return (segments, [f"{part}" for part in parts.pop()]) if len(parts) == 1 else ([], [])


def launch_again(instance: dg.DagsterInstance, root_run: str, episode: str, mode: Mode) -> Launch:
    """What launches the rest of a run that waited: its own config, cells and assets, as a further try of its root run.

    Of a run over several episodes it is this one alone: a word to its price is none to another's. Raises ContentError
    where Dagster does not know the run any more.
    """
    run = last_try(instance, root_run, episode)
    if run is None:
        raise ContentError(
            f"the run of {episode} that waited is not in Dagster any more",
            hint=f"ninja produce {episode} --mode {mode}, with --retake what was to be made anew: an approval is used "
            "where the price is the same",
        )
    config: dict[str, Any] = {**run.run_config}
    resources = config.get("resources", {})
    studio = {**resources.get("studio", {}).get("config", {}), "mode": mode.value}
    return Launch(
        tags={**form_of(run.tags, episode), **run_tags([CellKey(episode, "")], mode.value), ROOT_TAG: root_run},
        config={"resources": {**resources, "studio": {"config": studio}}},
        assets=tuple(sorted(key.to_user_string() for key in run.asset_selection)) if run.asset_selection else None,
    )
