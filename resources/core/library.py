"""The library: every media file once, by content, and the recipes that say what was made from what.

A folder by default; `s3://…` or any other fsspec address by setting (`UPath`). Files are written to a temporary name
and renamed, so a reader never sees half of one. A recipe is a small JSON document under the hash of its inputs:
equal inputs find the finished result again instead of making it twice. Paid results are the ledger's to find; their
files still live here.
"""

import hashlib
import json
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

from pydantic import BaseModel, ValidationError
from upath import UPath

from resources.core.errors import MediaError
from resources.core.values import Media

_BLOCK = 1 << 20  # bytes read at a time when hashing

ValueT = TypeVar("ValueT", bound=BaseModel)


def sha256_of(path: Path) -> str:
    """The sha256 of a file's content, in hex."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def recipe_key(kind: str, **inputs: Any) -> str:
    """A key for a recipe: the hash of its kind and its JSON-able inputs, independent of their order."""
    document = json.dumps({"kind": kind, "inputs": inputs}, sort_keys=True, separators=(",", ":"), default=_plain)
    return hashlib.sha256(document.encode()).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if isinstance(value, Path):
        return value.as_posix()
    raise TypeError(f"{type(value).__name__} cannot be part of a recipe")


class Library:
    """A content-addressed store. Safe for several threads and processes at once: names are hashes, writes are renames.

    `root` is where files live; `cache` is a local folder for files of a remote root (unused for a local one).
    """

    def __init__(self, root: str | Path, cache: Path | None = None) -> None:
        self.root = UPath(root)
        self._local = self.root.protocol in ("", "file")
        self._cache = cache or Path(tempfile.gettempdir()) / "ninja-library-cache"

    def put(self, path: Path, suffix: str | None = None) -> Media:
        """Store a file's content and return what it is known by. The file itself stays where it is."""
        media = Media(sha256=sha256_of(path), suffix=(suffix or path.suffix).lower(), size=path.stat().st_size)
        target = self._at(media)
        if not target.exists():
            self._publish(path, target)
        return media

    def put_bytes(self, content: bytes, suffix: str) -> Media:
        """Store bytes; see `put`."""
        with tempfile.TemporaryDirectory(prefix="ninja-") as folder:
            path = Path(folder) / f"content{suffix}"
            path.write_bytes(content)
            return self.put(path)

    def has(self, media: Media) -> bool:
        """Whether the file is here, with its whole length."""
        target = self._at(media)
        return bool(target.exists()) and target.stat().st_size == media.size

    def path(self, media: Media) -> Path:
        """A local path to the content, read-only by convention. Raises MediaError when it is not in the library."""
        target = self._at(media)
        if not self.has(media):
            raise MediaError(
                f"a file is missing from the library: {media.sha256[:12]}…{media.suffix}",
                where=str(target),
                mend="restore the library's folder from a backup; what was made offline is made again by itself",
            )
        if self._local:
            return Path(str(target))
        copy = self._cache / target.parent.name / target.name
        if not copy.exists() or copy.stat().st_size != media.size:
            copy.parent.mkdir(parents=True, exist_ok=True)
            part = copy.with_name(f"{copy.name}.{uuid4().hex}.part")
            with target.open("rb") as source, part.open("wb") as sink:
                shutil.copyfileobj(source, sink)
            part.replace(copy)
        return copy

    def link(self, media: Media, target: Path) -> Path:
        """Make `target` show the content: a hard link where the file system can, else a copy."""
        source = self.path(media)
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.exists() and target.samefile(source):
            return target
        part = target.with_name(f".{target.name}.{uuid4().hex}.part")
        try:
            os.link(source, part)
        except OSError:  # another file system, or one without hard links
            shutil.copyfile(source, part)
        part.replace(target)
        return target

    def remember(self, key: str, value: BaseModel) -> None:
        """Write down the result of a recipe."""
        with tempfile.TemporaryDirectory(prefix="ninja-") as folder:
            path = Path(folder) / "recipe.json"
            path.write_text(value.model_dump_json(), encoding="utf-8")
            self._publish(path, self._recipe(key))

    def recall(self, key: str, kind: type[ValueT]) -> ValueT | None:
        """The result of a recipe, or None when it was never made, has another shape now, or a file of it is gone."""
        document = self._recipe(key)
        try:
            value = kind.model_validate_json(document.read_text(encoding="utf-8"))
        except (FileNotFoundError, ValidationError):
            return None
        return value if all(self.has(media) for media in media_of(value)) else None

    def _publish(self, path: Path, target: UPath) -> None:
        target.parent.mkdir(parents=True, exist_ok=True)
        if self._local:
            part = Path(f"{target}.{uuid4().hex}.part")
            shutil.copyfile(path, part)
            part.replace(str(target))
        else:  # object stores publish a whole object at once
            with path.open("rb") as source, target.open("wb") as sink:
                shutil.copyfileobj(source, sink)

    def _at(self, media: Media) -> UPath:
        return self.root / "media" / media.sha256[:2] / f"{media.sha256}{media.suffix}"

    def _recipe(self, key: str) -> UPath:
        return self.root / "recipes" / key[:2] / f"{key}.json"


def media_of(value: Any) -> list[Media]:
    """Every Media inside a typed value, at any depth."""
    if isinstance(value, Media):
        return [value]
    if isinstance(value, BaseModel):
        return [media for name in type(value).model_fields for media in media_of(getattr(value, name))]
    if isinstance(value, (tuple, list)):
        return [media for item in value for media in media_of(item)]
    if isinstance(value, dict):
        return [media for item in value.values() for media in media_of(item)]
    return []
