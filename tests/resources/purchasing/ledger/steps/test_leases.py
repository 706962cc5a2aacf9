"""Who holds a row: while a worker lives, its lease does, and a dead one's does not. The clock alone never decides."""

from collections.abc import Callable

import pytest

from resources.core.errors import Charge, LedgerError
from resources.purchasing.ledger import ClaimKind, Ledger, State
from tests.resources.purchasing.ledger.helpers import Clock, elsewhere, purchase

Opener = Callable[..., Ledger]


def test_a_lease_of_another_machine_lasts_its_time_and_no_longer(opened: Opener, clock: Clock) -> None:
    opened(lease_seconds=60).claim(purchase())
    ledger = opened()
    elsewhere(ledger)
    clock.now += 59.9
    assert ledger.claim(purchase()).kind is ClaimKind.BUSY
    clock.now += 0.1
    assert ledger.claim(purchase()).kind is ClaimKind.SEND


def test_a_claim_moves_its_row_while_it_is_its_own(opened: Opener, clock: Clock) -> None:
    first, second = opened(), opened()
    lost = first.claim(purchase())
    elsewhere(second)
    clock.now += 61
    own = second.claim(purchase())
    with pytest.raises(LedgerError, match="another worker took this purchase over"):
        first.sending(lost)
    second.sending(own)
    with pytest.raises(LedgerError, match="another worker took this purchase over"):
        first.not_taken(lost)
    assert second.entry(own.entry.id).state is State.SENDING


def test_what_is_only_reused_gives_no_right_to_move_its_row(ledger: Ledger) -> None:
    claim = ledger.claim(purchase())
    tokenless = claim.model_copy(update={"token": None})
    with pytest.raises(LedgerError, match="another worker"):
        ledger.sending(tokenless)
    with ledger.lease(tokenless):
        pass
    assert ledger.claim(purchase()).kind is ClaimKind.BUSY  # it was not its to give back


def test_a_step_that_cannot_follow_is_refused_with_the_state(ledger: Ledger) -> None:
    claim = ledger.claim(purchase())
    ledger.sending(claim)
    with pytest.raises(LedgerError, match="this step cannot follow: the entry is sending"):
        ledger.sending(claim)


@pytest.mark.parametrize(
    ("steps", "state", "charge"),
    [
        (0, State.INTENDED, Charge.NONE),
        (1, State.UNKNOWN, Charge.POSSIBLE),
        (2, State.SUBMITTED, Charge.POSSIBLE),
    ],
)
def test_a_lease_that_is_given_back_leaves_what_is_known(
    ledger: Ledger, steps: int, state: State, charge: Charge
) -> None:
    claim = ledger.claim(purchase())
    if steps > 0:
        ledger.sending(claim)
    if steps > 1:
        ledger.submitted(claim, "r1")
    ledger.release(claim)
    ledger.release(claim)  # once more changes nothing
    row = ledger.entry(claim.entry.id)
    assert (row.state, row.charge) == (state, charge)
    assert ledger.claim(purchase()).kind is not ClaimKind.BUSY


def test_another_workers_lease_is_not_given_back(opened: Opener) -> None:
    first, second = opened(), opened()
    claim = first.claim(purchase())
    second.release(claim)
    assert second.claim(purchase()).kind is ClaimKind.BUSY
