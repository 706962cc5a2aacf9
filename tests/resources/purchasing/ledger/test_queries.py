"""Reading the ledger: what matches, what it sums to, what reuse saved."""

from datetime import UTC, datetime, timedelta

import pytest

from resources.core.names import Mode
from resources.purchasing.ledger import Grouping, Ledger, Saving, State, Total
from tests.resources.purchasing.ledger.helpers import NOON, Clock, buy, purchase


@pytest.fixture
def filled(ledger: Ledger, clock: Clock) -> Ledger:
    buy(ledger, purchase("a", episode="one", segment="s01"), request_id="r1", cost=0.1)
    buy(ledger, purchase("b", episode="one", segment="s02", mode=Mode.FINAL), request_id="r2", cost=0.2)
    clock.now += 10 * 86400
    buy(ledger, purchase("c", episode="two", provider="elevenlabs"), request_id="r3", cost=0.4)
    ledger.claim(purchase("d", episode="two", usd=0.8))
    return ledger


def test_rows_are_filtered_by_everything_given(filled: Ledger) -> None:
    assert [row.request_id for row in filled.rows()] == ["r1", "r2", "r3", None]
    assert [row.request_id for row in filled.rows(episode="one", segment="s02")] == ["r2"]
    assert [row.request_id for row in filled.rows(mode=Mode.FINAL)] == ["r2"]
    assert [row.request_id for row in filled.rows(provider="elevenlabs")] == ["r3"]
    assert [row.request_id for row in filled.rows(states=[State.INTENDED, State.UNKNOWN])] == [None]
    assert [row.request_id for row in filled.rows(key=purchase("a").key)] == ["r1"]
    later = datetime.fromtimestamp(NOON, UTC) + timedelta(days=1)
    assert [row.request_id for row in filled.rows(since=later, asset="speaker_clips")] == ["r3", None]
    assert [row.request_id for row in filled.rows(until=later)] == ["r1", "r2"]


def test_totals_by_episode_separate_what_is_under_way(filled: Ledger) -> None:
    assert filled.totals(Grouping.EPISODE) == [
        Total(name="one", requests=2, spent_usd=0.3, in_flight_usd=0.0, estimated_usd=2.0),
        Total(name="two", requests=2, spent_usd=1.2, in_flight_usd=0.8, estimated_usd=1.8),
    ]


@pytest.mark.parametrize(
    ("by", "names"),
    [
        (Grouping.SEGMENT, ["one/s01", "one/s02", "two/s01"]),
        (Grouping.ASSET, ["speaker_clips"]),
        (Grouping.PROVIDER, ["elevenlabs", "fal"]),
        (Grouping.ENDPOINT, ["fal-ai/kling-video/ai-avatar/v2/standard"]),
        (Grouping.MODE, ["draft", "final"]),
        (Grouping.DAY, ["2026-11-21", "2026-12-01"]),
        (Grouping.MONTH, ["2026-11", "2026-12"]),
    ],
)
def test_totals_have_every_group_and_the_same_sum(filled: Ledger, by: Grouping, names: list[str]) -> None:
    totals = filled.totals(by)
    assert [total.name for total in totals] == names
    assert round(sum(total.spent_usd for total in totals), 6) == 1.5


def test_totals_take_the_filters_of_rows(filled: Ledger) -> None:
    assert [total.spent_usd for total in filled.totals(Grouping.EPISODE, mode=Mode.FINAL)] == [0.2]


def test_savings_count_a_cell_that_never_paid_once_and_reruns_apart(filled: Ledger) -> None:
    for _ in range(3):
        filled.claim(purchase("a", episode="three", segment="s04"))
    for _ in range(2):
        filled.claim(purchase("a", episode="one", segment="s01"))
    assert filled.savings(Grouping.EPISODE) == [
        Saving(name="one", reuses=2, saved_usd=0.0, rerun_usd=0.2),
        Saving(name="three", reuses=3, saved_usd=0.1, rerun_usd=0.2),
    ]


def test_a_request_is_found_by_its_providers_id(filled: Ledger) -> None:
    found = filled.find("fal", "r2")
    assert found is not None
    assert found.cell.segment == "s02"
    assert filled.find("elevenlabs", "r2") is None


def test_days_have_what_each_episode_spent_by_the_shows_calendar(filled: Ledger) -> None:
    assert filled.spent_by_day() == {"2026-11-21": {"one": 0.3}, "2026-12-01": {"two": 1.2}}
