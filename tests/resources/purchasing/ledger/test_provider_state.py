"""Uploads that are still good, and providers that take no new requests."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from resources.purchasing.ledger import Ledger
from tests.resources.purchasing.ledger.helpers import NOON, Clock

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
    assert set(ledger.contents_of(["https://cdn.test/1", "https://cdn.test/2"])) == {
        "https://cdn.test/1",
        "https://cdn.test/2",
    }


def test_a_lock_is_remembered_for_every_process_until_it_is_taken_away(opened: Opener) -> None:
    first, second = opened(), opened()
    first.lock_provider("fal", "User is locked. Reason: Exhausted balance")
    assert second.locked("fal") == "User is locked. Reason: Exhausted balance"
    assert second.locked("elevenlabs") is None
    second.unlock_provider("fal")
    second.unlock_provider("fal")
    assert first.locked("fal") is None
