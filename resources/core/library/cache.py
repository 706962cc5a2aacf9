"""A local folder for the files of a library elsewhere, of a limited size: what was not used for longest goes first."""

import os
import shutil
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

from resources.core.files import FULL
from resources.core.library.local_store import LocalStore
from resources.core.values import Media

_IN_USE_SECONDS: Final = 3600.0  # what was used within the hour may be open: it stays, also over the limit
_LOOKS: Final = 20  # the folder is measured again when a part of this size of the limit was added


class Cache(LocalStore):
    """Files that can be fetched again. `limit` is in bytes. When a file was last used is its time of access."""

    def __init__(self, root: Path, *, limit: int) -> None:
        super().__init__(root, durable=False)
        self._limit = limit
        self._added = limit  # measured at the first file that is added
        self._adding = threading.Lock()

    def intact(self, name: str, media: Media) -> bool:
        """As of any local store; and the file is used."""
        whole = super().intact(name, media)
        if whole:
            path = self.at(name)
            with suppress(OSError):  # it was made room of just now: whoever reads it fetches it again
                os.utime(path, ns=(time.time_ns(), path.stat().st_mtime_ns))
        return whole

    def put(self, name: str, media: Media, write: Callable[[Path], str]) -> None:
        """As of any local store; and where the folder has grown over its limit, or its disk is full, room is made."""
        try:
            super().put(name, media, write)
        except OSError as error:
            if error.errno not in FULL or not self._forget(media.size):
                raise
            super().put(name, media, write)
        with self._adding:
            self._added += media.size
            if self._added * _LOOKS < self._limit:
                return
            self._added = 0
        self._forget(sum(size for _, size, _ in self._found()) - self._limit)

    def make_room(self, size: int) -> None:
        """Where the disk has no room for so many bytes, make it, as far as what lies here is not in use."""
        if self.root.exists():
            self._forget(size - shutil.disk_usage(self.root).free)

    def _found(self) -> list[tuple[float, int, Path]]:
        """Every file, what was not used for longest first: when it was used, and its size."""
        found: list[tuple[float, int, Path]] = []
        for path in (self.root / "media").glob("*/*"):
            with suppress(OSError):
                stat = path.stat()
                found.append((stat.st_atime, stat.st_size, path))
        return sorted(found)

    def _forget(self, size: int) -> int:
        """Remove files of so many bytes, or what there is that is not in use; returns how many bytes went."""
        gone = 0
        unused_since = time.time() - _IN_USE_SECONDS
        for used, bytes_of_it, path in self._found() if size > 0 else ():
            if gone >= size or used > unused_since:
                break
            path.unlink(missing_ok=True)
            gone += bytes_of_it
        return gone
