"""Finished files under people's names in a place that others read, such as `s3://studio/episodes`.

What was published there before and is as it was is not sent again; what is no longer part of it is taken away.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from pydantic import TypeAdapter, ValidationError

from resources.core.errors import MediaError, without_login
from resources.core.files import sha256_of
from resources.core.settings import OF_A_COMMAND

LIST: Final = ".published.json"  # what was published: name -> sha256
_LIST: Final = TypeAdapter(dict[str, str])


def publish(files: Mapping[str, Path], address: str, folder: str, *, patience: float = OF_A_COMMAND.store) -> str:
    """Send files, by the names that they get below `folder` of an fsspec address; returns where they are, to be shown.

    `patience`: seconds for which a server that is away is waited for.

    Raises MediaError where the place is missing, cannot be reached, or a file did not arrive whole.
    """
    from resources.core.library.object_store import ObjectStore  # noqa: PLC0415  (0.2 s that only publishing needs)

    place = f"{without_login(address)}/{folder}"
    try:
        store = ObjectStore(address, setting="NINJA_PUBLISH").waited_for(patience)
        before = _published(store.read(f"{folder}/{LIST}"))
        wanted = {name: sha256_of(path) for name, path in files.items()}
        # A list that names less than there is costs an upload; one that names more would leave a file out for ever.
        kept = {name: sha256 for name, sha256 in before.items() if wanted.get(name) == sha256}
        if kept != before:
            store.write(f"{folder}/{LIST}", _LIST.dump_json(kept))
        for name in wanted.keys() - kept.keys():
            store.upload(f"{folder}/{name}", files[name])
        for name in before.keys() - wanted.keys():
            store.delete(f"{folder}/{name}")
        if kept != wanted:
            store.write(f"{folder}/{LIST}", _LIST.dump_json(wanted))
    except OSError as error:
        raise MediaError(
            "the episode cannot be published",
            where=place,
            why=str(error),
            hint="make room, or mend the connection or the rights, and run again",
            retryable=True,
        ) from error
    return place


def _published(content: bytes | None) -> dict[str, str]:
    try:
        return _LIST.validate_json(content) if content else {}
    except ValidationError:
        return {}
