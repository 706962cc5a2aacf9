"""Ledgers on the database of a test."""

from collections.abc import Callable, Iterator

import pytest

from resources.content.show import Caps
from resources.purchasing.ledger import Ledger
from tests.resources.purchasing.ledger.helpers import CAPS, Clock

Opener = Callable[..., Ledger]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def opened(url: str, clock: Clock) -> Iterator[Opener]:
    """Opens further ledgers on the same database: each stands for a process."""
    ledgers: list[Ledger] = []

    def opener(caps: Caps | None = CAPS, lease_seconds: float = 60.0) -> Ledger:
        ledgers.append(Ledger(url, caps=caps, lease_seconds=lease_seconds, clock=clock))
        return ledgers[-1]

    yield opener
    for ledger in ledgers:
        ledger.close()


@pytest.fixture
def ledger(opened: Opener) -> Ledger:
    return opened()
