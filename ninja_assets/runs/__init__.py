"""What a shell starts: an episode's run, a comparison of models, the doctor. Always the one job, never a second way."""
