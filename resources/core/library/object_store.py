"""Content in an object store (`s3://…`, `gs://…`) or on any other server that fsspec speaks to, by relative names.

An object is there whole or not at all: stores see to it themselves when they are handed a whole file; to other servers
a file is sent under another name and renamed. That it arrived is asked, not believed; but not again for some minutes.
A bucket is never made: one that is missing is a mistake in an address.
"""

import copy
import errno
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

from fsspec.core import url_to_fs
from fsspec.registry import known_implementations

from resources.core.errors import MediaError, without_login
from resources.core.extras import installs
from resources.core.servers.asking import Waiting
from resources.core.settings import KEYS_HINT, OF_A_COMMAND, holds_keys

_BELIEVED_SECONDS: Final = 300.0  # how long an object that was seen whole is not asked for again
_BELIEVED_AT_ONCE: Final = 10_000
_CONNECT_SECONDS: Final = 5
_SILENT_SECONDS: Final = 15  # after which a server that says nothing is asked again
_ANSWERS: Final = (FileNotFoundError, FileExistsError, PermissionError, IsADirectoryError, NotADirectoryError)
_FINAL: Final = (errno.ENOSYS, errno.EINVAL, errno.ENOSPC, errno.EROFS, errno.EDQUOT, errno.ENAMETOOLONG)


class ObjectStore:
    """Objects below an fsspec URL. Safe for threads and processes. What a server refuses is raised as it came.

    MediaError where the bucket is missing, as soon as that can be told.
    """

    def __init__(self, url: str, *, setting: str = "NINJA_LIBRARY") -> None:
        self.url = url.rstrip("/")
        self._setting = setting  # that named the address
        self._files: Any
        self._shown = without_login(self.url)
        if self.url.endswith(":"):  # fsspec would take it for a folder of that name
            raise MediaError(f"{setting} names no place", where=url, hint="name a folder, or s3://bucket/folder")
        if holds_keys(self.url):  # each error would show them in the bucket's name
            raise MediaError(
                f"{setting} has keys in it, which are no part of a bucket's name", where=self._shown, hint=KEYS_HINT
            )
        try:
            self._files, self._root = url_to_fs(self.url, **_options(self.url))  # fsspec has no types
        except ImportError as error:
            module = known_implementations.get(url.partition("://")[0], {}).get("class", "").partition(".")[0]
            raise MediaError(
                f"what {setting} names needs a package that is not installed",
                where=self._shown,
                why=str(error),
                hint=installs(
                    module if module not in ("", "fsspec") else getattr(error.__cause__, "name", "") or "fsspec"
                ),
            ) from None
        except ValueError as error:
            raise MediaError(
                f"{setting} is no address",
                where=self._shown,
                why=str(error),
                hint="name a folder, or s3://bucket/folder",
            ) from None
        # A document is small: s3fs, which could read it in parts side by side, would ask for its size first.
        self._at_once = {"max_concurrency": 1} if "s3" in self._files.protocol else {}
        if _options(self.url):
            self._files.retries = 1  # how often it is asked is decided here
        self.waiting = self._waiting(OF_A_COMMAND.store)
        self._whole: dict[str, tuple[int, float]] = {}  # name -> its size, and when it was seen so
        self._bucket_seen = False

    def waited_for(self, seconds: float) -> "ObjectStore":
        """The same store, for who waits so long for a server that is away, or asks for pauses."""
        store = copy.copy(self)
        store.waiting = self._waiting(seconds)
        return store

    def _waiting(self, seconds: float) -> Waiting:
        return Waiting("the object store", self._shown, seconds, is_away=_passes)

    def at(self, name: str) -> str:
        """The address of an object, as it may be shown."""
        return f"{self._shown}/{name}"

    def _ask(self, what: str, *given: Any, **how: Any) -> Any:
        """What the server answers, waited for. What a client raises, as without keys, comes as an OSError."""

        def ask() -> Any:
            try:
                return getattr(self._files, what)(*given, **how)
            except (OSError, NotImplementedError):
                raise
            except Exception as error:  # each server's client has errors of its own
                raise OSError(f"{type(error).__name__}: {error}") from error

        # What is moved is gone from where it was: only once is that asked.
        return ask() if what == "mv" else self.waiting.ask(ask)

    # Media

    def holds(self, name: str, size: int) -> bool:
        """Whether an object is there with that many bytes. Asked again only some minutes after it was seen so."""
        known = self._whole.get(name)
        if known is not None and known[0] == size and time.monotonic() - known[1] < _BELIEVED_SECONDS:
            return True
        whole = self.size(name) == size
        if whole:
            self._believe(name, size)
        return whole

    def _believe(self, name: str, size: int) -> None:
        now = time.monotonic()
        if len(self._whole) >= _BELIEVED_AT_ONCE:  # of a process that lives long
            self._whole = {each: seen for each, seen in self._whole.items() if now - seen[1] < _BELIEVED_SECONDS}
        self._whole[name] = size, now

    def size(self, name: str) -> int | None:
        """How many bytes an object has; None where there is none. One request where there is one."""
        try:
            return int(self._ask("info", self._path(name))["size"])
        except FileNotFoundError:
            self.check_bucket()
            return None

    def upload(self, name: str, source: Path) -> None:
        """Store a file; what has its name is replaced. Raises MediaError when it did not arrive whole."""
        self._whole.pop(name, None)
        self.check_bucket()
        if self._files.async_impl:  # S3, Google, Azure: one object, or its parts and then their list
            self._ask("put_file", str(source), self._path(name))
        else:
            self._send(source, self._path(name))
        size = source.stat().st_size
        if not self.holds(name, size):
            arrived = self.size(name)
            with suppress(FileNotFoundError):
                self._ask("rm_file", self._path(name))
            raise MediaError(
                "a file did not arrive whole",
                where=self.at(name),
                why=f"{arrived or 0:,} of {size:,} bytes are there",
                hint="run again",
                retryable=True,
            )

    def download(self, name: str, target: Path) -> None:
        """Fetch an object into a file. Raises FileNotFoundError."""
        try:
            self._ask("get_file", self._path(name), str(target))
        except FileNotFoundError:
            self._whole.pop(name, None)
            self.check_bucket()
            raise

    def set_aside(self, name: str) -> str:
        """Give an object that is damaged another name; returns where it is."""
        aside = f"{name}.damaged"
        self._whole.pop(name, None)
        with suppress(FileNotFoundError):  # another process was first
            self._ask("mv", self._path(name), self._path(aside))
        return self.at(aside)

    def _send(self, source: Path, path: str) -> None:
        part = f"{path}.{uuid4().hex[:8]}.part"

        def send() -> None:
            with source.open("rb") as read, self._ask("open", part, "wb") as write:
                shutil.copyfileobj(read, write)

        try:
            self._in_folder(path, send)
            self._ask("mv", part, path)
        except BaseException:
            with suppress(FileNotFoundError):
                self._ask("rm_file", part)
            raise

    def check_bucket(self) -> None:
        """Raise MediaError where the bucket is missing, and where there are no keys to ask with.

        Looked for once; a server that does not tell is believed.
        """
        if self._bucket_seen or not self._files.async_impl:
            return
        bucket = self._root.partition("/")[0]
        try:
            self._ask("info", bucket)
        except FileNotFoundError as error:
            raise MediaError(
                f"there is no bucket {bucket}",
                where=self._shown,
                why=str(error),
                hint=f"make it, or correct {self._setting}: a bucket is never made here",
            ) from error
        except (PermissionError, NotImplementedError):  # it may only be used, not looked at
            self._bucket_seen = True
        except OSError as error:
            if "Credential" in type(error.__cause__).__name__:  # botocore's and Google's own errors are called so
                raise MediaError(
                    f"there are no keys for the bucket {bucket}",
                    where=self._shown,
                    why=str(error.__cause__),
                    hint=f"set the keys of the store that {self._setting} names, for S3 AWS_ACCESS_KEY_ID and "
                    "AWS_SECRET_ACCESS_KEY",
                ) from error
            return  # the server is away: what is done next tells why, and the next look is at the bucket again
        else:
            self._bucket_seen = True

    def _in_folder(self, path: str, write: Callable[[], None]) -> None:
        if self._files.async_impl:  # there are no folders; what would be made is a bucket
            self.check_bucket()
            write()
            return
        try:
            write()
        except FileNotFoundError:  # a server with folders
            self._ask("makedirs", path.rpartition("/")[0], exist_ok=True)
            write()

    # Documents

    def read(self, name: str) -> bytes | None:
        """The content of a document; None where there is none."""
        try:
            return bytes(self._ask("cat_file", self._path(name), **self._at_once))
        except FileNotFoundError:
            self.check_bucket()
            return None

    def write(self, name: str, content: bytes) -> None:
        """Write a document, or replace it."""
        path = self._path(name)
        self._in_folder(path, lambda: self._ask("pipe_file", path, content))

    def create(self, name: str, content: bytes) -> bool:
        """Write a document where there is none; False, and nothing is changed, where there is one.

        One request, where the store can refuse the second writer; where it cannot, of two at the same moment both may
        be told True.
        """
        path = self._path(name)
        try:
            self._in_folder(path, lambda: self._ask("pipe_file", path, content, mode="create"))
        except FileExistsError:
            return False
        except OSError as error:
            if error.errno != errno.ENOSYS:  # a server that cannot refuse what is there
                raise
            if self.size(name) is not None:
                return False
            self.write(name, content)
        return True

    def delete(self, name: str) -> None:
        """Take a document away; nothing happens where there is none."""
        try:
            self._ask("rm_file", self._path(name))
        except FileNotFoundError:
            return

    def names(self, folder: str) -> Iterator[str]:
        """The documents below a folder, sorted."""
        for path in sorted(self._found(folder)):
            yield self._name(path)

    def marks(self) -> dict[str, str]:
        """All objects by name, each with what tells that it has changed: all that the server's list says of it."""
        found = self._found(detail=True)
        if not found:
            self.check_bucket()
        return {
            self._name(path): repr(sorted((key, str(value)) for key, value in listed.items()))
            for path, listed in found.items()
        }

    def _found(self, folder: str = "", **how: bool) -> Any:
        path = f"{self._root}/{folder}".rstrip("/")
        self._files.invalidate_cache(path)
        try:
            if folder and self._files.async_impl:  # as a path, an empty one would be asked for thrice
                return self._ask("find", self._root, prefix=f"{folder}/", **how)
            return self._ask("find", path, **how)
        except FileNotFoundError:
            self.check_bucket()
            return {}

    def _name(self, path: object) -> str:
        return str(path)[len(self._root) :].lstrip("/")

    def _path(self, name: str) -> str:
        return f"{self._root}/{name}"


def _options(url: str) -> dict[str, Any]:
    """What an S3 client is told: one that asks again by itself waits for minutes where a server says nothing."""
    if url.partition("://")[0] not in ("s3", "s3a"):
        return {}
    once = {"max_attempts": 0}
    return {"config_kwargs": {"connect_timeout": _CONNECT_SECONDS, "read_timeout": _SILENT_SECONDS, "retries": once}}


def _passes(error: BaseException) -> bool:
    """Whether a server may answer otherwise in a moment: it is away, asks for a pause, or said nothing."""
    if not isinstance(error, OSError) or isinstance(error, _ANSWERS) or error.errno in _FINAL:
        return False
    return "Credential" not in type(error.__cause__).__name__


@lru_cache(maxsize=8)
def shared_store(url: str, setting: str) -> ObjectStore:
    """The store of an address that a setting names: all of this process ask its server together."""
    return ObjectStore(url, setting=setting)
