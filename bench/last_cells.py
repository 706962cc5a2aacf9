"""When each asset of a run had its last cell, from Dagster's event log: the segments flow, so no step has a time."""

import dagster as dg


def last_cells(instance: dg.DagsterInstance, run_id: str) -> dict[str, float]:
    """Seconds from the run's start to the last cell of each asset, in the order in which they came."""
    [stats] = instance.get_run_step_stats(run_id)
    last: dict[str, float] = {}
    for event in instance.all_logs(run_id, of_type=dg.DagsterEventType.ASSET_MATERIALIZATION):
        if event.asset_materialization is not None:
            name = event.asset_materialization.asset_key.to_user_string()
            last.pop(name, None)
            last[name] = event.timestamp - (stats.start_time or 0)
    return last
