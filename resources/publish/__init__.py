"""What goes with a finished video to the platforms. Nothing here uploads; a rehearsal or a draft is refused."""
