"""Commands that make an episode, or do something with one that was made."""
