"""What a shell starts: an episode's run, a comparison, the doctor: always the one job. And who looks after a run."""
