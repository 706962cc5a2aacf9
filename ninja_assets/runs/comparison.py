"""A comparison of models from a shell: the same jobs of Dagster, run in this process, with the price asked before.

What a comparison is, and what it may spend, is `reports.matches`.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any
from uuid import uuid4

import dagster as dg

from ninja_assets.build import build_defs
from ninja_assets.reports.matches import FOR_ALL, Match, MatchQuote, check_caps
from ninja_assets.reports.model_comparison import FIGURES, NAME
from ninja_assets.runs.launches import launch_of_match
from ninja_assets.runs.production import check_order, prepare, run_here, why_of
from resources.core.errors import MediaError
from resources.deliver.comparison_page import Comparison

Approve = Callable[[MatchQuote], bool]


def compare(
    match: Match,
    instance: dg.DagsterInstance,
    *,
    approve: Approve | None = None,
    resource_overrides: Mapping[str, Any] | None = None,
) -> Comparison | None:
    """Make the voice, ask, and run the job that compares. None: `approve` said no.

    The clips' exact price is held against the caps before `approve` sees it, and again by the job. Raises NinjaError
    for what stops all of it; what a model fails at is told in its row.
    """
    check_caps(match, prepared=False)
    order = check_order(match.settings, match.key.episode, segments=[match.segment])
    failed = prepare(order, instance, FOR_ALL, resource_overrides=resource_overrides)
    if failed is not None:
        raise MediaError("the voice and the pictures that all models need were not made", why=failed)
    quote = check_caps(match)
    if approve is not None and quote is not None:
        if not approve(quote):
            return None
        match = replace(match, cap_usd=quote.total_usd)  # what a person was shown: they may have looked at it for long
    return _run(match, instance, resource_overrides)


def _run(match: Match, instance: dg.DagsterInstance, resource_overrides: Mapping[str, Any] | None) -> Comparison:
    launch = launch_of_match(match)
    job = build_defs(settings=match.settings, resource_overrides=resource_overrides).resolve_job_def(launch.job)
    result = run_here(job, instance, launch, run_id=f"{uuid4()}")
    for event in result.all_events:
        if event.is_step_materialization and event.materialization.asset_key == dg.AssetKey(NAME):
            return Comparison.model_validate(event.materialization.metadata[FIGURES].value)
    raise MediaError("the comparison was not made", why=why_of(result))
