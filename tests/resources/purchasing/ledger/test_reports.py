"""Sums of what the database added up: no cent is lost between groups, and no estimate is called a bill."""

from datetime import UTC
from zoneinfo import ZoneInfo

from resources.core.errors import Charge
from resources.purchasing.ledger import Grouping, Saving, State, Total
from resources.purchasing.ledger.reports import days_of, flagged_of, savings_of, totals_of
from tests.resources.purchasing.ledger.helpers import NOON

DAY = 86400.0
MILLION = 1_000_000


def test_a_group_is_the_sum_of_its_states_and_says_what_of_it_is_not_known() -> None:
    rows = [
        ("one", State.COLLECTED, False, 2, 3 * MILLION, 4 * MILLION),
        ("one", State.COLLECTED, True, 1, 1 * MILLION, 1 * MILLION),
        ("one", State.SUBMITTED, False, 1, 5 * MILLION, 5 * MILLION),
        ("one", State.UNKNOWN, False, 1, 7 * MILLION, 7 * MILLION),
        ("one", State.SENDING, False, 1, 11 * MILLION, 11 * MILLION),
        ("one", State.INTENDED, False, 1, 13 * MILLION, 13 * MILLION),
        ("one", State.FAILED, False, 1, 17 * MILLION, 17 * MILLION),
        ("another", State.FAILED, None, 1, 0, 1),
    ]
    another, one = totals_of(rows, Grouping.EPISODE, UTC)
    assert another == Total(name="another", requests=1, spent_usd=0.0, in_flight_usd=0.0, estimated_usd=1e-6)
    assert (one.name, one.requests, one.spent_usd, one.estimated_usd) == ("one", 8, 57.0, 58.0)
    assert one.in_flight_usd == 36.0  # 5 + 7 + 11 + 13
    assert (one.unknown, one.unknown_usd) == (2, 18.0)
    assert (one.by_estimate, one.by_estimate_usd) == (1, 1.0)


def test_moments_of_one_day_of_the_shows_calendar_are_one_group() -> None:
    morning, evening = NOON - 0.4 * DAY, NOON + 0.4 * DAY
    rows = [(moment, State.COLLECTED, False, 1, 1, 1) for moment in (morning, evening, NOON + DAY)]
    assert [(day.name, day.requests) for day in totals_of(rows, Grouping.DAY, UTC)] == [
        ("2026-11-21", 2),
        ("2026-11-22", 1),
    ]
    tokyo = totals_of(rows, Grouping.DAY, ZoneInfo("Asia/Tokyo"))
    assert [(day.name, day.requests) for day in tokyo] == [("2026-11-21", 1), ("2026-11-22", 2)]
    assert [month.name for month in totals_of(rows, Grouping.MONTH, UTC)] == ["2026-11"]


def test_a_segments_name_has_its_episode() -> None:
    [total] = totals_of([("one", "s01", State.COLLECTED, False, 1, 1, 1)], Grouping.SEGMENT, UTC)
    assert total.name == "one/s01"


def test_a_cell_that_paid_saves_only_by_reruns_and_one_that_did_not_saves_its_price_once() -> None:
    rows = [
        ("one", True, 2, 3, 1 * MILLION, 3 * MILLION),  # the buyer, run three times more
        ("one", False, 1, 4, 2 * MILLION, 8 * MILLION),  # another cell that used it four times
    ]
    assert savings_of(rows, Grouping.EPISODE, UTC) == [Saving(name="one", reuses=7, saved_usd=2.0, rerun_usd=9.0)]


def test_a_day_on_which_nothing_was_spent_is_none() -> None:
    rows = [(NOON, "one", 5), (NOON + 60, "one", 6), (NOON, "two", 0), (NOON - DAY, "two", 0)]
    assert days_of(rows, UTC) == {"2026-11-21": {"one": 11e-6}}


def test_what_is_flagged_says_what_it_counts_and_why() -> None:
    def told(
        state: State, charge: Charge, cost: int | None, counted: int | None, flagged: bool = True, lease: float = 0.0
    ) -> tuple[float | None, float, str]:
        row = (
            1,
            "one",
            "s01",
            "speaker_clips",
            state,
            charge,
            lease,
            MILLION,
            cost,
            counted,
            flagged,
            "odd",
            "unseen",
            0,
        )
        [found] = flagged_of([row], NOON)
        return found.cost_usd, found.counted_usd, found.why

    paid = Charge.CHARGED
    assert told(State.COLLECTED, paid, 2 * MILLION, 3 * MILLION) == (2.0, 3.0, "odd; unseen")
    assert told(State.COLLECTED, paid, 2 * MILLION, None) == (2.0, 2.0, "odd; unseen")
    assert told(State.SUBMITTED, Charge.POSSIBLE, None, None) == (None, 1.0, "odd; unseen")
    assert told(State.FAILED, Charge.NONE, None, None) == (None, 0.0, "odd; unseen")
    assert told(State.INTENDED, Charge.NONE, None, None) == (None, 0.0, "odd; unseen")
    assert told(State.INTENDED, Charge.NONE, None, None, lease=NOON + 1)[1] == 1.0
    assert told(State.COLLECTED, paid, 0, 0, flagged=False) == (0.0, 0.0, "unseen")
