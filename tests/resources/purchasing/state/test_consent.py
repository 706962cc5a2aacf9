"""When a person is asked for a price, and what approval of one covers."""

import pytest

from resources.content.show import Approval
from resources.core.errors import ContentError
from resources.core.names import Mode
from resources.models.loading import load_show
from resources.purchasing.state.consent import asks
from tests.resources.purchasing.state.offers import offer
from tests.stage import PAID_SHOW, paid_show

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


def test_a_yes_to_a_comparison_is_none_to_the_episodes_own_clips() -> None:
    own = offer(1.0, 2.0)
    compared = own.model_copy(update={"models": ("a", "b")})
    assert not compared.covers(own)
    assert not own.covers(compared)
    assert compared.covers(compared)


def test_an_offers_mark_tells_it_from_every_other() -> None:
    offers = [offer(1.0), offer(1.01), offer(1.0, mode=Mode.FINAL), offer(1.0, first=2)]
    assert len({each.mark for each in offers}) == 4
    assert offer(1.0).mark == offer(1.0).mark
