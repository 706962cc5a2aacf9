"""When a person is asked for a price, what approval covers, and what is kept of either."""

from collections.abc import Iterator
from contextlib import suppress

import pytest

from resources.content.show import Approval
from resources.core.errors import ContentError
from resources.core.names import CellKey, Mode
from resources.models.loading import load_show
from resources.purchasing.ledger.tables.store import Store
from resources.purchasing.state.approvals import Approvals
from resources.purchasing.state.consent import Item, Offer, asks
from tests.stage import PAID_SHOW, paid_show


def offer(*prices: float, mode: Mode = Mode.DRAFT, first: int = 1) -> Offer:
    items = [
        Item(segment=f"s{number:02}", label="NINJA", asset="speaker_clips", usd=price, what=f"key {number}")
        for number, price in enumerate(prices, first)
    ]
    return Offer(episode="monday", mode=mode, items=tuple(items))


ABOVE, NEVER, ALWAYS = Approval(above_usd=1.0), Approval(above_usd=None), Approval(above_usd=0)


@pytest.mark.parametrize(
    ("approval", "mode", "usd", "terminal", "asked"),
    [
        (ABOVE, Mode.DRAFT, 1.0, False, False),
        (ABOVE, Mode.DRAFT, 1.01, False, True),
        (ABOVE, Mode.FINAL, 0.5, True, False),
        (ALWAYS, Mode.DRAFT, 0.01, False, True),
        (ALWAYS, Mode.DRAFT, 0.0, True, False),
        (NEVER, Mode.FINAL, 100, True, False),
        (None, Mode.FINAL, 0.01, True, True),
        (None, Mode.FINAL, 100, False, False),
        (None, Mode.DRAFT, 100, True, False),
    ],
)
def test_a_person_is_asked_as_the_show_says_and_else_for_a_final_at_a_terminal(
    approval: Approval | None, mode: Mode, usd: float, terminal: bool, asked: bool
) -> None:
    assert asks(approval, mode, usd, terminal=terminal) is asked


@pytest.mark.parametrize(
    ("written", "above"), [("never", None), ("always", 0), ("{above_usd: 1.50}", 1.5), ('"never"', None)]
)
def test_the_setting_has_three_forms(tmp_path_factory: pytest.TempPathFactory, written: str, above: float) -> None:
    stage = paid_show(tmp_path_factory.mktemp("show"))
    stage.write_show(f"{PAID_SHOW}approval: {written}\n")
    assert load_show(stage.show).approval == Approval(above_usd=above)


@pytest.mark.parametrize("written", ["maybe", "{above: 1}", "{above_usd: -1}", "3", "true"])
def test_a_setting_that_says_no_price_is_refused_with_its_line(
    tmp_path_factory: pytest.TempPathFactory, written: str
) -> None:
    stage = paid_show(tmp_path_factory.mktemp("show"))
    stage.write_show(f"{PAID_SHOW}approval: {written}\n")
    with pytest.raises(ContentError, match=r"show\.yaml:18: .*approval"):
        load_show(stage.show)


def test_an_offer_covers_what_was_in_it_for_no_more_than_it_cost() -> None:
    shown = offer(1.0, 2.0)
    assert shown.covers(offer(1.0, 2.0))
    assert shown.covers(offer(0.9))
    assert not shown.covers(offer(1.01))
    assert not shown.covers(offer(1.0, 2.0, 0.01))
    assert not shown.covers(offer(1.0, mode=Mode.FINAL))


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
    assert approvals.waiting_usd() == {("monday", Mode.DRAFT): 9.0}


def test_what_a_person_agreed_to_before_its_run_is_used_once(store: Store, approvals: Approvals) -> None:
    approvals.agree(offer(1.0, 2.0))
    assert approvals.waiting("monday") == []
    assert used(store, approvals, offer(2.0, first=2), "run 1")
    assert not used(store, approvals, offer(1.0), "run 2")


def test_what_is_bought_is_asked_for_no_more(store: Store, approvals: Approvals) -> None:
    approvals.ask(offer(1.0, 2.0), "run 1")
    approvals.ask(offer(3.0, first=3), "run 2")
    with store.writing(alone=True) as session:
        approvals.withdraw(session, "monday", Mode.DRAFT, ["s01", "s03"])
    assert [ask.root_run for ask in approvals.waiting("monday")] == ["run 1"]


def test_an_offers_mark_tells_it_from_every_other() -> None:
    offers = [offer(1.0), offer(1.01), offer(1.0, mode=Mode.FINAL), offer(1.0, first=2)]
    assert len({each.mark for each in offers}) == 4
    assert offer(1.0).mark == offer(1.0).mark


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
