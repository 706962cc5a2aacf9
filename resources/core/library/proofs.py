"""What a library keeps of money, as bytes: receipts of paid deliveries, and what the ledger could not be told.

What stands in them is the ledger's to know.
"""

import hashlib
from collections.abc import Iterator
from typing import NamedTuple, Self

from resources.core.errors import MediaError
from resources.core.library.stores import LOG, Stores


class StoredName(NamedTuple):
    """What a receipt is known by: the file that it is of, and the hash of its own content."""

    sha256: str
    digest: str

    @classmethod
    def of(cls, sha256: str, content: bytes) -> Self:
        """The name of a receipt of the file `sha256`."""
        return cls(sha256, hashlib.sha256(content).hexdigest())


class Proofs(Stores):
    """Receipts, and documents that are spooled."""

    def put_receipt(self, sha256: str, content: bytes) -> StoredName:
        """Keep what was told of a paid delivery of the file `sha256`, on the disk before this returns.

        A file may have several receipts, as when two purchases brought equal content; the same bytes are kept once.
        A receipt is never changed. Returns its name. Raises MediaError when the library cannot take it.
        """
        name = StoredName.of(sha256, content)
        place = _receipt(*name)
        with self._able("take a receipt", place):
            if self._remote is None:
                if self._files.read(place) != content:
                    self._files.write(place, content, durable=True)
            elif not self._remote.create(place, content) and self._remote.read(place) != content:
                self._remote.write(place, content)
        return name

    def receipt_names(self) -> set[StoredName]:
        """The names of all receipts, without reading one. Raises MediaError when the library cannot be read."""
        with self._able("look for receipts", "receipts"):
            return {_stored_name(name) for name in self._documents.names("receipts")}

    def receipt(self, name: StoredName) -> bytes | None:
        """The content of a receipt; None where there is none, or where it is damaged, which the log tells."""
        place = _receipt(*name)
        with self._able("read a receipt", place):
            content = self._documents.read(place)
        if content is None or hashlib.sha256(content).hexdigest() != name.digest:
            LOG.warning("%s is no whole receipt: it is left out", self._where(place))
            return None
        return content

    def spool(self, name: str, content: bytes) -> str:
        """Keep a document that the ledger could not be told, on the disk before this returns; returns where it lies.

        Of a remote root it is kept twice: on this machine's disk, for the server may be away as well, and there, for a
        worker's disk may die. Raises MediaError when neither can take it.
        """
        place = f"spool/{name}"
        try:
            self._files.write(place, content, durable=True)
        except OSError:
            if self._remote is None:
                with self._able("keep what the ledger could not be told", place):
                    raise
            near = False
        else:
            near = True
        if self._remote is not None:
            try:
                self._remote.write(place, content)
            except Exception as error:  # a server's own errors, whatever their class
                if not near:
                    raise MediaError(
                        "the library cannot keep what the ledger could not be told",
                        where=self._where(place),
                        why=str(error),
                    ) from error
                LOG.warning("%s is on this machine's disk alone: %s", place, error)
        return str(self._files.at(place)) if near else self._where(place)

    def spooled(self) -> Iterator[tuple[str, bytes]]:
        """Every document that is spooled, by name: each once, wherever it lies. Raises as `receipt_names`."""
        seen: set[str] = set()
        for store in self._stores:
            with self._able("look for what the ledger could not be told", "spool"):
                found = [(place, store.read(place)) for place in store.names("spool")]
            for place, content in found:
                if content is not None and place not in seen:
                    seen.add(place)
                    yield place.removeprefix("spool/"), content

    def drop_spooled(self, name: str) -> None:
        """Forget a document that was told at last. Raises MediaError when the library cannot."""
        for store in self._stores:
            with self._able("forget what the ledger was told", f"spool/{name}"):
                store.delete(f"spool/{name}")


def _stored_name(path: str) -> StoredName:
    sha256, _, digest = path.rpartition("/")[2].removesuffix(".json").partition(".")
    return StoredName(sha256, digest)


def _receipt(sha256: str, digest: str) -> str:
    return f"receipts/{sha256[:2]}/{sha256}.{digest}.json"
