"""Content on a local disk: one read-only file each, marked with its hash, so that damage is seen before it is used."""

import logging
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

from resources.core.errors import MediaError
from resources.core.files import atomic_write, copy_hashed, is_marked, mark, sha256_of
from resources.core.state_folder import make_private
from resources.core.values import Media

LOG = logging.getLogger("ninja.library")

_READ_ONLY: Final = 0o444
_WRITABLE: Final = 0o222
_PROTECTED: Final = "protected"  # the name of a note that all files are read-only
_LEFT_SECONDS: Final = 86_400.0  # a temporary file that is older than a day has no writer any more

_Identity = tuple[int, int, int]  # of a file as it was hashed: size, time of change, inode


class LocalStore:
    """Files below a folder, by relative names. Safe for threads and processes: every write ends in a rename.

    `durable`: what is written is on the disk before a call returns; see `atomic_write`.
    """

    def __init__(self, root: Path, *, durable: bool) -> None:
        self.root = root
        self._durable = durable
        self._hashed: dict[
            str, tuple[_Identity, bool]
        ] = {}  # name -> the file that was hashed, and whether it is whole
        self._swept: set[Path] = set()
        self._guard = threading.Lock()
        with suppress(OSError):  # a folder that cannot be written to
            self._protect()

    def at(self, name: str) -> Path:
        """Where a file is, or would be."""
        return self.root / name

    def _own(self, name: str) -> Path:
        """Where a file will be, in a folder that is private to its user where it is made here."""
        if not self.root.exists():
            make_private(self.root)
        return self.at(name)

    # Media

    def has(self, name: str, media: Media) -> bool:
        """Whether a file is here and whole, by its length and mark; hashed where the mark is missing."""
        found = _stat(self.at(name))
        if found is None or found.st_size != media.size:
            return False
        return is_marked(found, media.sha256) or self.intact(name, media)

    def intact(self, name: str, media: Media) -> bool:
        """Whether a file is here and whole, by its content: hashed once in this process, and again when it changed.

        What is whole is brought into the state that `put` leaves, which files of earlier versions are not in. What is
        not loses its mark, so that nobody takes it for whole.
        """
        path = self.at(name)
        found = _stat(path)
        if found is None:
            return False
        known = self._hashed.get(name)
        if known is not None and known[0] == _identity(found):
            return known[1]
        whole = found.st_size == media.size and sha256_of(path) == media.sha256
        if not whole:
            LOG.warning("%s is damaged: its content is not what its name says", path)
        self._hashed[name] = (_identity(found), whole)
        with suppress(OSError):  # a folder that cannot be written to, or a full disk
            self._noted(name, found, media, whole=whole)
        return whole

    def put(self, name: str, media: Media, write: Callable[[Path], str]) -> None:
        """Store a file under its name; whatever is there is replaced. Raises MediaError, OSError.

        `write` writes the content to the path that it is given and returns its hash. MediaError: it is another one.
        """
        path = self._own(name)
        self._sweep(path.parent)
        with atomic_write(path, durable=self._durable) as part:
            if write(part) != media.sha256:
                raise MediaError(
                    "a file changed on its way into the library", where=str(path), hint="run again", retryable=True
                )
            part.chmod(_READ_ONLY)
            mark(part, media.sha256)
            written = _identity(part.stat())
        self._hashed[name] = (written, True)

    def _noted(self, name: str, found: os.stat_result, media: Media, *, whole: bool) -> None:
        """Note on a file itself what its hash said, unless somebody has written to it meanwhile."""
        path = self.at(name)
        if _identity(path.stat()) != _identity(found):
            return
        if whole and is_marked(found, media.sha256):
            return
        if whole and found.st_nlink > 1:  # it can be written to by another name, as in an output of an earlier version
            self.put(name, media, lambda part: copy_hashed(path, part))
            return
        if whole:
            path.chmod(_READ_ONLY)
            mark(path, media.sha256)
        else:
            os.utime(path)
        self._hashed[name] = (_identity(path.stat()), whole)

    def _protect(self) -> None:
        """Once in the life of a folder: make read-only what earlier versions left writable, and linked into outputs."""
        stamp = self.root / _PROTECTED
        if stamp.exists() or not (self.root / "media").is_dir():
            return
        for path in (self.root / "media").glob("*/*"):
            if path.stat().st_mode & _WRITABLE:
                path.chmod(_READ_ONLY)
        with atomic_write(stamp, durable=False) as part:
            part.write_text("files are read-only\n", encoding="utf-8")

    def _sweep(self, folder: Path) -> None:
        """Remove what killed writers left in a folder; looked for once in the life of this store."""
        with self._guard:
            if folder in self._swept:
                return
            self._swept.add(folder)
        for part in folder.glob(".*.part*"):
            found = _stat(part)
            if found is not None and time.time() - found.st_mtime > _LEFT_SECONDS:
                part.unlink(missing_ok=True)

    # Documents

    def read(self, name: str) -> bytes | None:
        """The content of a document; None where there is none."""
        try:
            return self.at(name).read_bytes()
        except FileNotFoundError:
            return None

    def write(self, name: str, content: bytes, *, durable: bool | None = None) -> None:
        """Write a document, or replace it. `durable`: as the store's where it is not said."""
        with atomic_write(self._own(name), durable=self._durable if durable is None else durable) as part:
            part.write_bytes(content)

    def create(self, name: str, content: bytes) -> bool:
        """Write a document where there is none; False, and nothing is changed, where there is one."""
        try:
            with atomic_write(self._own(name), durable=self._durable, exclusive=True) as part:
                part.write_bytes(content)
        except FileExistsError:
            return False
        return True

    def delete(self, name: str) -> None:
        """Take a document away; nothing happens where there is none."""
        self.at(name).unlink(missing_ok=True)

    def names(self, folder: str) -> Iterator[str]:
        """The documents below a folder, sorted."""
        for path in sorted(self.at(folder).rglob("*")):
            if path.is_file() and not path.name.startswith("."):
                yield path.relative_to(self.root).as_posix()


def _stat(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return None


def _identity(found: os.stat_result) -> _Identity:
    return found.st_size, found.st_mtime_ns, found.st_ino
