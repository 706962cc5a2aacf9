"""The ledger held against a list that a test writes: which request is whose, and what is told of each."""

from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from resources.core.errors import Charge
from resources.core.names import Mode
from resources.core.values import Cell
from resources.models.prices.billing import reported_usd
from resources.purchasing.accounts.figures import figures_of
from resources.purchasing.accounts.reconciler import AccountBooks, Arguments, Listed, Statement, reconcile
from resources.purchasing.accounts.spending import read_costs
from resources.purchasing.ledger import Entry, Grouping, Ledger, Purchase, State, Verdict
from resources.purchasing.ledger.tables.entry import NOBODYS, UNPRICED
from tests.empty_ledger import empty_ledger
from tests.resources.purchasing.ledger.helpers import CAPS, NOON, URLS, Clock, buy, media, purchase

NOW = datetime.fromtimestamp(NOON, UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
ENDPOINT = purchase().endpoint
FILE = "sha256:" + "ab" * 32


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger(empty_ledger(tmp_path / "ledger.db"), caps=CAPS, clock=Clock()) as opened:
        yield opened


def listed(request_id: str, *, words: str = "hello", **changes: Any) -> Listed:
    """A clip that was delivered at noon, asked for as `purchase` asks, for a dollar."""
    given: dict[str, Any] = {
        "request_id": request_id,
        "endpoint": ENDPOINT,
        "sent_at": NOW,
        "arguments": dict(purchase(words).arguments),
        "delivered": True,
        "ended": True,
        "usd": 1.0,
    }
    return Listed.model_validate({**given, **changes})


def books(
    ledger: Ledger,
    *requests: Listed,
    planned: Sequence[Purchase] = (),
    items: Sequence[Listed] = (),
    by_words: bool = False,
    correct: bool = False,
    until: datetime = NOW + DAY,
) -> AccountBooks:
    """The books of two days. `items` are what the provider shows when it is asked for one request."""

    def same(given: Arguments, sent: Arguments) -> bool:
        return given == sent

    def item(entry: Entry) -> Listed | None:
        return next((one for one in items if one.request_id == entry.request_id), None)

    def plan(_: Collection[Listed]) -> Sequence[Purchase]:
        return planned

    listed = Statement("fal", requests, same, item, by_words=by_words)
    return reconcile(ledger, listed, since=NOW - DAY, until=until, planned=plan, correct=correct)


def whats(found: AccountBooks) -> dict[str, list[str]]:
    """What is told of single requests, by list."""
    lists = ("adopted", "differing", "missing", "corrected", "open", "foreign")
    return {name: [one.what for one in getattr(found, name)] for name in lists if getattr(found, name)}


# What both have


def test_nothing_on_either_side_agrees(ledger: Ledger) -> None:
    found = books(ledger)
    assert (found.agree, found.listed, found.known, whats(found)) == (True, 0, 0, {})


@pytest.mark.parametrize("billed", [1.0, 1.00004, 0.99996])
def test_the_same_to_half_of_a_hundredth_of_a_cent_agrees(ledger: Ledger, billed: float) -> None:
    buy(ledger, purchase(), request_id="r1")
    found = books(ledger, listed("r1", usd=billed))
    assert (found.agree, found.known, found.compared, whats(found)) == (True, 1, 1, {})
    assert found.ledger_usd == 1.0
    assert found.provider_usd == pytest.approx(billed)


@pytest.mark.parametrize(("billed", "word"), [(1.0001, "$0.0001 more"), (0.5, "$0.50 less"), (0.0, "$1.00 less")])
def test_another_bill_is_told_and_once_taken_the_books_agree(ledger: Ledger, billed: float, word: str) -> None:
    buy(ledger, purchase(), request_id="r1")
    asked = listed("r1", usd=billed)
    what = f"{word} was billed than the ledger has"
    assert whats(books(ledger, asked)) == {"differing": [what]}
    corrected = books(ledger, asked, correct=True)
    assert (corrected.agree, whats(corrected)) == (True, {"corrected": [what]})
    assert corrected.ledger_usd == pytest.approx(billed)
    assert books(ledger, asked).agree
    assert ledger.entry(1).spent_usd == pytest.approx(billed)


def test_a_row_is_known_by_any_name_of_its_request(ledger: Ledger) -> None:
    buy(ledger, purchase(), request_id="r1")
    found = books(ledger, listed("item-7", names=("other", "r1")))
    assert (found.agree, found.known, found.compared) == (True, 1, 1)


def test_units_are_dollars_where_the_entry_knows_what_one_costs(ledger: Ledger) -> None:
    wanted = purchase()
    priced = wanted.estimate.model_copy(update={"platform_unit_usd": 0.05})
    buy(ledger, wanted.model_copy(update={"estimate": priced}), request_id="r1")
    buy(ledger, purchase("other"), request_id="r2")
    found = books(ledger, listed("r1", usd=None, units=20), listed("r2", usd=None, units=20))
    assert (found.agree, found.known, found.compared, found.provider_usd) == (True, 2, 1, 1.0)


def test_what_is_not_told_in_dollars_is_no_difference(ledger: Ledger) -> None:
    buy(ledger, purchase(), request_id="r1")
    found = books(ledger, listed("r1", usd=None), correct=True)
    assert (found.agree, found.known, found.compared, found.ledger_usd) == (True, 1, 0, 0)
    assert ledger.entry(1).spent_usd == 1.0


@pytest.mark.parametrize(("ended", "what"), [(True, "it has ended: the next run collects it"), (False, "under way")])
def test_what_is_in_flight_is_open_and_in_no_sum(ledger: Ledger, ended: bool, what: str) -> None:
    claim = ledger.sending(ledger.claim(purchase()))
    ledger.submitted(claim, "r1", *URLS)
    found = books(ledger, listed("r1", ended=ended, delivered=ended), correct=True)
    assert (found.agree, found.compared, whats(found)) == (True, 0, {"open": [what]})
    assert ledger.entry(1).state is State.SUBMITTED


def test_a_free_failure_that_was_delivered_differs_even_where_no_bill_is_told(ledger: Ledger) -> None:
    claim = ledger.submitted(ledger.sending(ledger.claim(purchase())), "r1", *URLS)
    ledger.failed(claim, charge=Charge.NONE, reason="a word of a gateway", retryable=True)
    assert whats(books(ledger, listed("r1", usd=None))) == {
        "differing": ["it was delivered, and the ledger counts nothing for it"]
    }
    assert books(ledger, listed("r1", usd=None, delivered=False)).agree
    assert whats(books(ledger, listed("r1"))) == {"differing": ["$1.00 more was billed than the ledger has"]}


def test_another_shows_request_is_known_and_compared_by_that_show(ledger: Ledger) -> None:
    buy(ledger, purchase(), request_id="r1")
    with Ledger(ledger.store, show="other", caps=None) as other:
        found = books(other, listed("r1", usd=99.0), correct=True)
    assert (found.agree, found.known, found.compared, whats(found)) == (True, 1, 0, {})
    assert ledger.entry(1).spent_usd == 1.0


# What the ledger alone has


def test_a_request_that_is_not_listed_is_asked_for_by_its_id_and_then_missing(ledger: Ledger) -> None:
    buy(ledger, purchase(), request_id="r1")
    assert books(ledger, items=[listed("r1")]).agree
    assert whats(books(ledger)) == {"missing": ["it is not listed"]}


def test_a_list_lags_so_what_ended_within_the_hour_is_open(ledger: Ledger) -> None:
    buy(ledger, purchase(), request_id="r1")
    found = books(ledger, until=NOW + HOUR - timedelta(seconds=1))
    assert (found.agree, whats(found)) == (True, {"open": ["not listed yet"]})


def test_what_was_sent_in_other_days_is_not_looked_for(ledger: Ledger) -> None:
    buy(ledger, purchase(), request_id="r1")
    assert whats(books(ledger, until=NOW)) == {}  # the end is not a part of the days


def test_what_may_have_been_charged_and_is_not_listed_is_missing_and_said_to_be_unknown(ledger: Ledger) -> None:
    claim = ledger.sending(ledger.claim(purchase()))
    ledger.unknown(claim, "no answer came")
    [what] = whats(books(ledger))["missing"]
    assert what.startswith("nobody knows whether it was charged")


def test_what_was_never_sent_and_what_failed_for_nothing_is_missed_by_nobody(ledger: Ledger) -> None:
    ledger.claim(purchase("never sent"))
    claim = ledger.submitted(ledger.sending(ledger.claim(purchase("failed"))), "r2", *URLS)
    ledger.failed(claim, charge=Charge.NONE, reason="503", retryable=True)
    assert whats(books(ledger)) == {}


# What the provider alone has


def test_a_request_of_somebody_else_is_listed_and_left_alone(ledger: Ledger) -> None:
    found = books(ledger, listed("r1", words="A cat."), planned=[purchase("A dog.")])
    assert (found.agree, whats(found), ledger.rows()) == (True, {"foreign": ["not of this show"]}, [])


def test_a_planned_request_is_taken_in_once_as_it_was_billed(ledger: Ledger) -> None:
    wanted = purchase(usd=0.9)
    found = books(ledger, listed("r1"), planned=[purchase("other"), wanted])
    [what] = whats(found)["adopted"]
    assert what.startswith("no row knew it: the run that wants it collects it")
    # It has no file of this ledger's: of a show with another ledger, whose words are the same, it looks just so.
    assert "if another show of the account sent it, both count what it cost" in what
    [entry] = ledger.rows()
    assert (entry.request_id, entry.state, entry.key) == ("r1", State.SUBMITTED, wanted.key)
    again = books(ledger, listed("r1"), planned=[wanted])
    assert (again.agree, again.known, len(ledger.rows())) == (True, 1, 1)


def test_the_same_words_to_another_model_are_another_request(ledger: Ledger) -> None:
    found = books(ledger, listed("r1", endpoint="fal-ai/other"), planned=[purchase()])
    assert whats(found) == {"foreign": ["not of this show"]}


def test_a_request_that_does_not_tell_what_it_was_asked_with_is_not_said_to_be_anothers(ledger: Ledger) -> None:
    found = books(ledger, listed("r1", arguments={}, readable=False), planned=[purchase()])
    assert whats(found) == {"open": ["it does not tell what it was asked with, nor whose it is"]}


def test_a_request_with_an_address_of_our_file_is_ours_though_nobody_plans_it(ledger: Ledger) -> None:
    wanted = purchase(arguments={"prompt": "hello", "audio_url": FILE})
    claim = ledger.sending(ledger.claim(wanted), sent={"prompt": "hello", "audio_url": "https://cdn.test/voice.mp3"})
    claim = ledger.submitted(claim, "r1", *URLS)
    ledger.collected(claim, media=media(), billed=reported_usd(1.0))
    given = {"prompt": "gone", "audio_url": "https://cdn.test/voice.mp3", "image_url": "https://cdn.test/theirs.png"}
    found = books(ledger, listed("r1", arguments=dict(claim.entry.sent or {})), listed("r2", arguments=given))
    assert len(found.adopted) == 1
    entry = ledger.find("fal", "r2")
    assert entry is not None
    assert entry.cell.episode == NOBODYS
    assert entry.arguments == {"prompt": "gone", "audio_url": FILE, "image_url": "https:cdn.test/theirs.png"}
    assert entry.spent_usd == 1.0


def test_what_nobody_has_told_the_cost_of_is_said_to_be_unknown_wherever_dollars_are_told(ledger: Ledger) -> None:
    """A key that reads no bills, and a request with our file that no script asks for: nobody knows what it cost."""
    wanted = purchase(arguments={"prompt": "hello", "audio_url": FILE})
    claim = ledger.sending(ledger.claim(wanted), sent={"prompt": "hello", "audio_url": "https://cdn.test/voice.mp3"})
    ledger.collected(ledger.submitted(claim, "r1", *URLS), media=media(), billed=reported_usd(1.0))
    first = listed("r1", usd=None, arguments=dict(claim.entry.sent or {}))
    unread = listed("r2", usd=None, arguments={"prompt": "gone", "audio_url": "https://cdn.test/voice.mp3"})
    [adopted] = books(ledger, first, unread).adopted
    assert UNPRICED in adopted.what
    assert adopted.ledger_usd is None
    entry = ledger.find("fal", "r2")
    assert entry is not None
    assert (entry.unpriced, entry.flag, entry.spent_usd) == (True, UNPRICED, 0)
    costs = read_costs(ledger, Grouping.EPISODE)
    assert (costs.total_usd, costs.unpriced, [one.why for one in costs.flagged]) == (1.0, 1, [UNPRICED])
    assert figures_of(ledger.store).unpriced == {ledger.show: 1}
    # A key that may read bills tells it: then it counts, though nobody has wanted it yet.
    books(ledger, first, unread.model_copy(update={"usd": 0.7}))
    billed = ledger.entry(entry.id)
    assert (billed.state, billed.spent_usd, billed.unpriced, billed.flag) == (State.SUBMITTED, 0.7, False, None)
    assert read_costs(ledger, Grouping.EPISODE).unpriced == 0
    assert len(ledger.rows()) == 2


def test_what_a_person_says_was_not_charged_is_not_of_unknown_cost(ledger: Ledger) -> None:
    nobodys = purchase(usd=0.0).model_copy(update={"cell": Cell(episode=NOBODYS, segment="", mode=Mode.FINAL)})
    entry = ledger.taken_in(nobodys, "r1", sent={}, sent_at=NOW)
    assert entry.unpriced
    assert not ledger.settle(entry.id, Verdict.NOT_CHARGED).unpriced
    assert (ledger.flagged(), figures_of(ledger.store).unpriced) == ([], {})


@pytest.mark.parametrize(
    ("usd", "what"),
    [
        (0.0, "ours, and it ended without a file and without a bill"),
        (None, "ours, and it ended without a file; its bill is not told"),
    ],
)
def test_ours_that_ended_without_a_file_is_not_taken_in_unless_it_was_billed(
    ledger: Ledger, usd: float | None, what: str
) -> None:
    found = books(ledger, listed("r1", delivered=False, usd=usd), planned=[purchase()])
    assert (whats(found), ledger.rows()) == ({"foreign": [what]}, [])
    billed = books(ledger, listed("r1", delivered=False, usd=0.4), planned=[purchase()])
    assert len(billed.adopted) == 1
    assert [row.request_id for row in ledger.rows()] == ["r1"]


def test_a_lost_answer_gets_its_request_and_a_second_one_counts_beside_it(ledger: Ledger) -> None:
    wanted = purchase()
    claim = ledger.sending(ledger.claim(wanted), sent=dict(wanted.arguments))
    ledger.release(ledger.unknown(claim, "no answer came"))
    entry = claim.entry.id
    found = books(ledger, listed("r1"), listed("r2"))
    assert [one.what for one in found.adopted] == [
        f"entry {entry} had no answer: the next run collects it",
        f"bought a second time, beside entry {entry}",
    ]
    assert ledger.entry(entry).request_id == "r1"
    assert sum(row.spent_usd for row in ledger.rows()) == 2.0
    assert books(ledger, listed("r1"), listed("r2")).agree


# Rows of before ids were kept


def test_a_lost_request_whose_file_a_person_brought_is_the_one_that_was_paid(ledger: Ledger) -> None:
    wanted = purchase()
    ledger.release(ledger.sending(ledger.claim(wanted), dict(wanted.arguments)))
    ledger.import_clip(wanted, media(), cost_usd=1.0)
    found = books(ledger, listed("r1"))
    assert whats(found) == {"adopted": ["entry 1 has a file that was brought without its request"]}
    [row] = ledger.rows()
    assert (row.state, row.request_id, row.spent_usd) == (State.COLLECTED, "r1", 1.0)
    assert books(ledger, listed("r1")).agree


@pytest.mark.parametrize(("usd", "what"), [(None, "; its bill is not told"), (0.0, " and without a bill")])
def test_a_request_beside_a_rows_own_that_ended_without_a_file_and_a_bill_counts_nothing(
    ledger: Ledger, usd: float | None, what: str
) -> None:
    wanted = purchase()
    claim = ledger.sending(ledger.claim(wanted), dict(wanted.arguments))
    ledger.collected(ledger.submitted(claim, "r2", *URLS), media=media(), billed=reported_usd(1.0))
    found = books(ledger, listed("r1", delivered=False, usd=usd), listed("r2"))
    assert whats(found) == {"foreign": [f"ours, and it ended without a file{what}"]}
    assert len(ledger.rows()) == 1
    charged = books(ledger, listed("r1", delivered=False, usd=0.4), listed("r2"))
    assert whats(charged) == {"adopted": ["bought a second time, beside entry 1"]}
    assert sum(row.spent_usd for row in ledger.rows()) == 1.4


def test_rows_without_listed_ids_are_known_by_their_words_each_once(ledger: Ledger) -> None:
    buy(ledger, purchase(), request_id="old-1")
    buy(ledger, purchase(take=2), request_id="old-2")
    found = books(ledger, listed("a"), listed("b", sent_at=NOW + timedelta(minutes=5)), by_words=True)
    assert (found.agree, found.known, found.compared) == (True, 2, 2)
    more = books(ledger, listed("a"), listed("b"), listed("c"), planned=[purchase()], by_words=True)
    assert len(more.adopted) == 1
    assert [row.spent_usd for row in ledger.rows()] == [1.0] * 3


def test_the_same_words_long_before_are_not_the_rows(ledger: Ledger) -> None:
    buy(ledger, purchase(), request_id="old-1")
    found = books(ledger, listed("a", sent_at=NOW - 2 * HOUR), by_words=True)
    assert found.known == 0
    assert not found.agree
