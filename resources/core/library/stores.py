"""Where a library's documents and files lie: a folder of this machine, or a remote root with a cache of it here."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from resources.core.errors import MediaError
from resources.core.library.local_store import LocalStore

if TYPE_CHECKING:
    from resources.core.library.object_store import ObjectStore

LOG: Final = logging.getLogger("ninja.library")


class Stores:
    """The stores of one library. `_remote` is None where its root is a folder; else `_files` is the cache."""

    _files: LocalStore
    _remote: "ObjectStore | None"

    def stop_waiting(self) -> None:
        """Wait no longer for a server that is away."""
        if self._remote is not None:
            self._remote.waiting.end()

    @property
    def _stores(self) -> "tuple[LocalStore | ObjectStore, ...]":
        return (self._files,) if self._remote is None else (self._files, self._remote)

    @property
    def _documents(self) -> "LocalStore | ObjectStore":
        return self._files if self._remote is None else self._remote

    @contextmanager
    def _able(self, what: str, name: str) -> Iterator[None]:
        """What the disk or the server refuses, as an error that says so."""
        try:
            yield
        except OSError as error:
            raise MediaError(
                f"the library cannot {what}",
                where=self._where(name),
                why=str(error),
                hint="make room, or mend the connection or the rights, and run again",
                retryable=True,
            ) from error

    def _where(self, name: str) -> str:
        return self._remote.at(name) if self._remote is not None else str(self._files.at(name))
