"""The results of recipes: equal inputs find a finished result again instead of making it twice."""

import hashlib
import json
import threading
from abc import abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Generic, NamedTuple, TypeVar
from weakref import WeakValueDictionary

from pydantic import BaseModel, ValidationError

from resources.core.library.stores import Stores
from resources.core.recipes import Recipe
from resources.core.values import Media

ValueT = TypeVar("ValueT", bound=BaseModel)


class Kept(NamedTuple, Generic[ValueT]):
    """The result of a recipe, and whether it was found: then nothing was made now."""

    value: ValueT
    reused: bool


def recipe_key(kind: Recipe, **inputs: Any) -> str:
    """A key for a recipe: the hash of its kind and its JSON-able inputs, independent of their order."""
    document = json.dumps({"kind": kind, "inputs": inputs}, sort_keys=True, separators=(",", ":"), default=_plain)
    return hashlib.sha256(document.encode()).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if isinstance(value, Path):
        return value.as_posix()
    raise TypeError(f"{type(value).__name__} cannot be part of a recipe")


class Results(Stores):
    """What was made from what, by the keys of recipes."""

    _results: dict[str, bytes]  # by the keys of recipes: of a remote root, a result is asked for once
    _turns: WeakValueDictionary[str, threading.Lock]  # forgotten when nobody waits
    _guard: threading.Lock

    @abstractmethod
    def has(self, media: Media) -> bool:
        """Whether a file of a result is here."""

    def memo(self, key: str, kind: type[ValueT], make: Callable[[], ValueT]) -> Kept[ValueT]:
        """The result of a recipe: recalled, else made and remembered.

        Of several threads that ask for one key, one makes and the others wait. Of several processes each may make it;
        all then have the result that was remembered first. `make` puts its media into this library and may ask for
        other recipes. What it raises is not remembered.
        """
        with self._turn(key):
            found = self.recall(key, kind)
            if found is not None:
                return Kept(found, reused=True)
            made = make()
            if (first := self._remembered_before(key, made)) is not None:
                return Kept(first, reused=False)
            return Kept(made, reused=False)

    def _remembered_before(self, key: str, made: ValueT) -> ValueT | None:
        """Remember a result; what another process remembered meanwhile comes first, and is returned."""
        document = made.model_dump_json().encode()
        with self._able("remember a result", _recipe(key)):
            if self._documents.create(_recipe(key), document):
                self._know(key, document)
                return None
        first = self.recall(key, type(made))
        if first is None:  # a result of another shape, or without its files
            self.remember(key, made)
        return first

    def remember(self, key: str, value: BaseModel) -> None:
        """Write down the result of a recipe, over one that is there. Where nothing comes between, use `memo`."""
        document = value.model_dump_json().encode()
        with self._able("remember a result", _recipe(key)):
            self._documents.write(_recipe(key), document)
        self._know(key, document)

    def recall(self, key: str, kind: type[ValueT]) -> ValueT | None:
        """The result of a recipe, or None when it was never made, has another shape now, or a file of it is gone."""
        known = self._results.pop(key, None)
        with self._able("look for a result", _recipe(key)):
            document = known or self._documents.read(_recipe(key))
        if document is None:
            return None
        try:
            value = kind.model_validate_json(document)
        except ValidationError:
            return None
        if not all(self.has(media) for media in media_of(value)):
            return None
        self._know(key, document)
        return value

    def _know(self, key: str, document: bytes) -> None:
        if self._remote is not None:
            self._results[key] = document

    @contextmanager
    def _turn(self, key: str) -> Iterator[None]:
        """One thread at a time for a key."""
        with self._guard:
            turn = self._turns.setdefault(key, threading.Lock())
        with turn:
            yield


def _recipe(key: str) -> str:
    return f"recipes/{key[:2]}/{key}.json"


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
