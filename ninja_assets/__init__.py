"""What is made, and in what order: the Dagster side (assets, partitions, jobs, schedules, sensors) and the `ninja` CLI."""
