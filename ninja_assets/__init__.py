"""What is made, and in what order: assets, partitions, jobs, schedules, sensors, and the `ninja` CLI."""

import warnings

# `backfill_policy` is beta in Dagster 1.13; the guard tests pin what is used of it. Selections are Dagster's own call.
warnings.filterwarnings("ignore", message=r"Parameter `(backfill_policy|include_sources)` .* is currently in beta")
