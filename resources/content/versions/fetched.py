"""The folder of a show at an address (`s3://bucket/show`) is fetched: at each look, what has changed there.

Hidden files are not fetched. Which folder is one that is fetched, `resources.core.copied_folders` knows.
"""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Final

from filelock import FileLock

from resources.core.copied_folders import FETCHED_FILE, is_fetched, origin_of
from resources.core.errors import ContentError
from resources.core.files import atomic_write, write_text

if TYPE_CHECKING:
    from resources.core.library.object_store import ObjectStore

_LOCK: Final = ".fetching.lock"
_SETTING: Final = "NINJA_SHOW"


def fetch(folder: Path) -> None:
    """Make a folder that is fetched what its address is now; nothing happens to any other folder.

    Raises ContentError where that cannot be, MediaError for an address at which nothing can be.
    """
    address = origin_of(folder) if is_fetched(folder) else None
    if address is None:
        return
    from resources.core.library.object_store import ObjectStore  # noqa: PLC0415  (0.2 s that a folder does not need)

    try:
        with FileLock(folder / _LOCK):
            _make_equal(folder, ObjectStore(address, setting=_SETTING))
    except OSError as error:
        raise ContentError(
            "the show cannot be fetched",
            where=address,
            why=str(error),
            hint=f"mend the connection or the rights there, or correct {_SETTING}, and run again",
            retryable=True,
        ) from error


def _make_equal(folder: Path, store: "ObjectStore") -> None:
    index = folder / FETCHED_FILE
    before = json.loads(index.read_text(encoding="utf-8"))
    now = {name: mark for name, mark in store.marks().items() if not _is_hidden(name)}
    for name, mark in now.items():
        if before.get(name) != mark or not (folder / name).is_file():
            with atomic_write(folder / name, durable=False) as part:
                store.download(name, part)
    for name in before.keys() - now.keys():
        (folder / name).unlink(missing_ok=True)
    if now != before:
        write_text(index, json.dumps(now, sort_keys=True))


def _is_hidden(name: str) -> bool:
    return any(part.startswith(".") for part in name.split("/"))
