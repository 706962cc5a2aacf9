"""The library on an object store: few requests, and whatever breaks on its way or on a disk is healed."""

from pathlib import Path

import pytest

from tests.machines.workers import Machines

pytestmark = pytest.mark.machines

ASSETS = 8  # of each segment
MOST = 8  # requests to the object store of a cell


def test_a_cell_costs_at_most_eight_requests(machines: Machines) -> None:
    machines.store.requests()
    assert machines.worker("a").produce("demo").error is None
    made = sum(machines.store.requests().values())
    assert machines.worker("a").produce("demo").error is None
    again = sum(machines.store.requests().values())
    cells = ASSETS * 3
    assert made <= MOST * cells, made
    assert again <= MOST * cells, again


def test_uploads_that_break_off_are_told_and_made_good_by_the_next_run(machines: Machines) -> None:
    here, there = machines.worker("a"), machines.worker("b")
    for how in ("short", "refused", "short"):
        machines.store.break_off(how, "/media/")
    for _ in range(4):
        made = here.produce("demo")
        if made.error is None:
            break
        assert "library" in made.error or "arrive" in made.error
    assert made.error is None, made.error
    opened = there.ninja("open", "demo").end()
    assert opened.status == 0, opened.stderr
    assert (there.output / "demo/rehearsal/final.mp4").read_bytes() == Path(str(made.final_video)).read_bytes()


def test_damaged_files_of_the_cache_are_fetched_again(machines: Machines) -> None:
    here, there = machines.worker("a"), machines.worker("b")
    assert here.produce("demo").error is None
    assert there.ninja("open", "demo").end().status == 0
    cached = [path for path in (here.temporary / "ninja-library-cache").glob("media/*/*") if path.is_file()]
    assert cached
    for path in cached:
        path.chmod(0o644)
        path.write_bytes(b"damaged")
    opened = here.ninja("open", "demo", NINJA_OUTPUT=str(here.root / "again")).end()
    assert opened.status == 0, opened.stderr
    for path in there.output.rglob("*.mp4"):
        assert (here.root / "again" / path.relative_to(there.output)).read_bytes() == path.read_bytes()
