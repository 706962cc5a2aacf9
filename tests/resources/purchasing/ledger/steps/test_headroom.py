"""What the caps leave, over all that is bought, under way or set aside. The rule itself is tested in `test_caps`."""

from collections.abc import Callable

import pytest

from resources.content.show import Caps
from resources.core.errors import CapError, Charge
from resources.core.names import Mode
from resources.core.values import Cell
from resources.purchasing.ledger import ClaimKind, Ledger
from resources.purchasing.ledger.steps.reservations import Wanted
from tests.resources.purchasing.ledger.helpers import Clock, buy, purchase

Opener = Callable[..., Ledger]
TWO = Caps(segment_usd=100, episode_usd=2.0, day_usd=100)


def wanted(words: str, usd: float = 1.0) -> Wanted:
    bought = purchase(words, usd=usd)
    return Wanted(bought.cell, bought.asset, usd, bought)


def test_requests_of_one_cell_are_added_up(opened: Opener) -> None:
    ledger = opened(caps=TWO)
    ledger.check_room([purchase("a"), purchase("b")])
    with pytest.raises(CapError, match="3 requests"):
        ledger.check_room([purchase("a"), purchase("b"), purchase("c", usd=0.01)])
    with pytest.raises(CapError, match="for one request"):
        ledger.check_room([purchase("a", usd=2.01)])
    assert ledger.rows() == []


def test_what_is_set_aside_for_requests_is_room_for_them_and_for_no_others(opened: Opener) -> None:
    ledger = opened(caps=TWO)
    ledger.reserve([wanted("a"), wanted("b")])
    ledger.check_room([purchase("a"), purchase("b")])
    with pytest.raises(CapError, match=r"under way \$2\.00, new \$0\.50"):
        ledger.check_room([purchase("a", usd=1.5), purchase("b")])
    with pytest.raises(CapError):
        ledger.check_room([purchase("a"), purchase("c", usd=0.01)])


def test_what_is_set_aside_is_room_for_one_request_alone(opened: Opener) -> None:
    ledger = opened(caps=TWO)
    ledger.reserve([Wanted(purchase("a").cell, "speaker_clips", 2.0)])  # before its purchase was known
    ledger.check_room([purchase("a", usd=2.0)])
    with pytest.raises(CapError):
        ledger.check_room([purchase("a", usd=2.0), purchase("b", usd=0.01)])


def test_what_would_go_over_is_told_for_all_that_is_bought_besides(opened: Opener) -> None:
    ledger = opened(caps=TWO)
    buy(ledger, purchase("a"), request_id="r1", cost=1.5)
    cell = Cell(episode="monday", segment="s02", mode=Mode.DRAFT)
    assert ledger.over_caps({cell: 0.5}) == []
    [over] = ledger.over_caps({cell: 0.51})
    assert (over.name, over.paid, over.new) == ("episode_usd", 1_500_000, 510_000)


def test_what_must_not_be_bought_again_is_not_set_aside(opened: Opener) -> None:
    ledger = opened(caps=TWO)
    claim = ledger.claim(purchase("a"))
    ledger.sending(claim)
    ledger.failed(claim, charge=Charge.CHARGED, reason="no", retryable=False)
    ledger.reserve([wanted("a"), wanted("b")])  # $1 charged and $1 set aside: the second "a" would be a third
    with pytest.raises(CapError):
        opened(caps=TWO).claim(purchase("c", usd=0.01))


def test_what_failed_at_no_cost_and_an_intent_that_nobody_holds_are_set_aside_anew(
    opened: Opener, clock: Clock
) -> None:
    ledger = opened(caps=TWO)
    free = ledger.claim(purchase("a"))
    ledger.sending(free)
    ledger.failed(free, charge=Charge.NONE, reason="500", retryable=True)
    ledger.release(ledger.claim(purchase("b")))
    ledger.reserve([wanted("a"), wanted("b")])
    with pytest.raises(CapError):
        opened(caps=TWO).claim(purchase("c", usd=0.01))
    assert ledger.claim(purchase("a")).kind is ClaimKind.SEND
    assert ledger.claim(purchase("b")).kind is ClaimKind.SEND


def test_what_costs_more_than_was_set_aside_must_find_room(opened: Opener) -> None:
    ledger = opened(caps=TWO)
    ledger.reserve([wanted("a", usd=1.5)])
    with pytest.raises(CapError, match=r"10 second at \$0\.201"):
        ledger.claim(purchase("a", usd=2.01))
    assert ledger.claim(purchase("a", usd=1.5)).kind is ClaimKind.SEND


def test_setting_nothing_aside_asks_no_cap(opened: Opener) -> None:
    done: list[object] = []
    opened(caps=None).reserve([], also=done.append)
    assert len(done) == 1
