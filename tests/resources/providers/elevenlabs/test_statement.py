"""ElevenLabs' own history held against the ledger: both ways, and to the credit."""

from collections.abc import Collection, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from resources.core.errors import Charge, StudioError
from resources.providers.elevenlabs.api import ElevenLabsClient
from resources.providers.elevenlabs.statement import statement
from resources.purchasing.accounts.reconciler import AccountBooks, Listed, reconcile
from resources.purchasing.ledger import Ledger, Purchase, State
from tests.providers.client import Providers
from tests.resources.providers.elevenlabs.conftest import Studios, order


def books(providers: Providers, ledger: Ledger, *planned: Purchase) -> AccountBooks:
    """The books of the last day, as they are in two hours."""

    def plan(_: Collection[Listed]) -> Iterable[Purchase]:
        return planned

    now = datetime.now(UTC)
    since = now - timedelta(days=1)
    listed = statement(ElevenLabsClient.open(providers.elevenlabs_key, providers.base_url), since)
    return reconcile(ledger, listed, since=since, until=now + timedelta(hours=2), planned=plan)


def speak(providers: Providers, text: str) -> None:
    """A line that this program did not send."""
    httpx.post(
        f"{providers.base_url}/v1/text-to-speech/voiceNinja01/with-timestamps",
        json={"text": text, "model_id": "eleven_v3"},
        headers={"xi-api-key": providers.elevenlabs_key},
    ).raise_for_status()


@pytest.mark.parametrize("named", [True, False])
def test_a_line_is_listed_with_the_credits_that_the_ledger_has(
    providers: Providers, studios: Studios, ledger: Ledger, named: bool
) -> None:
    providers.settings(history_names_requests=named)
    studios().speak(order())
    studios().speak(order(take=2))
    found = books(providers, ledger)
    assert (found.agree, found.listed, found.compared) == (True, 2, 2)
    assert found.ledger_usd == found.provider_usd == pytest.approx(providers.report().spent_usd)


def test_a_row_whose_id_the_history_does_not_tell_is_known_by_its_words(
    providers: Providers, studios: Studios, ledger: Ledger
) -> None:
    studios().speak(order())
    with ledger.store.writing() as session:
        session.connection().exec_driver_sql("UPDATE purchases SET request_id = 'of-an-earlier-version'")
    found = books(providers, ledger)
    assert (found.agree, found.known, found.foreign) == (True, 1, ())


def test_a_line_whose_answer_was_lost_is_adopted_and_fetched_by_the_next_run(
    providers: Providers, studios: Studios, ledger: Ledger
) -> None:
    providers.settings(history_delay=3600)
    providers.fault("elevenlabs.speak", "drop")
    with pytest.raises(StudioError):
        studios().speak(order())
    providers.settings(history_delay=0)
    found = books(providers, ledger)
    assert [each.entry for each in found.adopted] == [1]
    assert ledger.entry(1).state is State.SUBMITTED
    studios().speak(order())
    assert len(providers.report().purchases) == 1
    assert books(providers, ledger).agree


def test_a_line_of_the_script_that_no_row_knows_is_its_own_and_others_are_only_listed(
    providers: Providers, studios: Studios, ledger: Ledger
) -> None:
    [request] = order().requests
    speak(providers, str(request.purchase.arguments["text"]))
    speak(providers, "Somebody else's words.")
    found = books(providers, ledger, request.purchase)
    assert (len(found.adopted), len(found.foreign)) == (1, 1)
    voice = studios().speak(order())
    assert len(providers.report().purchases) == 2
    assert voice.receipt.request_id == found.adopted[0].request_id
    assert books(providers, ledger).agree


def test_a_line_that_was_spoken_twice_counts_twice(providers: Providers, studios: Studios, ledger: Ledger) -> None:
    studios().speak(order())
    speak(providers, str(order().requests[0].purchase.arguments["text"]))
    found = books(providers, ledger)
    assert [each.what for each in found.adopted] == ["bought a second time, beside entry 1"]
    assert [entry.charge for entry in ledger.rows()] == [Charge.CHARGED] * 2
    assert sum(entry.spent_usd for entry in ledger.rows()) == pytest.approx(providers.report().spent_usd)


def test_a_history_that_cannot_be_read_is_never_taken_for_an_empty_one(
    providers: Providers, ledger: Ledger, tmp_path: Path
) -> None:
    providers.fault("elevenlabs.history", "reply", status=500)
    with pytest.raises(StudioError):
        books(providers, ledger)
