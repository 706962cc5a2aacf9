"""A strict object store, as fsspec sees one: no folders, whole objects, and every request is counted.

It stands for S3 where only its rules matter: an upload that breaks off may leave a short object, as some do.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import fsspec
from fsspec.asyn import AsyncFileSystem


class NoCredentialsError(Exception):
    """As botocore's own, which is no OSError either."""


class Bucket(AsyncFileSystem):  # type: ignore[misc]  # fsspec has no types
    """The buckets of one process, by name. `breaks`: how the next uploads end."""

    protocol = "bucket"
    cachable = False
    objects: dict[str, bytes] = {}  # noqa: RUF012  (one store for all instances)
    requests: Counter[str] = Counter()  # noqa: RUF012
    missing: set[str] = set()  # noqa: RUF012  (buckets that are not there)
    keyless: set[str] = set()  # noqa: RUF012  (buckets that this process has no keys for)
    away: list[str] = []  # noqa: RUF012  (buckets whose next look breaks off)
    breaks: list[str] = []  # noqa: RUF012  ("error": half is there and the caller is told; "short": it is not; "whole")

    async def _info(self, path: str, **_: Any) -> dict[str, Any]:
        if "/" not in path:
            self.requests["BUCKET"] += 1
            if path in self.away:
                self.away.remove(path)
                raise ConnectionError("reset by peer")
            if path in self.keyless:
                raise NoCredentialsError("Unable to locate credentials")
            if path in self.missing:
                raise FileNotFoundError(path)
            return {"name": path, "size": 0, "type": "directory"}
        self.requests["HEAD"] += 1
        return {"name": path, "size": len(self._object(path)), "type": "file"}

    async def _put_file(self, lpath: str, rpath: str, **_: Any) -> None:
        self._receive(rpath, Path(lpath).read_bytes())

    async def _pipe_file(self, path: str, value: bytes, mode: str = "overwrite", **_: Any) -> None:
        self._receive(path, value, mode)

    async def _get_file(self, rpath: str, lpath: str, **_: Any) -> None:
        self.requests["GET"] += 1
        Path(lpath).write_bytes(self._object(rpath))

    async def _cat_file(self, path: str, **_: Any) -> bytes:
        self.requests["GET"] += 1
        return self._object(path)

    async def _rm_file(self, path: str, **_: Any) -> None:
        self.requests["DELETE"] += 1
        self._object(path)
        del self.objects[path]

    async def _rm(self, path: str, **_: Any) -> None:
        await self._rm_file(path)

    async def _copy(self, path1: str, path2: str, **_: Any) -> None:
        self.requests["COPY"] += 1
        self.objects[path2] = self._object(path1)

    async def _find(self, path: str, prefix: str = "", **_: Any) -> list[str]:
        self.requests["LIST"] += 1
        found = [name for name in self.objects if name.startswith(f"{path}/{prefix}")]
        if not found and not prefix:  # as s3fs and gcsfs do: it may be a file
            self.requests["LIST"] += 2
        return found

    async def _mkdir(self, path: str, **_: Any) -> None:
        raise AssertionError(f"an object store has no folders: {path}")

    _makedirs = _mkdir

    def _receive(self, path: str, content: bytes, mode: str = "overwrite") -> None:
        self.requests["PUT"] += 1
        if path.partition("/")[0] in self.missing:
            raise FileNotFoundError("The specified bucket does not exist")
        if mode == "create" and path in self.objects:
            raise FileExistsError(path)
        how = self.breaks.pop(0) if self.breaks else "whole"
        self.objects[path] = content if how == "whole" else content[: len(content) // 2]
        if how == "error":
            raise ConnectionResetError(104, "Connection reset by peer")

    def _object(self, path: str) -> bytes:
        if path not in self.objects:
            raise FileNotFoundError(path)
        return self.objects[path]


@contextmanager
def counted() -> Iterator["Counter[str]"]:
    """The requests of a block, by kind."""
    before = Counter(Bucket.requests)
    found: Counter[str] = Counter()
    yield found
    found.update(Bucket.requests - before)


def empty() -> None:
    """Forget all objects and what was planned."""
    fsspec.register_implementation("bucket", Bucket, clobber=True)
    Bucket.objects.clear()
    Bucket.requests.clear()
    Bucket.breaks.clear()
    Bucket.missing.clear()
    Bucket.keyless.clear()
