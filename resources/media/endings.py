"""The files that are read as pictures and as clips, by their endings. Nothing is opened here."""

PICTURES = (".png", ".jpg", ".jpeg", ".webp")
CLIPS = (".mp4", ".mov", ".webm", ".m4v")
