"""Chains side by side: each task after what it needs, and not at all after what failed."""

import threading
from collections.abc import Callable, Collection
from graphlib import CycleError

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ninja_assets.cells.running.scheduler import Begun, Broken, Ended, Made, NotBegun, Task, flow

WIDE, NARROW = "wide", "narrow"
LANES = {WIDE: 8, NARROW: 1}


def never() -> None:
    raise AssertionError("nothing was interrupted")


def ended(tasks: dict[str, Task[str, object]], lanes: dict[str, int] = LANES) -> dict[str, Ended[str, object]]:
    """How each task ended, in the order in which they did."""
    with flow(tasks, lanes=lanes, on_interrupt=never) as flowing:
        return {each.key: each for each in flowing if not isinstance(each, Begun)}


def task(
    run: Callable[[], object] = lambda: None,
    *,
    needs: Collection[str] = (),
    follows: Collection[str] = (),
    lane: str = WIDE,
) -> Task[str, object]:
    return Task(run, lane, frozenset(needs), frozenset(follows))


def broken() -> object:
    raise ValueError("broken")


def test_a_chain_goes_on_while_another_one_waits() -> None:
    first_chain_is_through = threading.Event()
    tasks = {
        "slow voice": task(lambda: first_chain_is_through.wait(30)),
        "voice": task(),
        "slow clip": task(needs=["slow voice"]),
        "clip": task(needs=["voice"]),
        "composite": task(first_chain_is_through.set, needs=["clip"]),
    }
    made = ended(tasks)
    assert made["slow voice"] == Made("slow voice", True)  # it waited for the other chain's end, and that came
    assert list(made)[-1] == "slow clip"


def test_what_needs_a_failure_is_not_begun_and_says_which_and_the_others_go_on() -> None:
    made = ended(
        {"a": task(broken), "b": task(needs=["a"]), "c": task(needs=["b", "d"]), "d": task(), "e": task(needs=["d"])}
    )
    assert isinstance(made["a"], Broken)
    assert made["b"] == NotBegun("b", frozenset({"a"}))
    assert made["c"] == NotBegun("c", frozenset({"a"}))
    assert {key for key, each in made.items() if isinstance(each, Made)} == {"d", "e"}


def test_a_barrier_follows_what_ended_well_or_badly() -> None:
    voices_ended: list[str] = []

    def good() -> None:
        voices_ended.append("good")

    def bad() -> None:
        voices_ended.append("bad")
        raise ValueError("no voice")

    made = ended(
        {
            "bad voice": task(bad),
            "good voice": task(good),
            "price": task(lambda: sorted(voices_ended), follows=["bad voice", "good voice"]),
            "clip without voice": task(needs=["bad voice", "price"]),
            "clip": task(needs=["good voice", "price"]),
        }
    )
    assert made["price"] == Made("price", ["bad", "good"])
    assert isinstance(made["clip"], Made)
    assert made["clip without voice"] == NotBegun("clip without voice", frozenset({"bad voice"}))


def test_a_barrier_that_fails_stops_what_needs_it_and_nothing_else() -> None:
    made = ended({"voice": task(), "price": task(broken, follows=["voice"]), "clip": task(needs=["voice", "price"])})
    assert isinstance(made["voice"], Made)
    assert made["clip"] == NotBegun("clip", frozenset({"price"}))


def test_no_more_run_at_a_time_in_a_lane_than_it_has_room_for() -> None:
    at_once, most, lock = 0, 0, threading.Lock()
    together = threading.Barrier(2)

    def narrow() -> None:
        nonlocal at_once, most
        with lock:
            at_once += 1
            most = max(most, at_once)
        together.wait(30)  # both places are taken, or this never ends
        with lock:
            at_once -= 1

    ended({str(number): task(narrow, lane=NARROW) for number in range(6)}, {WIDE: 8, NARROW: 2})
    assert most == 2


def test_of_what_could_begin_the_first_in_the_given_order_does() -> None:
    order: list[str] = []

    def noted(name: str) -> Task[str, object]:
        needs = [f"voice {name[-1]}"] if name.startswith("clip") else []
        return task(lambda: order.append(name), lane=NARROW, needs=needs)

    ended({name: noted(name) for name in ("clip 1", "clip 2", "voice 1", "voice 2")})
    assert order == ["voice 1", "clip 1", "voice 2", "clip 2"]


def test_keys_of_no_task_are_not_waited_for() -> None:
    assert isinstance(ended({"a": task(needs=["elsewhere"], follows=["nowhere"])})["a"], Made)


def test_tasks_that_wait_for_each_other_are_refused_before_anything_is_begun() -> None:
    begun: list[str] = []
    with pytest.raises(CycleError):
        ended(
            {
                "a": task(lambda: begun.append("a"), needs=["b"]),
                "b": task(needs=["a"]),
                "c": task(lambda: begun.append("c")),
            }
        )
    assert begun == []


def test_an_interruption_ends_all_and_is_told() -> None:
    stopped: list[bool] = []

    def interrupted() -> object:
        raise KeyboardInterrupt

    tasks = {"a": task(interrupted, lane=NARROW), "b": task(needs=["a"])}
    with (
        pytest.raises(KeyboardInterrupt),
        flow(tasks, lanes=LANES, on_interrupt=lambda: stopped.append(True)) as flowing,
    ):
        list(flowing)
    assert stopped == [True]


def test_a_caller_that_leaves_stops_what_waits() -> None:
    stop = threading.Event()
    tasks = {"quick": task(), "waits": task(lambda: stop.wait(30))}
    with flow(tasks, lanes=LANES, on_interrupt=stop.set) as flowing:
        assert next(each.key for each in flowing if isinstance(each, Made)) == "quick"
    assert stop.is_set()


def test_a_caller_that_fails_begins_nothing_more() -> None:
    stop, begun = threading.Event(), threading.Event()
    tasks = {"waits": task(lambda: stop.wait(30)), "after": task(begun.set, needs=["waits"])}
    with pytest.raises(ValueError, match="broken"), flow(tasks, lanes=LANES, on_interrupt=stop.set):
        broken()
    assert stop.is_set()
    assert not begun.is_set()


def test_a_chain_goes_on_while_its_caller_is_busy_with_what_has_ended() -> None:
    through = threading.Event()
    tasks = {"voice": task(), "clip": task(needs=["voice"]), "composite": task(through.set, needs=["clip"])}
    with flow(tasks, lanes=LANES, on_interrupt=never) as flowing:
        assert through.wait(30)  # nothing was asked for yet
        chain = ["voice", "clip", "composite"]
        assert list(flowing) == [each for key in chain for each in (Begun(key), Made(key, None))]


def test_nothing_to_do_is_done() -> None:
    assert ended({}) == {}


@given(st.data())
def test_whatever_the_graph_each_task_ends_once_and_after_what_it_waits_for(data: st.DataObject) -> None:
    count = data.draw(st.integers(1, 12))
    earlier = {n: data.draw(st.sets(st.integers(0, n - 1))) if n else set() for n in range(count)}
    bad = data.draw(st.sets(st.integers(0, count - 1)))
    tasks = {
        str(n): task(
            broken if n in bad else (lambda: None), needs=[str(each) for each in earlier[n]], lane=(WIDE, NARROW)[n % 2]
        )
        for n in range(count)
    }
    with flow(tasks, lanes=LANES, on_interrupt=never) as flowing:
        outcomes = [each for each in flowing if not isinstance(each, Begun)]
    made, order = {each.key: each for each in outcomes}, [each.key for each in outcomes]
    assert sorted(order, key=int) == [str(n) for n in range(count)]
    for n, needs in earlier.items():
        assert all(order.index(str(each)) < order.index(str(n)) for each in needs)
        well = all(isinstance(made[str(each)], Made) for each in needs)
        assert isinstance(made[str(n)], (Broken if n in bad else Made) if well else NotBegun)
