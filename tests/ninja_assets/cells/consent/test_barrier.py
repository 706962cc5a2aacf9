"""Whose word the barrier of a run takes. What it settles is tested in whole paid runs: tests/paid/test_consent.py."""

from itertools import product

from ninja_assets.cells.consent.barrier import Barrier
from ninja_assets.cells.consent.doors import DOOR_TAG, Door


def test_a_barrier_is_made_again_from_its_tags_by_a_shells_run() -> None:
    for terminal, agreed in product((False, True), repeat=2):
        barrier = Barrier(terminal=terminal, agreed=agreed)
        assert Barrier.of({DOOR_TAG: Door.SHELL, **barrier.tags}) == barrier


def test_nobody_but_a_shell_says_that_somebody_has_agreed() -> None:
    tags = Barrier(terminal=True, agreed=True).tags
    assert Barrier.of(tags) == Barrier()
    assert Barrier.of({**tags, "dagster/tick": "1"}) == Barrier()
    assert Barrier.of({**tags, DOOR_TAG: Door.SHELL, "dagster/parent_run_id": "by hand"}) == Barrier()
