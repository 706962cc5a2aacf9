"""What the ledger refuses is told with its place, its sums and the command that mends it."""

import pytest

from resources.content.show import Caps
from resources.core.errors import Charge
from resources.purchasing.ledger.steps import changes, refusals
from resources.purchasing.ledger.steps.caps import Over
from resources.purchasing.ledger.tables.rows import PurchaseRow
from tests.resources.purchasing.ledger.helpers import NOON, purchase

ALL = Caps(segment_usd=1, episode_usd=5, day_usd=8, month_usd=20)


def row(entry_id: int = 7, request_id: str | None = "r1", charge: Charge = Charge.CHARGED) -> PurchaseRow:
    made = changes.new(purchase(), "default", NOON)
    made.id, made.request_id, made.charge, made.reason = entry_id, request_id, charge, "422 policy"
    return made


def over(name: str, total: int) -> Over:
    return Over(name=name, place=f"{name} of monday", cap=1_000_000, paid=total - 1, in_flight=0, new=1)


def test_a_place_names_the_entry_and_the_request_that_it_has() -> None:
    assert refusals.place(7, None) == "ledger entry 7"
    assert refusals.place(7, "r1") == "ledger entry 7, request r1"


def test_every_cap_that_is_gone_over_is_named_with_what_is_enough_for_all() -> None:
    found = [over("segment_usd", 1_500_000), over("segment_usd", 2_500_001), over("day_usd", 9_000_000)]
    error = refusals.over_cap(found, "3 requests", ALL, then="approve again")
    assert error.where == "show.yaml, caps.segment_usd"
    assert "caps.segment_usd to at least 2.51 and caps.day_usd to at least 9.00 and approve again" in str(error.hint)
    assert "for 3 requests" in str(error.why)
    assert "day_usd of monday would come to" in str(error.why)


def test_a_cap_that_is_to_be_raised_above_a_wider_one_names_that_one_too() -> None:
    error = refusals.over_cap([over("episode_usd", 12_000_000)], "one request", ALL)
    assert "caps.episode_usd to at least 12.00 and caps.day_usd to at least 12.00 and run again" in str(error.hint)
    assert "month_usd" not in str(error.hint)


@pytest.mark.parametrize(("charge", "message"), [(Charge.CHARGED, "was charged"), (Charge.POSSIBLE, "perhaps charged")])
def test_only_what_is_known_is_called_charged(charge: Charge, message: str) -> None:
    error = refusals.charged(row(charge=charge))
    assert message in error.what
    assert (error.charge, error.retryable, error.why) == (charge, False, "422 policy")
    assert "`ninja ledger settle 7 not-charged`" in str(error.hint)
    assert "`ninja ledger settle 7 buy-again`" in str(error.hint)


def test_what_was_refused_at_no_cost_is_not_called_charged() -> None:
    error = refusals.refused(row(charge=Charge.NONE))
    assert (error.charge, error.retryable) == (Charge.NONE, False)
    assert "at no cost" in error.what


def test_a_second_request_is_told_by_its_own_entry_and_names_the_first() -> None:
    error = refusals.twice(row(7), row(8, "r2"))
    assert (error.where, error.charge) == ("ledger entry 8, request r2", Charge.CHARGED)
    assert "entry 7" in str(error.why)
    assert "ninja ledger settle 8 not-charged" in str(error.hint)


def test_another_try_helps_a_worker_that_was_overtaken_and_no_verdict_for_another_show() -> None:
    assert refusals.lost(row()).retryable
    assert refusals.out_of_step(row()).retryable
    assert not refusals.foreign(row(), "other").retryable
