"""Ctrl-C at the worst moment: where Python drops what is raised, it comes once more."""

import signal
import sys
import time

import dagster as dg
import pytest

from ninja_assets.cli.interrupts import kept_interrupts


class Collected:
    """An object whose end is interrupted by a person."""

    def __init__(self, error: type[BaseException]) -> None:
        self.error = error

    def __del__(self) -> None:
        raise self.error


def _goes_on(error: type[BaseException]) -> None:
    ended = Collected(error)
    del ended
    time.sleep(60)  # ended by it


@pytest.mark.parametrize("error", [KeyboardInterrupt, dg.DagsterExecutionInterruptedError])
def test_an_interrupt_that_is_dropped_comes_once_more(error: type[BaseException]) -> None:
    before, handler = sys.unraisablehook, signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt), kept_interrupts():
            _goes_on(error)
    finally:
        signal.signal(signal.SIGINT, handler)
    assert sys.unraisablehook is before


def test_what_else_is_dropped_is_told_as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[type[BaseException]] = []
    monkeypatch.setattr(sys, "unraisablehook", lambda dropped: heard.append(dropped.exc_type))
    with kept_interrupts():
        ended = Collected(ValueError)
        del ended
    assert heard == [ValueError]
