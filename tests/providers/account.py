"""What was bought and what was asked, so that a test can say: each distinct purchase once, nothing paid left unused.

A purchase is any accepted request that makes something: a fal submit or run, an ElevenLabs generation. Its `content`
is the canonical form of the request, with every media URL replaced by the content's sha256, so that the same order
sent twice is counted twice under one `key`.
"""

import hashlib
import json
import threading
import time
from collections import Counter
from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class Purchase(BaseModel):
    """One accepted purchase. Times are the server's clock, in Unix seconds."""

    model_config = ConfigDict(extra="forbid")

    provider: str
    endpoint: str
    request_id: str
    key: str
    content: dict[str, Any]
    at: float
    webhook: str | None = None  # the address that fal would tell of its end
    cost_usd: float = 0.0  # what it cost in the end; 0 for a failed or cancelled one
    billed_units: float = 0.0
    ended: str = ""  # "", ok, failed, cancelled
    delivered: int = 0  # times its file was sent whole
    polls: list[float] = Field(default_factory=list)  # monotonic times of status requests
    cancels: int = 0

    @property
    def closest_polls(self) -> float:
        """The shortest time between two status requests, in seconds."""
        pairs = zip(self.polls, self.polls[1:], strict=False)
        return min((later - earlier for earlier, later in pairs), default=float("inf"))


class Report(BaseModel):
    """The account as a test reads it."""

    model_config = ConfigDict(extra="forbid")

    purchases: list[Purchase]
    requests: dict[str, int]  # step -> how many were answered (a dropped one is not)
    bytes_in: int
    bytes_out: int
    spent_usd: float
    balance_usd: float

    def of(self, provider: str) -> list[Purchase]:
        """The purchases at one provider."""
        return [purchase for purchase in self.purchases if purchase.provider == provider]

    def counts(self) -> Counter[str]:
        """How often each distinct purchase was accepted."""
        return Counter(purchase.key for purchase in self.purchases)

    def twice(self) -> list[Purchase]:
        """Every purchase that was accepted more than once."""
        counts = self.counts()
        return [purchase for purchase in self.purchases if counts[purchase.key] > 1]

    def unused(self) -> list[Purchase]:
        """What cost money and whose file was never sent whole."""
        return [purchase for purchase in self.purchases if purchase.cost_usd > 0 and not purchase.delivered]


def purchase_key(provider: str, endpoint: str, content: dict[str, Any]) -> str:
    """The hash of a purchase's canonical form."""
    document = json.dumps([provider, endpoint, content], sort_keys=True)
    return hashlib.sha256(document.encode()).hexdigest()


class Clock:
    """The server's clock. It can be moved on, so that media and results expire at once."""

    def __init__(self) -> None:
        self._ahead = 0.0

    def now(self) -> float:
        """Unix seconds."""
        return time.time() + self._ahead

    def advance(self, seconds: float) -> None:
        """Move the clock on."""
        self._ahead += seconds


class Account:
    """Counts purchases, requests and bytes. Safe for several threads."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.purchases: list[Purchase] = []
        self._requests: Counter[str] = Counter()
        self._bytes_in = 0
        self._bytes_out = 0

    def count(self, step: str, received: int, sent: int) -> None:
        """An answered request of a step."""
        with self.lock:
            self._requests[step] += 1
            self._bytes_in += received
            self._bytes_out += sent

    def accept(self, purchase: Purchase) -> Purchase:
        """Write a purchase down."""
        with self.lock:
            self.purchases.append(purchase)
        return purchase

    def deliver(self, purchase: Purchase) -> None:
        """A purchase's file went out whole."""
        with self.lock:
            purchase.delivered += 1

    def spent(self, provider: str | None = None) -> float:
        """Dollars spent so far."""
        with self.lock:
            return sum(one.cost_usd for one in self.purchases if provider in (None, one.provider))

    def report(self, balance_usd: float) -> Report:
        """A copy of everything."""
        with self.lock:
            return Report(
                purchases=[one.model_copy(deep=True) for one in self.purchases],
                requests=dict(self._requests),
                bytes_in=self._bytes_in,
                bytes_out=self._bytes_out,
                spent_usd=self.spent(),
                balance_usd=balance_usd,
            )
