"""A machine whose clock is ahead: times and leases are the database's, so that it takes nothing from the others."""

import sys

import pytest

from tests.machines.workers import Machines
from tests.paid.runs import Run

pytestmark = pytest.mark.machines

AHEAD_SECONDS = "120"  # two leases
VOICES = 3  # that are bought before the first clip
ORDER = ("produce", "demo", "--mode", "draft", "--yes", "--json")


def test_a_machine_two_minutes_ahead_steals_nothing_and_finds_what_the_other_bought(machines: Machines) -> None:
    here, ahead = machines.worker("a"), machines.worker("b")
    providers = machines.stage.providers
    providers.settings(latency=15)
    first = here.ninja(*ORDER)
    while len(providers.report().purchases) <= VOICES and first.alive():
        first.sleep(0.5)
    assert first.alive()  # it waits for its clips
    second = Run([sys.executable, "-m", "tests.machines.ahead", AHEAD_SECONDS, *ORDER], ahead.environment)
    made, found = first.end().production, second.end().production
    assert (made.error, found.error) == (None, None)
    assert machines.bought() == len(machines.entries())
    assert made.cost_usd + found.cost_usd == pytest.approx(providers.report().spent_usd, abs=0.005)
