"""Prices looked at before the first purchase of an hour, and bills in the provider's own units, by the real client."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from resources.core.errors import StudioError
from resources.models.endpoints import ids
from resources.providers.fal import pricing
from resources.providers.fal.pricing import PriceWatch
from resources.purchasing.ledger import State
from resources.purchasing.ledger.tables.entry import UNSEEN
from tests.resources.providers.fal.conftest import PRO, STANDARD, Bench, MakeBench, models

DOUBLE = {STANDARD: 0.1124}


def asked(bench: Bench) -> int:
    """How often the pricing API answered."""
    return bench.providers.report().requests.get("fal.pricing", 0)


def test_the_price_is_looked_at_before_the_first_purchase_of_an_hour_alone(make_bench: MakeBench) -> None:
    first, second = make_bench(), make_bench()
    first.studio.speaker(first.speaker("s01"))
    first.studio.speaker(first.speaker("s02", seconds=2.6))
    second.studio.speaker(second.speaker("s03", seconds=2.8))
    assert asked(first) == 1
    second.watch.clock = lambda: datetime.now(UTC) + timedelta(minutes=61)
    second.studio.speaker(second.speaker("s04", seconds=3.0))
    assert asked(first) == 2


def test_what_is_reused_needs_no_look(make_bench: MakeBench) -> None:
    first = make_bench()
    first.studio.speaker(first.speaker())
    first.providers.settings(unit_usd=DOUBLE)
    other = make_bench()
    other.watch.clock = lambda: datetime.now(UTC) + timedelta(minutes=61)
    assert other.studio.speaker(other.speaker()).receipt.reused
    assert asked(first) == 1


def test_a_price_that_has_doubled_stops_the_purchase_until_a_person_takes_it(make_bench: MakeBench) -> None:
    bench = make_bench()
    bench.providers.settings(unit_usd=DOUBLE)
    with pytest.raises(StudioError, match="asks another price than was agreed") as refused:
        bench.studio.speaker(bench.speaker())
    assert f"`ninja prices accept {STANDARD}`" in str(refused.value.hint)
    assert "$0.1124 for one of its seconds, and the price list has $0.0562" in str(refused.value.why)
    assert bench.bought() == 0
    assert bench.ledger.rows()[0].state is State.INTENDED
    pricing.refresh(bench.client, bench.taken(), bench.watch.keep, today=date.today(), endpoints=[STANDARD])
    again = make_bench()
    receipt = again.studio.speaker(again.speaker()).receipt
    assert receipt.cost_usd == pytest.approx(2 * 2.4 * 0.0562, rel=0.06)
    assert receipt.cost_usd == pytest.approx(again.providers.report().spent_usd, abs=1e-6)
    assert receipt.flag is None


def test_a_voice_is_not_bought_for_clips_whose_price_has_changed(bench: Bench) -> None:
    bench.providers.settings(unit_usd={PRO: 0.23})
    bench.watch.expect([PRO, STANDARD])
    with pytest.raises(StudioError, match=PRO):
        bench.watch.before()
    assert bench.watch.before(STANDARD) is None  # it has its own price, and was looked at with the other
    assert asked(bench) == 1


def test_a_price_that_moved_a_little_is_taken(bench: Bench) -> None:
    bench.providers.settings(unit_usd={STANDARD: 0.0573})
    assert bench.watch.before(STANDARD) is None
    assert bench.taken().price(STANDARD).unit_usd == pytest.approx(0.0573)


def test_a_clip_that_was_sent_at_a_price_that_moved_a_little_costs_what_is_billed(make_bench: MakeBench) -> None:
    bench = make_bench()
    bench.providers.settings(unit_usd={STANDARD: 0.0565}, latency=3600.0)
    bench.queue._times = replace(bench.queue._times, deadline=0.2)
    with pytest.raises(StudioError, match="not finished in time"):
        bench.studio.speaker(bench.speaker())
    bench.providers.advance(3600)
    other = make_bench()
    receipt = other.studio.speaker(other.speaker()).receipt
    assert receipt.cost_usd == pytest.approx(other.providers.report().spent_usd, abs=1e-6)
    assert (receipt.unit_price_usd, receipt.flag) == (0.0565, None)


def test_a_look_that_a_clock_set_back_since_puts_into_the_future_is_none(make_bench: MakeBench) -> None:
    ahead = make_bench()
    ahead.watch.clock = lambda: datetime.now(UTC) + timedelta(days=400)
    ahead.studio.speaker(ahead.speaker("s01"))
    later = make_bench()
    later.studio.speaker(later.speaker("s02", seconds=2.6))
    assert asked(later) == 2


@pytest.mark.parametrize(
    "fault",
    [
        {"act": "reply", "status": 429, "body": {"error": {"type": "rate_limited", "message": "Rate limit exceeded"}}},
        {"act": "reply", "status": 500, "body": "oops"},
        {"act": "reply", "status": 403, "body": {"detail": "this key may not"}},
        {"act": "reply", "status": 200, "body": {"prices": None}},
        {"act": "reply", "status": 200, "body": {"prices": [{"endpoint_id": STANDARD, "unit_price": "free"}]}},
        {"act": "drop"},
    ],
    ids=["429", "500", "no right", "no list", "no number", "network"],
)
def test_where_the_price_cannot_be_looked_at_the_run_goes_on_and_says_so(
    bench: Bench, fault: dict[str, object]
) -> None:
    bench.providers.fault("fal.pricing", times=None, **fault)  # type: ignore[arg-type]
    receipt = bench.studio.speaker(bench.speaker()).receipt
    assert "its price was not looked at" in str(receipt.flag)
    assert receipt.cost_usd == pytest.approx(bench.providers.report().spent_usd, abs=1e-6)
    [entry] = bench.ledger.rows()
    assert entry.facts[UNSEEN]
    assert entry.flag == receipt.flag
    requests = asked(bench)
    bench.studio.speaker(bench.speaker("s02", seconds=2.8))
    assert asked(bench) == requests  # not asked again by the same run


def test_a_unit_that_was_not_known_is_learnt_and_counts_at_once(make_bench: MakeBench) -> None:
    listener = "fal-ai/kling-video/o3/standard/image-to-video"  # a unit of $0.14, of which 5 s are 3
    bench = make_bench(mode_models=models(listener=listener))
    receipt = bench.studio.listener(bench.listener()).receipt
    assert receipt.cost_usd == pytest.approx(0.42)
    assert not receipt.by_estimate
    assert bench.ledger.rows()[0].billed_units == 3.0
    found = bench.taken().platform(listener)
    assert found is not None
    assert (found.unit, found.unit_usd) == ("units", 0.14)


@pytest.mark.parametrize(("listener", "units", "usd"), [(ids.I2V_V3_STANDARD, 3.0, 0.42), (ids.I2V_V3_PRO, 4.0, 0.56)])
def test_units_that_are_no_seconds_come_to_what_the_provider_took(
    make_bench: MakeBench, listener: str, units: float, usd: float
) -> None:
    bench = make_bench(mode_models=models(listener=listener))
    receipt = bench.studio.listener(bench.listener()).receipt
    assert (receipt.billed_units, receipt.unit, receipt.unit_price_usd) == (units, "units", 0.14)
    assert receipt.cost_usd == pytest.approx(usd)
    assert receipt.cost_usd == pytest.approx(bench.providers.report().spent_usd, abs=1e-9)
    assert receipt.flag is None


@pytest.mark.parametrize("units", ["-5", "1e9", "nan", "inf", "many"])
def test_units_that_cannot_be_are_told_and_count_as_the_estimate(bench: Bench, units: str) -> None:
    bench.providers.settings(billable_units=units)
    receipt = bench.studio.speaker(bench.speaker()).receipt
    assert (receipt.cost_usd, receipt.by_estimate) == (receipt.estimated_usd, True)
    assert "not believed" in str(receipt.flag)
    assert bench.ledger.rows()[0].counted_usd == receipt.estimated_usd


def test_a_clip_of_another_length_is_counted_by_what_was_billed(bench: Bench) -> None:
    bench.providers.settings(billable_units="9.6")
    bench.providers.fault("fal.submit", "job", job={"stretch": 4.0})
    with pytest.raises(StudioError):
        bench.studio.speaker(bench.speaker())
    [entry] = bench.ledger.rows()
    assert entry.state is State.SUBMITTED
    assert entry.spent_usd == pytest.approx(9.6 * 0.0562)
    assert "where $0.13" in str(entry.flag)


def test_the_bill_of_a_failed_request_is_the_providers(bench: Bench) -> None:
    bench.providers.settings(billable_units="5")
    bench.providers.fault(
        "fal.submit", "job", job={"status": 422, "detail": "policy", "error_type": "content_policy_violation"}
    )
    with pytest.raises(StudioError):
        bench.studio.speaker(bench.speaker())
    assert bench.ledger.rows()[0].spent_usd == pytest.approx(5 * 0.0562)


def test_a_price_that_changes_while_a_clip_renders_changes_nothing_that_was_agreed(make_bench: MakeBench) -> None:
    bench = make_bench()
    bench.providers.settings(latency=3600.0)
    bench.queue._times = replace(bench.queue._times, deadline=0.2)
    with pytest.raises(StudioError, match="not finished in time"):
        bench.studio.speaker(bench.speaker())
    bench.providers.settings(unit_usd=DOUBLE)
    pricing.refresh(bench.client, bench.taken(), bench.watch.keep, today=date.today(), endpoints=[STANDARD])
    bench.providers.advance(3600)
    other = make_bench()
    receipt = other.studio.speaker(other.speaker()).receipt
    assert receipt.cost_usd == pytest.approx(other.providers.report().spent_usd, abs=1e-6)
    assert receipt.estimated_usd == pytest.approx(2.4 * 0.0562, rel=0.03)
    assert other.ledger.rows()[0].estimate.platform_unit_usd == 0.0562


def test_a_lost_file_that_is_fetched_again_costs_this_run_nothing_and_keeps_its_cost(bench: Bench) -> None:
    first = bench.studio.speaker(bench.speaker())
    bench.library.path(first.video).unlink()
    bench.providers.settings(billable_units="1")
    again = bench.studio.speaker(bench.speaker())
    assert (again.video, again.receipt.reused, again.receipt.cost_usd) == (first.video, True, 0.0)
    assert again.receipt.saved_usd == first.receipt.cost_usd
    assert bench.ledger.rows()[0].cost_usd == first.receipt.cost_usd


def test_the_watch_needs_no_word_to_be_looked_at_over_processes(bench: Bench) -> None:
    """What one process looked at, another one of the same day and library does not ask for."""
    bench.watch.expect([STANDARD, PRO])
    bench.watch.before()
    other = PriceWatch(bench.client, bench.watch.prices, bench.watch.keep, bench.library)
    other.expect([STANDARD, PRO])
    assert other.before() is None
    assert asked(bench) == 1


def test_an_endpoint_that_the_platform_does_not_know_is_told(bench: Bench) -> None:
    assert "does not know this endpoint" in str(bench.watch.before("fal-ai/gone/model"))
