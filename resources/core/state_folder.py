"""A show's state folder: private to its user, and taken by no version control. What lies in it is not known here."""

import os
from pathlib import Path
from typing import Final

from resources.core.settings import STATE_FOLDER

PRIVATE: Final = 0o700  # of a folder
PRIVATE_FILE: Final = 0o600


def make_state_folder(show: Path) -> Path:
    """The state folder of a show, made where there is none. Raises OSError."""
    state = show / STATE_FOLDER
    make_private(state)
    ignored = state / ".gitignore"
    if not ignored.exists():
        ignored.write_text("# The show's database and media: a machine's own.\n*\n", encoding="utf-8")
    return state


def make_private(folder: Path) -> None:
    """Make a folder that nobody but its user can look into; one that is there, and this user's, becomes so.

    Raises OSError where it cannot be made.
    """
    folder.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
    found = folder.stat()
    if os.name == "posix" and found.st_mode & 0o077 and found.st_uid == os.getuid():
        folder.chmod(PRIVATE)
