"""A run from Dagster's launch to its last event: what it makes, in which order, and what is told of it."""
