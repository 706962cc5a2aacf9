"""Uploads that are still good, and providers that take no new requests."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from resources.core.errors import Charge, StudioError
from resources.models.prices.billing import told_usd
from resources.purchasing.ledger import ClaimKind, Ledger
from tests.resources.purchasing.ledger.helpers import NOON, URLS, Clock, buy, media, purchase

Opener = Callable[..., Ledger]
SHA = "a" * 64
TOMORROW = datetime.fromtimestamp(NOON, UTC) + timedelta(days=1)


def test_an_upload_is_offered_until_it_expires(ledger: Ledger, clock: Clock) -> None:
    assert ledger.upload(SHA, "fal") is None
    stored = ledger.remember_upload(SHA, "fal", "https://cdn.test/1", TOMORROW)
    assert ledger.upload(SHA, "fal") == stored
    assert (stored.uploaded_at, stored.expires_at) == (datetime.fromtimestamp(NOON, UTC), TOMORROW)
    assert ledger.upload(SHA, "other") is None
    assert ledger.upload(SHA, "fal", spare_seconds=86401) is None
    clock.now += 86400
    assert ledger.upload(SHA, "fal") is None


def test_an_upload_without_an_end_stays(ledger: Ledger, clock: Clock) -> None:
    ledger.remember_upload(SHA, "fal", "https://cdn.test/1", None)
    clock.now += 10 * 365 * 86400
    assert ledger.upload(SHA, "fal") is not None


def test_a_refused_upload_is_forgotten_but_its_address_still_finds_old_requests(ledger: Ledger) -> None:
    ledger.remember_upload(SHA, "fal", "https://cdn.test/1", TOMORROW)
    ledger.forget_upload(SHA, "fal")
    assert ledger.upload(SHA, "fal") is None
    ledger.remember_upload(SHA, "fal", "https://cdn.test/2", TOMORROW)
    newest = ledger.upload(SHA, "fal")
    assert newest is not None
    assert newest.url == "https://cdn.test/2"
    assert [item.url for item in ledger.uploads(SHA, "fal")] == ["https://cdn.test/2", "https://cdn.test/1"]


def test_a_locked_account_stops_new_requests_in_every_process_and_nothing_else(opened: Opener) -> None:
    first, second = opened(), opened()
    buy(first, purchase("bought"), request_id="r1")
    under_way = first.claim(purchase("under way"))
    first.sending(under_way)
    attached = first.submitted(under_way, "r2", *URLS)
    about_to = second.claim(purchase("about to be sent"))
    first.lock_provider("fal", "User is locked. Reason: Exhausted balance")

    attempts: list[Callable[[], object]] = [
        lambda: second.claim(purchase("new")),
        lambda: second.sending(about_to),
    ]
    for attempt in attempts:
        with pytest.raises(StudioError, match="fal takes no new requests") as refusal:
            attempt()
        assert refusal.value.why == "User is locked. Reason: Exhausted balance"
        assert "ninja ledger unlock fal" in str(refusal.value.mend)
        assert refusal.value.charge is Charge.NONE
    assert second.claim(purchase("bought")).kind is ClaimKind.REUSE
    assert second.claim(purchase("voice", provider="elevenlabs")).kind is ClaimKind.SEND
    first.collected(attached, media=media(), billed=told_usd(1))


def test_a_lock_ends_by_itself_or_by_command(ledger: Ledger, clock: Clock) -> None:
    ledger.lock_provider("fal", "locked", seconds=300)
    clock.now += 299
    assert ledger.locked("fal") == "locked"
    ledger.lock_provider("fal", "still locked", seconds=300)
    clock.now += 299
    assert ledger.locked("fal") == "still locked"
    clock.now += 1
    assert ledger.locked("fal") is None
    assert ledger.claim(purchase()).kind is ClaimKind.SEND
    ledger.lock_provider("fal", "locked")
    ledger.unlock_provider("fal")
    ledger.unlock_provider("fal")
    assert ledger.claim(purchase("next")).kind is ClaimKind.SEND
