"""A disk of this machine that is full, or of which its user may have no more: which one it is, and what helps."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from resources.core.errors import MediaFullError
from resources.core.files import FULL


@contextmanager
def room(what: str, path: Path, setting: str) -> Iterator[None]:
    """A block that writes to `path`, in a folder that `setting` names: MediaFullError where its disk has no room.

    `what` is what the library cannot do then.
    """
    try:
        yield
    except OSError as error:
        if error.errno not in FULL:
            raise
        raise MediaFullError(
            f"the library cannot {what}: a disk of this machine is full",
            where=str(path),
            why=error.strerror,
            hint=f"make room on that disk, or name a folder on another one in {setting}, and run again: what is made, "
            "and what was paid for, is kept",
            retryable=True,
        ) from error


def full_disk(error: Exception) -> MediaFullError | None:
    """What a cell failed at, if it is a disk without room: as a rule that of the temporary folder. Else None."""
    if not isinstance(error, OSError) or error.errno not in FULL:
        return None
    folder = tempfile.gettempdir()
    return MediaFullError(
        "a disk of this machine is full",
        where=f"{error.filename or folder}",
        why=error.strerror,
        hint=f"make room, {folder} included, or name a folder on another disk in TMPDIR, and run again: `df -h` shows "
        "which disk is full; what is made, and what was paid for, is kept",
    )
