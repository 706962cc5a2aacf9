"""A server that is away: for how long it is waited, and what is said of it."""

import logging
import threading

import pytest

from resources.core.progress import is_notice
from resources.core.servers import asking
from resources.core.servers.asking import Waiting


class Away:
    """A server that is away for some tries."""

    def __init__(self, tries: int) -> None:
        self.left = tries

    def answer(self) -> str:
        if self.left:
            self.left -= 1
            raise ConnectionError("connection\n refused")
        return "here"


def of(seconds: float) -> Waiting:
    return Waiting("the store", "s3://studio", seconds, is_away=lambda error: isinstance(error, ConnectionError))


def notices(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if is_notice(record)]


def test_a_server_that_is_away_is_asked_until_it_answers_and_that_is_told_once(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "_TOLD_AFTER", 0.0)
    with caplog.at_level(logging.WARNING, "ninja"):
        assert of(60).ask(Away(3).answer) == "here"
    away, back = notices(caplog)
    assert away == "the store is away, and is waited for, 60 s at the most: s3://studio (connection refused)"
    assert back.startswith("the store is there again, after ")


def test_what_passes_in_a_moment_is_nobodys_matter(caplog: pytest.LogCaptureFixture) -> None:
    assert of(60).ask(Away(1).answer) == "here"
    assert notices(caplog) == []


def test_another_error_and_one_without_patience_are_raised_at_once() -> None:
    with pytest.raises(ZeroDivisionError):
        of(3600).ask(lambda: 1 // 0)
    server = Away(5)
    with pytest.raises(ConnectionError):
        of(0).ask(server.answer)
    assert server.left == 4


def test_who_comes_when_it_was_away_too_long_does_not_wait_as_long_once_more() -> None:
    patient, server = of(1.0), Away(10**9)
    with pytest.raises(ConnectionError):
        patient.ask(server.answer)
    left = server.left
    with pytest.raises(ConnectionError):
        patient.ask(server.answer)
    assert server.left == left - 1
    assert patient.ask(Away(0).answer) == "here"


def test_who_is_told_to_stop_waits_no_longer() -> None:
    patient = of(3600)
    threading.Timer(0.3, patient.end).start()
    with pytest.raises(ConnectionError):
        patient.ask(Away(10**9).answer)
