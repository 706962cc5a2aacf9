"""`review.html`: an episode looked at from its output folder, with no server."""
