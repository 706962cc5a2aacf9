"""What a run is about to buy is reserved together or not at all, counts once, and is freed when its run is gone."""

import os
import signal
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection

import pytest

from resources.content.show import Caps
from resources.core.errors import CapError, ContentError, WaitingError
from resources.core.names import Mode
from resources.core.values import Cell
from resources.purchasing.ledger import ClaimKind, Ledger, Purchase
from resources.purchasing.ledger.steps.reservations import Wanted
from tests.resources.purchasing.ledger.helpers import CAPS, Clock, buy, elsewhere, purchase
from tests.resources.purchasing.ledger.test_processes import LIMIT, PROCESSES, finished, started

Opener = Callable[..., Ledger]


def caps(episode: float, segment: float = 100) -> Caps:
    return Caps(segment_usd=segment, episode_usd=episode, day_usd=1000)


def wanted(*purchases: Purchase) -> list[Wanted]:
    return [Wanted(each.cell, each.asset, each.estimate.usd, each) for each in purchases]


def made_from_another(usd: float, segment: str = "s09") -> Wanted:
    return Wanted(Cell(episode="monday", segment=segment, mode=Mode.DRAFT), "speaker_clips", usd)


def clips(count: int, usd: float = 1.0) -> list[Purchase]:
    return [purchase(f"line {number}", segment=f"s{number:02}", usd=usd) for number in range(1, count + 1)]


def room(ledger: Ledger, usd: float) -> bool:
    """Whether something else of the episode could be bought for so much."""
    return not ledger.over_caps({Cell(episode="monday", segment="s15", mode=Mode.DRAFT): usd})


def test_all_is_reserved_together_or_nothing_with_the_sums_and_the_next_command(opened: Opener) -> None:
    ledger = opened(caps(episode=0.87))
    buy(ledger, purchase("a voice", usd=0.06), request_id="r1", cost=0.06)
    with pytest.raises(CapError) as refused:
        ledger.reserve(wanted(*clips(3, usd=0.463)), then="run `ninja produce monday --mode draft`")
    assert refused.value.what == "episode monday would come to $1.449, over the cap of $0.87: nothing was sent"
    assert str(refused.value.why) == "paid $0.06, under way $0.00, new $1.389 for 3 requests"
    assert "raise caps.episode_usd to at least 1.45 and run `ninja produce monday --mode draft`" in str(
        refused.value.hint
    )
    assert room(ledger, 0.81)  # nothing was set aside
    ledger.reserve(wanted(*clips(2, usd=0.4)))
    assert not room(ledger, 0.02)


def test_every_cap_that_is_gone_over_is_told_at_once(opened: Opener) -> None:
    ledger = opened(caps(episode=1, segment=0.5))
    with pytest.raises(CapError) as refused:
        ledger.reserve(wanted(*clips(2, usd=0.9)))
    assert "episode monday would come to $1.80" in str(refused.value.why)
    assert "raise caps.segment_usd to at least 0.90 and caps.episode_usd to at least 1.80" in str(refused.value.hint)


@pytest.mark.parametrize("ends", [12 * 3600, 10 * 86_400 - 12 * 3600], ids=["midnight", "month's end"])
def test_what_is_reserved_before_midnight_and_bought_after_it_counts_for_the_new_day_alone(
    opened: Opener, clock: Clock, ends: float
) -> None:
    limits = Caps(segment_usd=100, episode_usd=100, day_usd=2, month_usd=2)
    clock.now += ends - 5
    ledger, other = opened(limits), opened(limits)
    ledger.reserve(wanted(*clips(3, usd=0.5)))
    clock.now += 10
    with pytest.raises(CapError, match="today would come to"):
        other.claim(purchase("beside it", episode="tuesday", usd=0.6))
    for one in clips(3, usd=0.5):
        buy(ledger, one, request_id=one.key, cost=0.5)
    assert room(other, 0.5)
    assert not room(other, 0.51)


def test_a_reservation_becomes_its_row_and_is_never_counted_twice(opened: Opener) -> None:
    ledger = opened(caps(episode=3))
    ledger.reserve(wanted(*clips(3)))
    for one in clips(3):
        assert not room(ledger, 0.01)
        assert ledger.claim(one).kind is ClaimKind.SEND
    assert not room(ledger, 0.01)


def test_nobody_else_takes_the_room_that_is_reserved(opened: Opener) -> None:
    mine, theirs = opened(caps(episode=3)), opened(caps(episode=3))
    mine.reserve(wanted(*clips(3)))
    with pytest.raises(CapError):
        theirs.claim(purchase("something else", segment="s12", usd=0.01))
    with pytest.raises(CapError):
        theirs.reserve([made_from_another(0.01)])
    assert all(mine.claim(one).kind is ClaimKind.SEND for one in clips(3))


def test_two_runs_of_the_same_episode_reserve_and_buy_the_same_once(opened: Opener) -> None:
    first, second = opened(caps(episode=3.5)), opened(caps(episode=3.5))
    for ledger in (first, second):
        ledger.reserve([*wanted(*clips(3)), made_from_another(0.5)])
    assert second.claim(clips(1)[0]).kind is ClaimKind.SEND
    assert first.claim(clips(1)[0]).kind is ClaimKind.BUSY
    assert first.claim(clips(2)[1]).kind is ClaimKind.SEND
    assert not room(first, 0.01)


def test_what_is_paid_or_under_way_is_not_reserved_again(opened: Opener) -> None:
    ledger = opened(caps(episode=2))
    buy(ledger, clips(1)[0], request_id="r1", cost=1.0)
    ledger.sending(ledger.claim(clips(2)[1]))
    ledger.reserve(wanted(*clips(2)))
    assert room(ledger, 0)
    with pytest.raises(CapError):
        ledger.reserve(wanted(*clips(3)))


def test_a_shot_that_is_made_from_another_is_reserved_by_its_estimate(opened: Opener) -> None:
    ledger = opened(caps(episode=1))
    ledger.reserve([made_from_another(0.8)])
    assert not room(ledger, 0.3)
    assert ledger.claim(purchase("as it came out", segment="s09", usd=0.75)).kind is ClaimKind.SEND
    assert room(ledger, 0.25)


def test_a_shot_that_costs_more_than_was_thought_must_fit_the_caps_by_itself(opened: Opener) -> None:
    ledger = opened(caps(episode=1))
    ledger.reserve([made_from_another(0.8)])
    with pytest.raises(CapError):
        ledger.claim(purchase("as it came out", segment="s09", usd=1.1))
    assert not room(ledger, 0.3)  # it is still set aside
    assert ledger.claim(purchase("as it came out", segment="s09", usd=0.95)).kind is ClaimKind.SEND


def test_what_serves_several_segments_counts_for_the_one_that_it_was_reserved_for(opened: Opener) -> None:
    tight = caps(episode=100, segment=1)
    ledger = opened(tight)
    loop = purchase("a loop", segment="s01", content="a", usd=0.2)
    own = [purchase("one", segment="s01", content="a", usd=0.8), purchase("two", segment="s02", content="b", usd=1.0)]
    ledger.reserve(wanted(*own, loop))
    other = loop.model_copy(update={"cell": own[1].cell})
    assert [ledger.claim(each).kind for each in (other, *own)] == [ClaimKind.SEND] * 3


def test_a_run_that_ends_gives_back_what_it_has_not_used(opened: Opener) -> None:
    ledger, other = opened(caps(episode=3)), opened(caps(episode=3))
    ledger.reserve(wanted(*clips(3)))
    ledger.sending(ledger.claim(clips(1)[0]))
    assert not room(other, 0.01)
    ledger.close()
    assert room(other, 2)
    assert not room(other, 2.01)


def test_a_reservation_runs_out_with_its_lease_and_is_not_brought_back(opened: Opener, clock: Clock) -> None:
    ledger, other = opened(caps(episode=3)), opened(caps(episode=3))
    ledger.reserve(wanted(*clips(3)))
    elsewhere(ledger)
    clock.now += 61
    other.reserve([made_from_another(3.0)])
    with pytest.raises(CapError):
        ledger.claim(clips(1)[0])


def test_without_caps_nothing_is_reserved(opened: Opener) -> None:
    with pytest.raises(ContentError, match="sets no caps"):
        opened(None).reserve(wanted(*clips(1)))
    opened(None).reserve([])


def test_what_is_done_with_it_is_done_with_it_or_not_at_all(opened: Opener) -> None:
    ledger = opened(caps(episode=3))

    def not_approved(_: object) -> None:
        raise WaitingError("not approved")

    with pytest.raises(WaitingError):
        ledger.reserve(wanted(*clips(3)), also=not_approved)
    assert room(ledger, 3)


def hold(url: str, purchases: Sequence[Purchase], message: Connection) -> None:
    """Reserve, say so, and never come to send anything."""
    ledger = Ledger(url, caps=CAPS)
    ledger.reserve(wanted(*purchases))
    message.send(True)
    signal.pause()


def test_a_run_killed_between_its_reservation_and_its_first_request_blocks_nobody(url: str) -> None:
    here, there = PROCESSES.Pipe()
    process = started(hold, url, clips(3), there)
    assert here.poll(LIMIT)
    with Ledger(url, caps=caps(episode=3)) as ledger:
        assert not room(ledger, 0.01)
        with pytest.raises(CapError):
            ledger.claim(purchase("something else", segment="s12"))
        assert process.pid is not None
        os.kill(process.pid, signal.SIGKILL)
        assert finished(process) == -signal.SIGKILL
        ledger.reserve(wanted(*clips(3)))  # at once: its lease need not run out
        assert [ledger.claim(one).kind for one in clips(3)] == [ClaimKind.SEND] * 3
