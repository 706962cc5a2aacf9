"""Proof of money that the ledger could not be told: kept as a small file, on this disk and in the library.

An acceptance or a delivery that was heard of is never dropped. `replay` tells them to the ledger when it opens again; a
record that the ledger knows already changes nothing, so one that is replayed twice does no harm.
"""

import logging
import os
from collections.abc import Iterator, Sequence
from typing import Self
from uuid import uuid4

from pydantic import Field, JsonValue, ValidationError
from upath import UPath

from resources.core.errors import LedgerError
from resources.core.library import Library
from resources.core.values import Media, Value
from resources.purchasing.ledger import Claim, Entry, Ledger

LOG = logging.getLogger("ninja.ledger")


class Delivery(Value):
    """What a provider took (`media` is None) or delivered, as it is told to the ledger. Dollars are US dollars."""

    claim: Claim
    request_id: str | None = None
    urls: tuple[str, ...] = ()
    media: Media | None = None
    cost_usd: float = 0.0
    seconds: float | None = None
    billed_units: float | None = None
    facts: dict[str, JsonValue] = Field(default_factory=dict)

    @classmethod
    def accepted(cls, claim: Claim, request_id: str, urls: Sequence[str]) -> Self:
        """An acceptance, with the provider's addresses of the request."""
        return cls(claim=claim, request_id=request_id, urls=tuple(urls))

    def record(self, ledger: Ledger) -> Entry:
        """Tell it to the ledger. Raises as `Ledger.submitted` and `Ledger.collected` do."""
        if self.media is None:
            return ledger.submitted(self.claim, self.request_id or "", *self.urls).entry
        return ledger.collected(
            self.claim,
            media=self.media,
            cost_usd=self.cost_usd,
            seconds=self.seconds,
            billed_units=self.billed_units,
            request_id=self.request_id,
            facts=self.facts,
        )


class Spool:
    """The files of one library's spool."""

    def __init__(self, library: Library) -> None:
        self._folders = (library.root / "spool",)

    def keep(self, delivery: Delivery) -> str | None:
        """Write a delivery down, on the disk for certain; returns where, or None where nothing can be written."""
        name = f"{uuid4().hex}.json"
        for folder in self._folders:
            try:
                folder.mkdir(parents=True, exist_ok=True)
                with (folder / name).open("wb") as file:
                    file.write(delivery.model_dump_json().encode())
                    file.flush()
                    if hasattr(file, "fileno"):
                        os.fsync(file.fileno())
            except OSError as error:
                LOG.warning("%s cannot be spooled to %s: %s", delivery.request_id or "a delivery", folder, error)
            else:
                return str(folder / name)
        return None

    def replay(self, ledger: Ledger) -> int:
        """Tell the ledger everything that is kept; returns how many. One that is refused stays, with a warning."""
        told = 0
        for path, delivery in self._kept():
            try:
                delivery.record(ledger)
            except LedgerError as error:
                LOG.warning("%s: %s", path, error)
                if error.retryable:
                    continue
            path.unlink()
            told += 1
        return told

    def _kept(self) -> Iterator[tuple[UPath, Delivery]]:
        for folder in self._folders:
            if not folder.exists():
                continue
            for path in sorted(folder.iterdir(), key=str):
                try:
                    yield path, Delivery.model_validate_json(path.read_bytes())
                except (ValidationError, OSError) as error:
                    LOG.warning("%s cannot be read: %s", path, error)
