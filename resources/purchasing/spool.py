"""Proof of money that the ledger could not be told: kept as a small file in the library.

An acceptance or a delivery that was heard of is never dropped. `replay` tells them to the ledger when it opens again; a
record that the ledger knows already changes nothing, so one that is replayed twice does no harm.
"""

import logging
from collections.abc import Sequence
from typing import Self
from uuid import uuid4

from pydantic import Field, JsonValue, ValidationError

from resources.core.errors import LedgerError, MediaError
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
    """What one library keeps until the ledger can be told."""

    def __init__(self, library: Library) -> None:
        self._library = library

    def keep(self, delivery: Delivery) -> str | None:
        """Write a delivery down, on the disk for certain; returns where, or None where nothing can be written."""
        try:
            return self._library.spool(f"{uuid4().hex}.json", delivery.model_dump_json().encode())
        except MediaError as error:
            LOG.warning("%s cannot be kept: %s", delivery.request_id or "a delivery", error)
            return None

    def replay(self, ledger: Ledger) -> int:
        """Tell the ledger everything that is kept; returns how many. What it cannot take now stays, with a warning."""
        told = 0
        for name, content in self._library.spooled():
            try:
                Delivery.model_validate_json(content).record(ledger)
            except (LedgerError, ValidationError) as error:
                LOG.warning("%s: %s", name, error)
                if isinstance(error, ValidationError) or error.retryable:
                    continue
            self._library.drop_spooled(name)
            told += 1
        return told
