"""Text files beside the media, written so that a reader never sees half of one."""

from pathlib import Path

from resources.media.ffmpeg import part_of


def write_text(path: Path, text: str) -> Path:
    """Write a UTF-8 file by a rename; its folder is made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = part_of(path)
    part.write_text(text, encoding="utf-8")
    return part.replace(path)
