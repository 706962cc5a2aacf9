"""What is made, and in what order: assets, partitions, jobs, schedules, sensors, and the `ninja` CLI."""
