"""When each asset of a run had its last cell, from Dagster's event log: the segments flow, so no step has a time."""

import dagster as dg

from resources.core.progress import Step, parse


def last_cells(instance: dg.DagsterInstance, run_id: str) -> dict[str, float]:
    """Seconds from the run's start to the last cell of each asset, in the order in which they came.

    Cells are materialized segment by segment, which may be long after they ended: what the log says then comes first.
    """
    [stats] = instance.get_run_step_stats(run_id)
    ended: dict[str, float] = {}
    materialized: dict[str, float] = {}
    for event in instance.all_logs(run_id):
        if event.asset_materialization is not None:
            materialized[event.asset_materialization.asset_key.to_user_string()] = event.timestamp
        elif (cell := parse(event.user_message, "")) and cell.step in (Step.MADE, Step.REUSED):
            ended[cell.asset] = event.timestamp
    last = {**materialized, **ended}
    return {name: last[name] - (stats.start_time or 0) for name in sorted(last, key=last.__getitem__)}
