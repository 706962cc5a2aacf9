"""Commands about this machine: what is served on it, and what it lacks."""
