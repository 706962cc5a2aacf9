"""The lines of an episode file: whose they are, which belong together, and how they become speech."""
