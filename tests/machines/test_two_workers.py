"""Two workers that share a database and an object store, and no disk: what one has made, the other has."""

import pytest

from tests.machines.workers import Machines

pytestmark = pytest.mark.machines


def test_what_one_worker_made_the_other_finds_and_neither_makes_nor_buys_it_again(machines: Machines) -> None:
    here, there = machines.worker("a"), machines.worker("b")
    made = here.produce("demo", "--mode", "draft")
    assert made.error is None, made.error
    bought = machines.bought()
    again = there.produce("demo", "--mode", "draft", "--segments", "s02")
    assert again.error is None, again.error
    assert (again.cost_usd, machines.bought()) == (0, bought)
    assert [(each.segment, each.reused) for each in again.segments] == [("s02", True)]


def test_a_missing_bucket_is_told_by_name_and_never_made(machines: Machines) -> None:
    ended = machines.worker("a").ninja("produce", "demo", NINJA_LIBRARY="s3://nobody-made-it/library").end()
    assert ended.status != 0
    assert "nobody-made-it" in ended.stderr
    assert machines.store.buckets() == ["studio"]
