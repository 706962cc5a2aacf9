"""Prices and voices that wait for a person, and what became of them: an approval is of what was shown, used once."""

from collections.abc import Iterator
from contextlib import suppress

import pytest

from resources.core.names import CellKey, Mode
from resources.purchasing.ledger.tables.store import Store
from resources.purchasing.state.approvals import Approvals
from resources.purchasing.state.consent import Offer
from tests.resources.purchasing.state.offers import comparison, offer


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    opened = Store(url)
    yield opened
    opened.close()


@pytest.fixture
def approvals(store: Store) -> Approvals:
    return Approvals(store, "default")


def used(store: Store, approvals: Approvals, what: Offer, run: str) -> bool:
    with store.writing(alone=True) as session:
        return approvals.use(session, what, run)


def test_an_approval_is_used_by_one_root_run_alone(store: Store, approvals: Approvals) -> None:
    approvals.ask(offer(1.0, 2.0), "run 1")
    assert not used(store, approvals, offer(1.0), "run 1")
    asked = approvals.waiting("monday")
    assert approvals.approve(asked)
    assert not approvals.approve(asked)
    assert approvals.waiting("monday") == []
    assert used(store, approvals, offer(1.0, 2.0), "run 1")
    assert not used(store, approvals, offer(1.0, 2.0), "run 2")
    assert used(store, approvals, offer(2.0, first=2), "run 1")  # what its first try could not buy


def test_what_costs_nothing_uses_nobodys_yes_to_something_else(store: Store, approvals: Approvals) -> None:
    approvals.agree(comparison(1.0, 2.0, segment=5))
    nothing = comparison(1.0, 2.0, segment=3).model_copy(update={"items": ()})  # all of it is bought
    assert not used(store, approvals, nothing, "run 1")
    assert used(store, approvals, comparison(1.0, 2.0, segment=5), "run 2")


def test_a_use_that_is_rolled_back_is_none(store: Store, approvals: Approvals) -> None:
    approvals.ask(offer(1.0), "run 1")
    approvals.approve(approvals.waiting("monday"))
    with suppress(RuntimeError), store.writing(alone=True) as session:
        assert approvals.use(session, offer(1.0), "run 1")
        raise RuntimeError
    assert used(store, approvals, offer(1.0), "run 2")


def test_a_later_question_takes_the_place_of_the_one_for_the_same_segments(store: Store, approvals: Approvals) -> None:
    approvals.ask(offer(1.0, 2.0), "run 1")
    approvals.ask(offer(1.0, first=5), "run 2")
    approvals.ask(offer(3.0), "run 3")
    approvals.ask(offer(3.0, mode=Mode.FINAL), "run 4")
    assert [ask.root_run for ask in approvals.waiting("monday", Mode.DRAFT)] == ["run 2", "run 3"]
    assert len(approvals.waiting("monday")) == 3
    assert Approvals(store, "other").waiting("monday") == []


def test_a_question_whose_number_is_anothers_by_now_is_not_approved(approvals: Approvals) -> None:
    approvals.ask(offer(1.0), "run 1")
    shown = approvals.waiting("monday")
    approvals.ask(offer(9.0), "run 1")  # SQLite gives the number of the last row again
    assert not approvals.approve(shown)
    assert [ask.offer.usd for ask in approvals.waiting()] == [9.0]


def test_what_a_person_agreed_to_before_its_run_is_used_once(store: Store, approvals: Approvals) -> None:
    approvals.agree(offer(1.0, 2.0))
    assert approvals.waiting("monday") == []
    assert used(store, approvals, offer(2.0, first=2), "run 1")
    assert not used(store, approvals, offer(1.0), "run 2")


def test_who_says_yes_again_to_what_no_run_has_bought_leaves_no_second_yes(store: Store, approvals: Approvals) -> None:
    approvals.ask(offer(1.0, 2.0), "run 1")
    approvals.approve(approvals.waiting("monday"))
    approvals.agree(offer(1.0, 2.0))
    approvals.agree(offer(1.0))  # a part of it
    assert [ask.offer for ask in approvals.agreed("monday")] == [offer(1.0, 2.0)]
    approvals.agree(offer(1.5))
    assert len(approvals.agreed("monday")) == 2
    assert used(store, approvals, offer(1.0, 2.0), "run 2")
    approvals.agree(offer(1.0, 2.0))  # the other is used: this is a yes of its own
    assert used(store, approvals, offer(1.0, 2.0), "run 3")


def test_what_is_bought_is_asked_for_no_more(store: Store, approvals: Approvals) -> None:
    approvals.ask(offer(1.0, 2.0), "run 1")
    approvals.ask(offer(3.0, first=3), "run 2")
    with store.writing(alone=True) as session:
        approvals.withdraw(session, "monday", Mode.DRAFT, ["s01", "s03"])
    assert [ask.root_run for ask in approvals.waiting("monday")] == ["run 1"]


def test_a_voice_that_another_has_replaced_waits_no_more(approvals: Approvals) -> None:
    cell = CellKey("monday", "s03")
    approvals.doubt(cell, Mode.DRAFT, "a" * 64, "said twice", "run 1")
    shown = approvals.doubts("monday")
    approvals.undoubt(cell, Mode.DRAFT)
    assert approvals.doubts("monday") == []
    assert not approvals.accept(shown)


def test_a_voice_is_accepted_as_it_is_and_no_other_of_its_cell(approvals: Approvals) -> None:
    cell = CellKey("monday", "s03")
    approvals.doubt(cell, Mode.DRAFT, "a" * 64, "said twice", "run 1")
    approvals.doubt(cell, Mode.DRAFT, "b" * 64, "said twice", "run 2")
    [doubt] = approvals.doubts("monday")
    assert (doubt.cell, doubt.why, doubt.root_run) == (cell, "said twice", "run 2")
    assert approvals.accept([doubt])
    assert not approvals.accept([doubt])
    assert approvals.doubts("monday") == []
    assert approvals.accepted(cell, "b" * 64)
    assert not approvals.accepted(cell, "a" * 64)
    assert not approvals.accepted(CellKey("monday", "s04"), "b" * 64)


def test_the_dearer_question_is_not_covered_by_an_approval_of_the_cheaper(store: Store, approvals: Approvals) -> None:
    approvals.agree(offer(1.0))
    assert not used(store, approvals, offer(1.01), "run 1")
    assert not used(store, approvals, offer(1.0, mode=Mode.FINAL), "run 1")
    assert not used(store, Approvals(store, "other"), offer(1.0), "run 1")
    assert used(store, approvals, offer(1.0), "run 1")


def test_prices_are_approved_all_or_none(store: Store, approvals: Approvals) -> None:
    approvals.ask(offer(1.0), "run 1")
    approvals.ask(offer(2.0, first=2), "run 2")
    first, second = approvals.waiting("monday")
    assert approvals.approve([first])
    assert not approvals.approve([first, second])
    assert approvals.waiting("monday") == [second]
    assert not used(store, approvals, offer(2.0, first=2), "run 2")


def test_a_run_asks_for_one_price_at_a_time(approvals: Approvals) -> None:
    approvals.ask(offer(1.0), "run 1")
    approvals.ask(offer(2.0, first=2), "run 1")
    assert [ask.offer.usd for ask in approvals.waiting("monday")] == [2.0]


def test_what_waits_of_all_episodes_is_of_one_show(store: Store, approvals: Approvals) -> None:
    approvals.ask(offer(1.0), "run 1")
    approvals.ask(offer(4.0).model_copy(update={"episode": "tuesday"}), "run 3")
    Approvals(store, "other").ask(offer(8.0), "run 4")
    approvals.doubt(CellKey("tuesday", "s01"), Mode.DRAFT, "a" * 64, "said twice", "run 3")
    assert [(ask.offer.episode, ask.offer.usd) for ask in approvals.waiting()] == [("monday", 1.0), ("tuesday", 4.0)]
    assert [doubt.command for doubt in approvals.doubts()] == ["ninja approve tuesday --mode draft --segments s01"]


def test_a_comparison_waits_beside_the_episodes_own_clips_and_neither_takes_the_others_place(
    store: Store, approvals: Approvals
) -> None:
    approvals.ask(offer(1.0, 2.0), "run 1")
    approvals.ask(comparison(3.0, 4.0), "run 2")
    approvals.ask(comparison(5.0, 6.0, segment=2), "")
    assert [ask.offer.compared for ask in approvals.waiting("monday")] == [None, "s01", "s02"]
    approvals.ask(comparison(3.0, 4.0, 5.0), "")  # of the same segment, by a shell
    assert [ask.offer.usd for ask in approvals.waiting("monday")] == [3.0, 11.0, 12.0]
    with store.writing() as session:
        approvals.withdraw(session, "monday", Mode.DRAFT, ["s01", "s02"])
    assert [ask.offer.command.partition(" --offer ")[0] for ask in approvals.waiting("monday")] == [
        "ninja approve monday --mode draft --compare s02",
        "ninja approve monday --mode draft --compare s01",
    ]
    with store.writing() as session:
        approvals.withdraw(session, "monday", Mode.DRAFT, ["s01"], compared=True)
    assert [ask.offer.compared for ask in approvals.waiting("monday")] == ["s02"]


def test_voices_are_accepted_all_or_none_and_each_mode_waits_for_its_own(approvals: Approvals) -> None:
    first, second = CellKey("monday", "s01"), CellKey("monday", "s02")
    approvals.doubt(first, Mode.DRAFT, "a" * 64, "said twice", "run 1")
    approvals.doubt(second, Mode.FINAL, "b" * 64, "said twice", "run 2")
    assert [doubt.cell for doubt in approvals.doubts("monday", Mode.FINAL)] == [second]
    shown = approvals.doubts("monday")
    approvals.undoubt(second, Mode.FINAL)
    assert not approvals.accept(shown)
    assert not approvals.accepted(first, "a" * 64)
    assert approvals.accept(shown[:1])
