"""Which item of the history is a line whose answer was lost: none that another entry has, counted off where untold."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from elevenlabs.client import ElevenLabs
from pydantic import JsonValue

from resources.core.errors import StudioError
from resources.providers.elevenlabs.api import ElevenLabsClient
from resources.providers.elevenlabs.line_history import LineHistory
from resources.purchasing.ledger import Claim, Ledger
from tests.empty_ledger import empty_ledger
from tests.resources.purchasing.ledger.helpers import CAPS, purchase

LINE: dict[str, JsonValue] = {"voice_id": "voiceNinja01", "model_id": "eleven_v3", "text": "Hello there."}


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger(empty_ledger(tmp_path / "ledger.db"), caps=CAPS) as opened:
        yield opened


def sent(ledger: Ledger, take: int = 1, **changes: JsonValue) -> Claim:
    """A line whose answer was lost."""
    arguments = {**LINE, **changes}
    wanted = purchase(provider="elevenlabs", arguments=arguments, take=take)
    return ledger.sending(ledger.claim(wanted), arguments)


def item(name: str, at: int = 1, text: str = "Hello there.", **more: Any) -> dict[str, Any]:
    return {
        "history_item_id": name, "date_unix": at, "character_count_change_from": 0, "character_count_change_to": 12,
        "content_type": "audio/mpeg", "state": "created", "text": text, **more,
    }  # fmt: skip


def history(ledger: Ledger, *items: Mapping[str, Any], status: int = 200) -> LineHistory:
    """A history of these items, as the SDK asks for it."""

    def answer(request: httpx.Request) -> httpx.Response:
        if status != 200:
            return httpx.Response(status, json={"detail": {"status": "odd", "message": "no"}})
        name = request.url.path.rpartition("/history")[2].strip("/")
        if not name:
            return httpx.Response(200, json={"history": list(items), "has_more": False})
        found = next((one for one in items if one["history_item_id"] == name), None)
        return httpx.Response(200, json=found) if found else httpx.Response(404, json={"detail": "none"})

    transport = httpx.MockTransport(answer)
    sdk = ElevenLabs(api_key="k", base_url="https://api.test", httpx_client=httpx.Client(transport=transport))
    return LineHistory(ElevenLabsClient(sdk, ("k",)), ledger)


def test_the_oldest_item_that_says_the_line_and_that_nobody_has_is_it(ledger: Ledger) -> None:
    claim = sent(ledger)
    shown = history(ledger, item("late", 9), item("other", 1, "Hello."), item("first", 2)).shown(claim.entry)
    assert shown == "first"


def test_an_empty_history_shows_none(ledger: Ledger) -> None:
    assert history(ledger).shown(sent(ledger).entry) is None
    assert history(ledger, item("other", 1, "hello there.")).shown(sent(ledger, take=2).entry) is None


def test_a_line_of_then_that_nobody_has_and_whose_words_are_not_told_is_no_empty_look(ledger: Ledger) -> None:
    claim = sent(ledger)
    soon, later = (int(datetime.now(UTC).timestamp()) + seconds for seconds in (1, 400))
    untold = {**item("h1", soon), "text": None}
    with pytest.raises(StudioError) as raised:
        history(ledger, untold).shown(claim.entry)
    assert "it does not tell what request h1 was asked with" in str(raised.value.why)
    assert history(ledger, untold, item("h2", soon)).shown(claim.entry) == "h2"
    assert history(ledger, {**untold, "date_unix": later}).shown(claim.entry) is None
    ledger.submitted(sent(ledger, take=2), "h1")
    assert history(ledger, untold).shown(claim.entry) is None


def test_a_person_may_name_a_line_of_then_whose_words_are_not_told_and_no_other(ledger: Ledger) -> None:
    entry = sent(ledger).entry
    soon, later = (int(datetime.now(UTC).timestamp()) + seconds for seconds in (1, 400))
    untold = {**item("h1", soon), "text": None}
    assert history(ledger, untold).is_of(entry, "h1")
    assert not history(ledger, {**untold, "date_unix": later}).is_of(entry, "h1")
    assert not history(ledger, {**untold, "voice_id": "voiceGlitch02"}).is_of(entry, "h1")
    assert not history(ledger, item("h1", soon, "Other words.")).is_of(entry, "h1")


def test_a_line_that_the_history_keeps_was_delivered(ledger: Ledger) -> None:
    entry = ledger.submitted(sent(ledger), "h1").entry
    assert history(ledger, item("h1")).stands(entry) == "delivered"
    assert history(ledger).stands(entry) is None
    with pytest.raises(StudioError):
        history(ledger, status=401).stands(entry)


@pytest.mark.parametrize("known_by", ["h1", "r1"])
def test_an_item_that_another_take_has_is_not_it_by_whichever_id(ledger: Ledger, known_by: str) -> None:
    ledger.submitted(sent(ledger), known_by)
    items = [item("h1", 1, request_id="r1"), item("h2", 2, request_id="r2")]
    second = sent(ledger, take=2)
    assert history(ledger, *items).shown(second.entry) == "h2"
    assert history(ledger, items[0]).shown(second.entry) is None


def test_lines_that_the_history_does_not_tell_apart_are_counted_off_oldest_first(ledger: Ledger) -> None:
    ledger.submitted(sent(ledger), "r-of-an-earlier-version")  # its item does not tell that id
    second = sent(ledger, take=2)
    assert history(ledger, item("h1", 1)).shown(second.entry) is None
    assert history(ledger, item("h1", 1), item("h2", 2)).shown(second.entry) == "h2"


def test_another_line_or_one_that_was_brought_by_a_person_is_not_counted_off(ledger: Ledger) -> None:
    ledger.submitted(sent(ledger, text="Other words."), "r1")
    ledger.submitted(sent(ledger, voice_id="voiceGlitch02"), "r2")
    assert history(ledger, item("h1")).shown(sent(ledger).entry) == "h1"


def test_a_seed_tells_no_line_from_another_for_the_history_does_not_have_it(ledger: Ledger) -> None:
    ledger.submitted(sent(ledger, seed=7), "untold")
    second = sent(ledger, take=2, seed=8)
    assert history(ledger, item("h1", 1)).shown(second.entry) is None


def test_a_line_that_is_still_being_looked_for_itself_takes_no_item_from_another(ledger: Ledger) -> None:
    sent(ledger)  # lost as well: which of both has the one item nobody knows, and either may be collected with it
    assert history(ledger, item("h1")).shown(sent(ledger, take=2).entry) == "h1"


@pytest.mark.parametrize("status", [401, 429, 500])
def test_a_history_that_refuses_shows_nothing_that_could_be_believed(ledger: Ledger, status: int) -> None:
    claim = sent(ledger)
    with pytest.raises(StudioError) as raised:
        history(ledger, status=status).shown(claim.entry)
    assert raised.value.where == claim.entry.where


def test_a_person_names_an_item_by_its_own_id_or_by_its_requests(ledger: Ledger) -> None:
    entry = sent(ledger).entry
    looked = history(ledger, item("h1", request_id="r1"), item("h2", text="Other words.", request_id="r2"))
    assert [looked.is_of(entry, name) for name in ("h1", "r1", "h2", "r2", "h3")] == [True, True, False, False, False]


def test_an_item_of_another_settings_is_not_what_was_sent(ledger: Ledger) -> None:
    entry = sent(ledger, voice_settings={"stability": 0.5}).entry
    assert not history(ledger, item("h1", settings={"stability": 1.0})).is_of(entry, "h1")
    assert history(ledger, item("h1", settings={"stability": 0.5, "style": 0.0})).is_of(entry, "h1")
    assert history(ledger, item("h1")).is_of(entry, "h1")  # it does not tell
