"""The library: every media file once, by content, the recipes that say what was made from what, and paid receipts.

Below the root:

    media/ab/<sha256><suffix>              a file, read-only, named by its content
    recipes/ab/<key>.json                  the result of a recipe, under the hash of its inputs
    receipts/ab/<sha256>.<digest>.json     what was told of a paid delivery of the file `sha256`; see `put_receipt`

The root is a folder, or an address that fsspec knows (`s3://…`); of a remote one, a local folder keeps the files that
are used, up to a limit.
Equal inputs find a finished recipe again instead of making it twice. Paid results are the ledger's to find; their files
live here, and what stands in a receipt is the ledger's to know.
"""

import hashlib
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

from resources.core.errors import MediaDamagedError, MediaError, MediaFullError, MediaLostError
from resources.core.files import atomic_write, clone, copy_hashed, is_marked, linked, mark, sha256_of
from resources.core.library.cache import Cache
from resources.core.library.full_disk import room
from resources.core.library.local_store import LocalStore
from resources.core.library.proofs import Proofs
from resources.core.library.results import Results
from resources.core.library.stores import LOG
from resources.core.settings import CACHE_GB, Settings, default_cache, is_local
from resources.core.values import Media

if TYPE_CHECKING:
    from resources.core.library.object_store import ObjectStore

_HINT = (
    "run the whole segment again: what was made here is made again, what was paid for is fetched from its provider "
    "again for $0; what neither brings back, restore from a backup of the library"
)


class Library(Results, Proofs):
    """A content-addressed store. Safe for several threads and processes at once: names are hashes, writes are renames.

    `root` is where files live; `cache` is a local folder for files of a remote root (unused for a local one), which
    keeps `cache_bytes` of them. `remote` is the store at a remote root, where it is opened already.
    `durable`: what is stored is on the disk before a call returns. False is for a rehearsal's, of which all can be made
    again for nothing; receipts are durable always.
    """

    def __init__(
        self,
        root: str | Path,
        cache: Path | None = None,
        *,
        durable: bool = True,
        cache_bytes: int = int(CACHE_GB * 1e9),
        remote: "ObjectStore | None" = None,
    ) -> None:
        local = is_local(str(root))
        if local:
            self._files = LocalStore(Path(str(root).rpartition("://")[2]), durable=durable)
        else:
            self._files = Cache(cache or default_cache(), limit=cache_bytes)
        self._remote = None if local else remote or _object_store(str(root))
        self._results, self._turns = {}, WeakValueDictionary()
        self._guard = threading.Lock()

    @classmethod
    def of(cls, settings: Settings, *, durable: bool = True) -> "Library":
        """The library that the settings name. All of one address in a process ask its server together."""
        size = int(settings.cache_gb * 1e9)
        remote = None if is_local(settings.library) else _shared_store(settings.library)
        remote = remote and remote.waited_for(settings.patience.store)
        return cls(settings.library, settings.cache, durable=durable, cache_bytes=size, remote=remote)

    # Media

    def put(self, path: Path, suffix: str | None = None) -> Media:
        """Store a file's content and return what it is known by. The file itself stays where it is.

        What is there already is compared by content (of a remote root by length), and replaced where it is damaged or
        short. Raises MediaError when the library cannot take it, as on a full disk; then nothing of it is left.
        """
        media = Media(sha256=sha256_of(path), suffix=(suffix or path.suffix).lower(), size=path.stat().st_size)
        self._store(media, lambda part: copy_hashed(path, part), lambda remote, name: remote.upload(name, path))
        return media

    def put_bytes(self, content: bytes, suffix: str) -> Media:
        """Store bytes; see `put`."""
        media = Media(sha256=hashlib.sha256(content).hexdigest(), suffix=suffix.lower(), size=len(content))

        def write(part: Path) -> str:
            part.write_bytes(content)
            return media.sha256

        self._store(media, write, lambda remote, name: remote.write(name, content))
        return media

    def has(self, media: Media) -> bool:
        """Whether the file is here and whole, as far as that is seen without reading it: by its length and its mark.

        Of a remote root, one request for the length, and none for some minutes after it was seen. A file that was
        written to is not here.
        """
        name = _name(media)
        if self._remote is None:
            return self._files.has(name, media)
        with self._able("look for a file", name):
            return self._remote.holds(name, media.size)

    def intact(self, media: Media) -> bool:
        """Whether the file is here and its content is what it was: to be asked before a purchase counts as delivered.

        Read once in the life of this library, then known by length, time and inode. Of a remote root, only what has
        been fetched can be read: the rest is as `has`, and read when it is fetched.
        """
        if self._remote is not None:
            return self.has(media)
        return self._files.intact(_name(media), media)

    def media_named(self, sha256: str, suffix: str) -> Media | None:
        """The file of that content, by its name alone; None where there is none. `path` says whether it is whole."""
        name = f"media/{sha256[:2]}/{sha256}{suffix}"
        with self._able("look for a file", name):
            if self._remote is not None:
                size = self._remote.size(name)
            else:
                path = self._files.at(name)
                size = path.stat().st_size if path.is_file() else None
        return None if size is None else Media(sha256=sha256, suffix=suffix, size=size)

    def path(self, media: Media) -> Path:
        """A local path to the content, verified by its hash: to be read, never to be written to.

        Raises MediaLostError when it is not in the library, MediaDamagedError when its content is not what it was: then
        `has` says False, so that the next run makes or fetches it again.
        """
        name = _name(media)
        with self._turn(name), self._able("read a file", name):
            if not self._files.intact(name, media):
                if self._remote is None:
                    raise self._damaged(media) if self._files.at(name).exists() else self._lost(media)
                with room("fetch a file", self._files.at(name), self.setting):
                    self._fetch(self._remote, name, media)
        return self._files.at(name)

    def address(self, media: Media) -> str:
        """Where the content lies: a `file:` address of this machine, verified as by `path`, or that of the server."""
        return self.path(media).as_uri() if self._remote is None else self._remote.at(_name(media))

    def find(self, sha256: str) -> Path | None:
        """A local path to the file with that content, whatever its suffix; None where there is none on this disk."""
        found = next((name for name in self._files.names(f"media/{sha256[:2]}") if sha256 in name), None)
        return self._files.at(found) if found else None

    def copy_to(self, media: Media, target: Path, *, beside: Path | None = None) -> Path:
        """Make `target` a file with this content that a person may open, keep and write to: the library never has it.

        Its blocks are shared with the library's where the file system can, until one is written to; else it is copied.
        A target that is as it was laid out before is left alone; whatever else is there is replaced, a hard link of an
        earlier version too. `beside`: another file of the person's that may have been laid out with this content; then
        both are one. Raises as `path`.
        """
        name = _name(media)
        if self._is_laid_out(target, media):
            return target
        shared = beside if beside is not None and self._is_laid_out(beside, media) else None
        source = shared or self.path(media)
        laid_out = f"lay out {target}"
        with (
            self._able(laid_out, name),
            room(laid_out, target, "NINJA_OUTPUT"),
            atomic_write(target, durable=False) as part,
        ):
            if shared is None or not linked(shared, part):
                clone(source, part)
                mark(part, media.sha256)
        return target

    def _is_laid_out(self, target: Path, media: Media) -> bool:
        source = self._files.at(_name(media))
        try:
            found = target.lstat()
            return (
                found.st_size == media.size
                and is_marked(found, media.sha256)
                and not target.is_symlink()
                and not (source.exists() and target.samefile(source))
            )
        except FileNotFoundError:
            return False

    def _store(self, media: Media, write: Callable[[Path], str], send: "Callable[[ObjectStore, str], None]") -> None:
        """Store what `write` writes. `send` sends it to a remote root from where it is: this machine's disk is full."""
        name, take = _name(media), f"take a file of {media.size / 1e6:.1f} MB"
        with self._turn(name), self._able(take, name):
            known = self._files.intact(name, media)
            if not known:
                try:
                    with room(take, self._files.at(name), self.setting):
                        self._files.put(name, media, write)
                except MediaFullError:
                    if self._remote is None:
                        raise
                    LOG.warning("%s has no room: %s is in the library alone", self._files.root, name)
                    send(self._remote, name)
                    return
            # What this machine never had is new, as a rule: it is sent without asking, which is two requests less.
            if self._remote is not None and not (known and self._remote.holds(name, media.size)):
                self._remote.upload(name, self._files.at(name))

    def near(self, size: int) -> Path:
        """The local folder in which files lie; that of a remote root has room for so many bytes, if it can be made."""
        if isinstance(self._files, Cache):
            self._files.make_room(size)
        return self._files.root

    @property
    def setting(self) -> str:
        """What names the folder in which files lie on this machine."""
        return "NINJA_LIBRARY" if self._remote is None else "NINJA_CACHE"

    def _fetch(self, remote: "ObjectStore", name: str, media: Media) -> None:
        """Bring a remote file into the local folder, whole. A damaged one is set aside, so that it is made anew."""

        def download(part: Path) -> str:
            remote.download(name, part)
            return sha256_of(part)

        for _ in range(2):  # what is broken on its way is asked for once more
            try:
                self._files.put(name, media, download)
                return
            except FileNotFoundError:
                raise self._lost(media) from None
            except MediaError:
                if remote.size(name) != media.size:  # an upload of an earlier version that broke off
                    raise self._lost(media) from None
        aside = remote.set_aside(name)
        LOG.warning("%s is damaged: it is now %s", remote.at(name), aside)
        raise self._damaged(media)

    def _damaged(self, media: Media) -> MediaDamagedError:
        return MediaDamagedError(
            f"a file of the library is damaged: {media.sha256[:12]}…{media.suffix}",
            where=self._where(_name(media)),
            why="its content is not what its name says: something has written to it",
            hint=_HINT,
        )

    def _lost(self, media: Media) -> MediaLostError:
        return MediaLostError(
            f"a file is missing from the library: {media.sha256[:12]}…{media.suffix}",
            where=self._where(_name(media)),
            hint=_HINT,
        )


def _object_store(url: str) -> "ObjectStore":
    from resources.core.library.object_store import ObjectStore  # noqa: PLC0415  (0.2 s that a folder does not need)

    return ObjectStore(url)


def _shared_store(url: str) -> "ObjectStore":
    from resources.core.library.object_store import shared_store  # noqa: PLC0415  (as above)

    return shared_store(url, "NINJA_LIBRARY")


def _name(media: Media) -> str:
    return f"media/{media.sha256[:2]}/{media.sha256}{media.suffix}"
