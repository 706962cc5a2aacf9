"""A notice is told once at each address, by whoever comes first; one that could not be sent is told again."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from resources.purchasing.ledger.tables.store import Store
from resources.purchasing.state.sent_notices import Notices
from resources.purchasing.state.state import ShowState


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    with closing(Store(url)) as opened:
        yield opened


def test_an_event_is_told_once_at_each_address_of_each_show(store: Store) -> None:
    notices, other = (Notices(ShowState(store, show)) for show in ("show", "other"))
    for each, event, address, first in (
        (notices, "failed", "a", True),
        (notices, "failed", "a", False),
        (notices, "failed", "b", True),
        (notices, "waits", "a", True),
        (other, "failed", "a", True),
    ):
        with each.notifying(event, address) as mine:
            assert mine is first
    assert notices.notified("failed", "a")
    assert not notices.notified("failed", "c")


def test_it_counts_as_told_before_it_is_sent_and_not_where_that_failed(store: Store) -> None:
    first, second = (Notices(ShowState(store, "show")) for _ in range(2))

    def refused() -> None:
        with first.notifying("failed", "a") as mine:
            assert mine
            with second.notifying("failed", "a") as twice:
                assert not twice
            raise ConnectionError

    with pytest.raises(ConnectionError):
        refused()
    assert not first.notified("failed", "a")
    with second.notifying("failed", "a") as mine:
        assert mine
