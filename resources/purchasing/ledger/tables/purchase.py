"""A purchase as a typed value: exactly what would be paid for, and the key under which it is paid for once.

No database and no provider here. A secret can not get into a purchase: what looks like one is refused before it could
be stored.
"""

import hashlib
import json
import math
import os
import re
import unicodedata
from collections.abc import Mapping
from typing import Self

from pydantic import Field, JsonValue, model_validator

from resources.core.errors import LedgerError
from resources.core.settings import ELEVENLABS_KEYS, FAL_KEYS
from resources.core.text.json_strings import changed
from resources.core.values import Cell, Value
from resources.models.prices import Estimate

_SECRET_NAME = re.compile(r"(^|[_-])(api[_-]?key|key|secret|token|authorization|password|credentials?)$", re.IGNORECASE)
# An address, and no word that only begins like one ("data:", "file:1"): words are told by the gate, not refused here.
_URL = re.compile(r"(https?|ftp|file|s3|gs)://\S+|data:[^\s,]*,\S*", re.IGNORECASE)
# Where the providers' keys come from: their values never reach the ledger.
SECRET_VARIABLES = (*FAL_KEYS, "FAL_KEY_SECRET", *ELEVENLABS_KEYS)


class Purchase(Value):
    """One paid request that an asset wants made.

    `arguments` are the request's own, with `sha256:<hex>` in the place of each media URL: equal content
    is an equal purchase, whatever its address. `estimate` is what it is agreed to cost, in US dollars.
    Raises LedgerError for arguments with a URL or with anything that looks like a secret.

    `sources` says what files were made from, where a tool made them: content name -> what of a person's or a
    provider's it was made of, and how. `given` is what a person gave for it, part by part, as digests; it is no part of
    the key.
    """

    provider: str = Field(min_length=1, max_length=40)  # fal, elevenlabs
    endpoint: str = Field(min_length=1, max_length=200)
    asset: str = Field(min_length=1, max_length=80)  # the asset that buys, such as speaker_clips
    cell: Cell
    arguments: dict[str, JsonValue]
    sources: dict[str, str] = Field(default_factory=dict)
    given: dict[str, str] = Field(default_factory=dict)
    take: int = Field(1, ge=1)
    estimate: Estimate

    @model_validator(mode="after")
    def _holds_no_address_and_no_secret(self) -> Self:
        _check(self.arguments, "arguments", secrets())
        return self

    @property
    def key(self) -> str:
        """The sha256 of provider, endpoint, arguments and take: not of the cell, the mode or the price.

        Files that a tool made count as what they were made from, so that another version of the tool, or another
        machine, finds what was bought; words count without what nobody reads (`plain_text`).
        """
        return self._hashed(changed(self.arguments, lambda text: self.sources.get(text) or plain_text(text)))

    @property
    def legacy_key(self) -> str:
        """The key of earlier versions: by the very files and words that are sent."""
        return self._hashed(self.arguments)

    def _hashed(self, arguments: Mapping[str, JsonValue]) -> str:
        document = {
            "provider": self.provider,
            "endpoint": self.endpoint,
            "arguments": arguments,
            "take": self.take,
        }
        text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
        return hashlib.sha256(text.encode()).hexdigest()


def plain_text(text: str) -> str:
    """Words as a key holds them: NFC, every run of white space one blank, none at the ends."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def secrets() -> tuple[str, ...]:
    """The values of the providers' keys in this process's environment."""
    found = (os.environ.get(name, "").strip() for name in SECRET_VARIABLES)
    return tuple(value for value in found if len(value) >= 6)  # a shorter one is a placeholder, not a key


def scrubbed(text: str) -> str:
    """`text` without the value of any provider key, and without NUL, which PostgreSQL refuses."""
    return _scrubbed(text, secrets())


def scrubbed_json(value: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """An object with `scrubbed` applied to every string, names included, and null for numbers that JSON has not."""
    known = secrets()

    def clean(value: JsonValue) -> JsonValue:
        if isinstance(value, str):
            return _scrubbed(value, known)
        if isinstance(value, float) and not math.isfinite(value):
            return None
        if isinstance(value, list):
            return [clean(item) for item in value]
        return (
            {_scrubbed(name, known): clean(item) for name, item in value.items()} if isinstance(value, dict) else value
        )

    return {_scrubbed(name, known): clean(item) for name, item in value.items()}


def _scrubbed(text: str, known: tuple[str, ...]) -> str:
    for secret in known:
        text = text.replace(secret, "[secret]")
    return text.replace("\x00", "")


def _check(value: JsonValue, place: str, known: tuple[str, ...]) -> None:
    if isinstance(value, dict):
        for name, item in value.items():
            if _SECRET_NAME.search(name):
                raise LedgerError(f"{place}.{name} looks like a secret", why="a purchase is stored as it is")
            _check(item, f"{place}.{name}", known)
    elif isinstance(value, list):
        for number, item in enumerate(value):
            _check(item, f"{place}[{number}]", known)
    elif isinstance(value, str):
        if any(secret in value for secret in known):
            raise LedgerError(f"{place} holds a provider's key", why="a purchase is stored as it is")
        if _URL.fullmatch(value):
            raise LedgerError(
                f"{place} is a URL",
                why="an address changes with each upload: in a key it would buy the same thing again",
                hint="name the file by its content: sha256:…",
            )
