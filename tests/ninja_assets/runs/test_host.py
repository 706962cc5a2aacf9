"""The tag that says which machine, and which shell's process, makes a run."""

import os

import pytest

from ninja_assets.runs.host import HOST_TAG, launched_here, this_host, this_process, worker_of


@pytest.mark.parametrize(
    ("tag", "worker"),
    [("studio", ("studio", None)), ("studio:42", ("studio", 42)), ("studio:x", ("studio", None)), ("", (None, None))],
)
def test_the_tag_is_read(tag: str, worker: tuple[str | None, int | None]) -> None:
    assert worker_of({HOST_TAG: tag}) == worker


def test_a_run_without_the_tag_is_nobodys() -> None:
    assert worker_of({}) == (None, None)
    assert not launched_here({})


def test_a_shells_run_is_not_the_code_servers() -> None:
    assert worker_of({HOST_TAG: this_process()}) == (this_host(), os.getpid())
    assert launched_here({HOST_TAG: this_host()})
    assert not launched_here({HOST_TAG: this_process()})
    assert not launched_here({HOST_TAG: "elsewhere"})
