"""Runs: how one is produced, launched, watched, and by which door it came."""
