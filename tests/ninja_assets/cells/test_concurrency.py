"""Tasks side by side: each after what it waits for, and not at all after what failed."""

from functools import partial

import pytest

from ninja_assets.cells.concurrency import side_by_side
from resources.core.errors import ContentError


def run(results: dict[str, object], after: dict[str, set[str]]) -> list[tuple[str, object]]:
    def work(name: str) -> object:
        result = results[name]
        if isinstance(result, Exception):
            raise result
        return result

    tasks = {name: partial(work, name) for name in results}
    return list(side_by_side(tasks, after=after, workers=3, name=str.upper, on_interrupt=lambda: None))


def test_what_waits_begins_when_the_caller_has_what_it_waits_for() -> None:
    seen: list[str] = []
    tasks = {name: partial(seen.append, f"{name} begins") for name in ("c", "a", "b")}
    after = {"c": {"b"}, "b": {"a", "elsewhere"}}
    for name, _ in side_by_side(tasks, after=after, workers=3, name=str, on_interrupt=lambda: None):
        seen.append(f"{name} is had")
    assert seen == ["a begins", "a is had", "b begins", "b is had", "c begins", "c is had"]


def test_what_waits_for_a_failure_fails_and_the_others_go_on() -> None:
    broken = ValueError("broken")
    ended = dict(run({"a": broken, "b": 1, "c": 2, "d": 3}, {"b": {"a"}, "c": {"b"}}))
    assert (ended["a"], ended["d"]) == (broken, 3)
    assert isinstance(ended["b"], ContentError)
    assert "A failed" in str(ended["b"])
    assert "B failed" in str(ended["c"])


def test_an_interruption_ends_all_and_is_told() -> None:
    stopped: list[bool] = []

    def interrupted() -> object:
        raise KeyboardInterrupt

    tasks = {"a": interrupted, "b": lambda: 1}
    with pytest.raises(KeyboardInterrupt):
        list(side_by_side(tasks, after={"b": {"a"}}, workers=1, name=str, on_interrupt=lambda: stopped.append(True)))
    assert stopped == [True]


def test_nothing_to_do_is_done() -> None:
    assert run({}, {}) == []
