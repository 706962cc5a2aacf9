"""Nothing is sent over a cap, whatever has been spent, is under way, or may have been charged."""

import math
from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from resources.content.show import Caps
from resources.core.errors import CapError, Charge, ContentError
from resources.core.names import Mode
from resources.models.prices.billing import billed_usd, reported_usd
from resources.purchasing.ledger import ClaimKind, Ledger
from resources.purchasing.ledger.steps.caps import COUNTED, counted, day_of, month_of
from resources.purchasing.ledger.tables.rows import PurchaseRow
from resources.purchasing.ledger.tables.store import Store
from tests.resources.purchasing.ledger.helpers import URLS, Clock, buy, media, purchase

Opener = Callable[..., Ledger]
WIDE = 1000.0


def caps(segment: float = WIDE, episode: float = WIDE, day: float = WIDE, month: float | None = None) -> Caps:
    return Caps(segment_usd=segment, episode_usd=episode, day_usd=day, month_usd=month)


def test_without_caps_nothing_is_bought_and_the_lines_to_add_are_shown(opened: Opener) -> None:
    with pytest.raises(ContentError, match=r"show\.yaml sets no caps") as refusal:
        opened(caps=None).claim(purchase())
    assert "caps: {segment_usd: 2.50" in str(refusal.value.hint)


def test_without_caps_what_is_paid_for_is_still_reused(opened: Opener) -> None:
    buy(opened(), purchase(), request_id="r1")
    assert opened(caps=None).claim(purchase()).kind is ClaimKind.REUSE


def test_exactly_the_cap_may_be_spent_and_no_millionth_more(opened: Opener) -> None:
    ledger = opened(caps=caps(episode=0.3))
    for number in range(3):  # three times 0.1 is over 0.3 in floating point
        ledger.claim(purchase(f"line {number}", usd=0.1))
    with pytest.raises(CapError):
        ledger.claim(purchase("more", usd=0.000001))


def test_the_refusal_shows_the_sums_and_what_to_do(opened: Opener) -> None:
    ledger = opened(caps=caps(episode=5))
    buy(ledger, purchase("a"), request_id="r1", cost=2.0)
    ledger.claim(purchase("b", usd=1.5))
    with pytest.raises(CapError) as refusal:
        ledger.claim(purchase("c", usd=2.0))
    assert refusal.value.what == "episode monday would come to $5.50, over the cap of $5.00: nothing was sent"
    assert "paid $2.00, under way $1.50, new $2.00 for this speaker_clips request (10 second at $0.2)" in str(
        refusal.value.why
    )
    assert "raise caps.episode_usd to at least 5.58" in str(refusal.value.hint)


def test_a_segments_cap_counts_takes_and_modes_of_that_segment_only(opened: Opener) -> None:
    ledger = opened(caps=caps(segment=2))
    ledger.claim(purchase("a"))
    ledger.claim(purchase("a", take=2, mode=Mode.FINAL))
    ledger.claim(purchase("b", segment="s02"))
    ledger.claim(purchase("c", episode="tuesday"))
    with pytest.raises(CapError, match="segment s01 of monday"):
        ledger.claim(purchase("d", usd=0.01))


def test_the_days_cap_is_over_all_episodes_and_ends_at_midnight(opened: Opener, clock: Clock) -> None:
    ledger = opened(caps=caps(day=2))
    buy(ledger, purchase("a", episode="one"), request_id="r1")
    buy(ledger, purchase("b", episode="two"), request_id="r2")
    with pytest.raises(CapError, match="today would come to"):
        ledger.claim(purchase("c", episode="three"))
    clock.now += 12 * 3600 - 1
    with pytest.raises(CapError):
        ledger.claim(purchase("c", episode="three"))
    clock.now += 1
    assert ledger.claim(purchase("c", episode="three")).kind is ClaimKind.SEND


def test_a_day_begins_once_where_its_first_hour_is_lived_twice() -> None:
    azores = ZoneInfo("Atlantic/Azores")  # at one it is midnight again, on 25 October 2026
    begins = datetime(2026, 10, 25, tzinfo=azores)
    first, second, later = (begins.timestamp() + hours * 3600 for hours in (0.5, 1.5, 3))
    ends = datetime(2026, 10, 26, tzinfo=azores).timestamp()
    assert ends - begins.timestamp() == 25 * 3600
    assert day_of(first, azores) == day_of(second, azores) == day_of(later, azores) == (begins.timestamp(), ends)
    assert month_of(second, azores)[0] == datetime(2026, 10, 1, tzinfo=azores).timestamp()


def test_the_months_cap_is_over_all_episodes_and_ends_with_the_month(opened: Opener, clock: Clock) -> None:
    ledger = opened(caps=caps(month=2))
    buy(ledger, purchase("a", episode="one"), request_id="r1")
    clock.now += 86_400
    buy(ledger, purchase("b", episode="two"), request_id="r2")
    with pytest.raises(CapError, match="this month would come to") as refusal:
        ledger.claim(purchase("c", episode="three"))
    assert "raise caps.month_usd to at least 3.00" in str(refusal.value.hint)
    clock.now += 10 * 86_400  # the second of December
    assert ledger.claim(purchase("c", episode="three")).kind is ClaimKind.SEND


def test_a_line_that_moves_takes_what_it_cost_along(opened: Opener) -> None:
    ledger = opened(caps=caps(segment=1.5))
    buy(ledger, purchase("old first line", content="old"), request_id="r1")
    inserted = ledger.claim(purchase("new first line", content="new"))
    assert inserted.kind is ClaimKind.SEND
    with pytest.raises(CapError, match="segment s02 of monday"):
        ledger.claim(purchase("old first line", segment="s02", content="old", take=2))


def test_a_row_that_does_not_know_its_content_counts_for_its_place(opened: Opener) -> None:
    ledger = opened(caps=caps(segment=1.5))
    buy(ledger, purchase("of before"), request_id="r1")
    with pytest.raises(CapError, match="segment s01"):
        ledger.claim(purchase("any", content="new"))
    assert ledger.claim(purchase("any", segment="s02", content="new")).kind is ClaimKind.SEND


def test_the_refusal_never_rounds_a_sum_down_to_its_cap(opened: Opener) -> None:
    ledger = opened(caps=caps(episode=0.51))
    with pytest.raises(
        CapError, match=r"would come to \$0\.5102, over the cap of \$0\.51: nothing was sent"
    ) as refusal:
        ledger.claim(purchase(usd=0.5102))
    assert "to at least 0.52" in str(refusal.value.hint)


def test_the_same_rule_tells_what_buying_all_together_would_go_over(opened: Opener) -> None:
    ledger = opened(caps=caps(segment=1.5, episode=3, day=100))
    buy(ledger, purchase("a", content="a"), request_id="r1")
    wanted = {
        purchase(segment=segment, content=content).cell: usd
        for segment, content, usd in (("s01", "a", 0.6), ("s02", "b", 1.0), ("s03", "c", 0.5), ("s04", "d", 0.0))
    }
    found = ledger.over_caps(wanted)
    assert [(each.name, each.message) for each in found] == [
        ("segment_usd", "segment s01 of monday would come to $1.60, over the cap of $1.50"),
        ("episode_usd", "episode monday would come to $3.10, over the cap of $3.00"),
    ]
    assert found[1].sums == "paid $1.00, under way $0.00, new $2.10"
    assert len(ledger.rows()) == 1


def test_a_bill_that_differs_from_the_estimate_counts_with_the_larger_of_both(opened: Opener) -> None:
    ledger = opened(caps=caps(episode=2.5))
    claim = ledger.submitted(ledger.sending(ledger.claim(purchase("a"))), "r1", *URLS)
    ledger.collected(claim, media=media(), billed=billed_usd(0.4, 1.0, 1.0))
    [entry] = ledger.rows()
    assert (entry.spent_usd, entry.counted_usd) == (0.4, 1.0)
    assert entry.flag == "provider said 0.4 units, $0.40, where $1.00 were expected"
    ledger.claim(purchase("b"))
    with pytest.raises(CapError, match=r"\$2\.60"):
        ledger.claim(purchase("c", usd=0.6))


@pytest.mark.parametrize("units", [-5.0, 1e9, math.nan, math.inf])
def test_units_that_cannot_be_neither_lower_the_caps_nor_fill_them(opened: Opener, units: float) -> None:
    ledger = opened(caps=caps(episode=2))
    claim = ledger.submitted(ledger.sending(ledger.claim(purchase("a"))), "r1", *URLS)
    entry = ledger.collected(claim, media=media(), billed=billed_usd(units, 0.14, 1.0))
    assert (entry.cost_usd, entry.counted_usd, entry.by_estimate) == (1.0, 1.0, True)
    assert "not believed" in str(entry.flag)
    ledger.claim(purchase("b"))
    with pytest.raises(CapError):
        ledger.claim(purchase("c", usd=0.01))


@pytest.mark.parametrize("state", ["intended", "sending", "submitted", "unknown", "possible", "charged"])
def test_whatever_may_have_to_be_paid_counts(opened: Opener, state: str) -> None:
    ledger = opened(caps=caps(episode=1.5))
    claim = ledger.claim(purchase("a"))
    if state != "intended":
        ledger.sending(claim)
    if state == "submitted":
        ledger.submitted(claim, "r1", *URLS)
    if state == "unknown":
        ledger.unknown(claim, "no answer")
    if state in ("possible", "charged"):
        ledger.failed(claim, charge=Charge(state), reason="x", retryable=False)
    with pytest.raises(CapError):
        ledger.claim(purchase("b"))


def test_what_was_certainly_not_charged_does_not_count(opened: Opener, clock: Clock) -> None:
    ledger = opened(caps=caps(episode=1.5))
    claim = ledger.claim(purchase("free failure"))
    ledger.sending(claim)
    ledger.failed(claim, charge=Charge.NONE, reason="500", retryable=True)
    ledger.import_clip(purchase("imported"), media(), cost_usd=50)
    ledger.claim(purchase("abandoned before it was sent"))
    clock.now += 61
    assert ledger.claim(purchase("b")).kind is ClaimKind.SEND


def test_what_was_collected_counts_at_its_real_cost(opened: Opener) -> None:
    ledger = opened(caps=caps(episode=1.5))
    buy(ledger, purchase("cheaper than thought"), request_id="r1", cost=0.4)
    assert ledger.claim(purchase("b")).kind is ClaimKind.SEND


def test_an_abandoned_intent_passes_the_caps_again_before_it_is_sent(opened: Opener, clock: Clock) -> None:
    ledger = opened(caps=caps(episode=1.5))
    ledger.claim(purchase("abandoned"))
    clock.now += 61
    buy(ledger, purchase("b"), request_id="r1")
    with pytest.raises(CapError):
        ledger.claim(purchase("abandoned"))


def test_a_request_sent_again_tomorrow_counts_tomorrow(opened: Opener, clock: Clock) -> None:
    ledger = opened(caps=caps(day=1.5))
    claim = ledger.claim(purchase("a"))
    ledger.sending(claim)
    ledger.not_taken(claim, "connection refused")
    clock.now += 86400
    buy(ledger, purchase("b"), request_id="r1")
    with pytest.raises(CapError, match="today"):
        ledger.claim(purchase("a"))


def test_the_sum_in_sql_and_the_worth_of_a_row_are_the_same(ledger: Ledger, clock: Clock, url: str) -> None:
    charges = iter(Charge)
    for number in range(8):
        claim = ledger.claim(purchase(f"line {number}"))
        if number < 7:
            ledger.sending(claim)
        if number < 3:
            ledger.failed(
                claim, charge=next(charges), reason="x", retryable=False, billed=reported_usd(0.2) if number else None
            )
        elif number < 6:
            ledger.submitted(claim, f"r{number}", *URLS)
    store = Store(url)
    for now in (clock.now, clock.now + 100):
        with store.reading() as session:
            rows = session.execute(select(PurchaseRow, COUNTED), {"now": now}).all()
            assert len(rows) == 8
            assert [amount for _, amount in rows] == [counted(row, now) for row, _ in rows]
    store.close()
