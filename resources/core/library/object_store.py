"""Content in an object store (`s3://…`, `gs://…`) or on any other server that fsspec speaks to, by relative names.

An object is there whole or not at all: stores see to it themselves when they are handed a whole file; to other servers
a file is sent under another name and renamed. That it arrived is asked, not believed.
"""

import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

from fsspec.core import url_to_fs
from fsspec.registry import known_implementations

from resources.core.errors import MediaError
from resources.core.extras import installs


class ObjectStore:
    """Objects below an fsspec URL. Safe for threads and processes. What a server refuses is raised as it came."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        self._files: Any
        try:
            self._files, self._root = url_to_fs(self.url)  # fsspec has no types
        except ImportError as error:
            module = known_implementations.get(url.partition("://")[0], {}).get("class", "").partition(".")[0]
            raise MediaError(
                "the library's store needs a package that is not installed",
                where=self.url,
                why=str(error),
                mend=installs(module) if module not in ("", "fsspec") else "install what it names",
            ) from None

    def at(self, name: str) -> str:
        """The address of an object."""
        return f"{self.url}/{name}"

    # Media

    def size(self, name: str) -> int | None:
        """How many bytes an object has; None where there is none. One request where there is one."""
        try:
            return int(self._files.info(self._path(name))["size"])
        except FileNotFoundError:
            return None

    def upload(self, name: str, source: Path) -> None:
        """Store a file; what has its name is replaced. Raises MediaError when it did not arrive whole."""
        if self._files.async_impl:  # S3, Google, Azure: one object, or its parts and then their list
            self._files.put_file(str(source), self._path(name))
        else:
            self._send(source, self._path(name))
        size, arrived = source.stat().st_size, self.size(name)
        if arrived != size:
            with suppress(FileNotFoundError):
                self._files.rm_file(self._path(name))
            raise MediaError(
                "a file did not arrive whole in the library",
                where=self.at(name),
                why=f"{arrived or 0:,} of {size:,} bytes are there",
                mend="run again",
                retryable=True,
            )

    def download(self, name: str, target: Path) -> None:
        """Fetch an object into a file. Raises FileNotFoundError."""
        self._files.get_file(self._path(name), str(target))

    def set_aside(self, name: str) -> str:
        """Give an object that is damaged another name; returns where it is."""
        aside = f"{name}.damaged"
        with suppress(FileNotFoundError):  # another process was first
            self._files.mv(self._path(name), self._path(aside))
        return self.at(aside)

    def _send(self, source: Path, path: str) -> None:
        part = f"{path}.{uuid4().hex[:8]}.part"

        def send() -> None:
            with source.open("rb") as read, self._files.open(part, "wb") as write:
                shutil.copyfileobj(read, write)

        try:
            self._in_folder(path, send)
            self._files.mv(part, path)
        except BaseException:
            with suppress(FileNotFoundError):
                self._files.rm_file(part)
            raise

    def _in_folder(self, path: str, write: Callable[[], None]) -> None:
        try:
            write()
        except FileNotFoundError:  # a server with folders, unlike an object store
            self._files.makedirs(path.rpartition("/")[0], exist_ok=True)
            write()

    # Documents

    def read(self, name: str) -> bytes | None:
        """The content of a document; None where there is none."""
        try:
            return bytes(self._files.cat_file(self._path(name)))
        except FileNotFoundError:
            return None

    def write(self, name: str, content: bytes) -> None:
        """Write a document, or replace it."""
        path = self._path(name)
        self._in_folder(path, lambda: self._files.pipe_file(path, content))

    def create(self, name: str, content: bytes) -> bool:
        """Write a document where there is none; False, and nothing is changed, where there is one.

        Of two writers at the same moment both may be told True: not every store can refuse the second.
        """
        if self.size(name) is not None:
            return False
        self.write(name, content)
        return True

    def delete(self, name: str) -> None:
        """Take a document away; nothing happens where there is none."""
        try:
            self._files.rm_file(self._path(name))
        except FileNotFoundError:
            return

    def names(self, folder: str) -> Iterator[str]:
        """The documents below a folder, sorted."""
        self._files.invalidate_cache(self._path(folder))
        try:
            found = self._files.find(self._path(folder))
        except FileNotFoundError:
            return
        for path in sorted(found):
            yield str(path)[len(self._root) :].lstrip("/")

    def _path(self, name: str) -> str:
        return f"{self._root}/{name}"
