"""The what-if table, against sums done by hand."""

import pytest

from resources.content.show import ListenerPlan
from resources.models.endpoints import ids
from resources.models.prices import PriceList
from resources.models.whatif import Row, TurnLength, what_if

GLITCH, AMUSED, NINJA = ("GLITCH", None), ("GLITCH", "amused"), ("NINJA", None)
TURNS = (
    TurnLength("s01", 8.0, (GLITCH,)),
    TurnLength("s02", 31.0, (NINJA,)),
    TurnLength("s03", 10.0, (AMUSED,)),
    TurnLength("s04", 6.0, (GLITCH,)),
)


def row(model: str, plan: ListenerPlan, listener: str = ids.I2V_V25_PRO) -> Row:
    rows = what_if(TURNS, PriceList.load(), listener=listener)
    return next(row for row in rows if row.speaker.name == model and row.plan is plan)


def test_every_speaker_meets_every_plan() -> None:
    assert len(what_if(TURNS, PriceList.load())) == 12 * len(ListenerPlan)


def test_the_speaker_is_its_seconds_at_its_price() -> None:
    assert row("Avatar v2 Pro", ListenerPlan.LIBRARY).total_usd == pytest.approx(55 * 0.115)
    assert row("VEED Fabric 1.0 at 480p", ListenerPlan.LIBRARY).total_usd == pytest.approx(55 * 0.08)


@pytest.mark.parametrize(
    ("plan", "usd"),
    [
        (ListenerPlan.LIBRARY, 0.0),
        (ListenerPlan.LOOP, 3 * 5 * 0.07),  # one for each listener and mood
        (ListenerPlan.TRIM, 7 * 10 * 0.07),  # 8 s, four for 31 s, 10 s, 6 s
        (ListenerPlan.SILENT_AVATAR, 55 * 0.0562),
    ],
)
def test_each_listener_plan_has_its_sum(plan: ListenerPlan, usd: float) -> None:
    found = row("Avatar v2 Standard", plan)
    assert found.listener_usd == pytest.approx(usd)
    assert found.total_usd == pytest.approx(55 * 0.0562 + usd)
    assert found.note == ""


def test_a_turn_that_a_model_does_not_take_is_named() -> None:
    note = row("OmniHuman v1.5 at 1080p", ListenerPlan.LIBRARY).note
    assert note == "OmniHuman v1.5 at 1080p takes 0 to under 30 s: not s02 in one piece"
    assert row("OmniHuman v1.5 at 720p", ListenerPlan.LIBRARY).note == ""


def test_a_listener_without_an_end_frame_loops_forth_and_back() -> None:
    cheapest = row("Avatar v2 Pro", ListenerPlan.LOOP, ids.I2V_V25_STANDARD)
    assert cheapest.listener_usd == pytest.approx(3 * 0.21)
    assert "has no end frame" in cheapest.note


def test_a_silent_avatar_has_its_own_limits() -> None:
    rows = what_if((TurnLength("s01", 1.0, (GLITCH,)), TurnLength("s02", 61.0)), PriceList.load())
    silent = next(row for row in rows if row.plan is ListenerPlan.SILENT_AVATAR and "Fabric" in row.speaker.name)
    assert "a silent avatar lasts 2-60 s: not s01" in silent.note
    assert "VEED Fabric 1.0 at 720p takes 0-30 s: not s02 in one piece" in silent.note


def test_without_a_price_there_is_no_sum_and_the_note_says_so() -> None:
    known = [price for price in PriceList.load().prices() if price.endpoint != ids.I2V_O3_PRO]
    rows = what_if(TURNS, PriceList(known), listener=ids.I2V_O3_PRO)
    found = next(row for row in rows if row.plan is ListenerPlan.TRIM)
    assert found.total_usd is None
    assert f"no price is known for {ids.I2V_O3_PRO}" in found.note
