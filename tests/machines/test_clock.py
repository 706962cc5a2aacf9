"""A machine whose clock is ahead: times and leases are the database's, so that it takes nothing from the others."""

from pathlib import Path

import pytest

from tests.machines.workers import Machines

pytestmark = pytest.mark.machines

LIBRARY = next(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"), None)
# What a program waits for is counted by the monotonic clock, which nobody sets.
AHEAD = {"LD_PRELOAD": str(LIBRARY), "FAKETIME": "+120s", "FAKETIME_DONT_FAKE_MONOTONIC": "1"}


@pytest.mark.skipif(LIBRARY is None, reason="libfaketime is missing: sudo apt-get install faketime")
def test_a_machine_two_minutes_ahead_steals_nothing_and_finds_what_the_other_bought(machines: Machines) -> None:
    here, ahead = machines.worker("a"), machines.worker("b")
    machines.stage.providers.settings(latency=8)
    first = here.ninja("produce", "demo", "--mode", "draft", "--yes", "--json")
    first.sleep(12)  # it has claimed its clips, and waits for them
    second = ahead.ninja("produce", "demo", "--mode", "draft", "--yes", "--json", **AHEAD)
    made, found = first.end().production, second.end().production
    assert (made.error, found.error) == (None, None)
    assert machines.bought() == len(machines.entries())
    assert len({entry.key for entry in machines.entries()}) == machines.bought()
