"""Logs as JSON, where the environment asks for it: one object a line, with the fields of progress."""

import json
import logging
from collections.abc import Iterator

import pytest

from resources.core.errors import ContentError
from resources.core.progress import LOGGER, Progress, Step, report
from resources.core.text.json_log import JsonLines, log_as_asked, logs_json


@pytest.fixture(autouse=True)
def logger() -> Iterator[None]:
    before, level = list(LOGGER.handlers), LOGGER.level
    yield
    LOGGER.handlers[:] = before
    LOGGER.setLevel(level)


def test_nothing_is_written_where_nothing_is_asked(capsys: pytest.CaptureFixture[str]) -> None:
    log_as_asked({})
    log_as_asked({"NINJA_LOG": "text"})
    assert not [each for each in LOGGER.handlers if isinstance(each.formatter, JsonLines)]


def test_progress_is_a_line_with_its_fields(capsys: pytest.CaptureFixture[str]) -> None:
    log_as_asked({"NINJA_LOG": "json"})
    log_as_asked({"NINJA_LOG": "json"})
    report(Progress("speaker_clips", "monday", "s01", Step.MADE, cost_usd=0.5))
    [line] = capsys.readouterr().err.splitlines()
    said = json.loads(line)
    assert (said["level"], said["logger"], said["message"]) == ("info", "ninja", "s01 speaker_clips made")
    assert (said["episode"], said["segment"], said["asset"], said["cost_usd"]) == (
        "monday",
        "s01",
        "speaker_clips",
        0.5,
    )
    assert said["time"].endswith("+00:00")


def test_an_error_has_its_trace_in_the_same_line(capsys: pytest.CaptureFixture[str]) -> None:
    log_as_asked({"NINJA_LOG": "json"})
    try:
        raise ValueError("two\nlines")
    except ValueError:
        logging.getLogger("ninja.fal").exception("odd: %s", "ä")
    [line] = capsys.readouterr().err.splitlines()
    said = json.loads(line)
    assert said["message"] == "odd: ä"
    assert "ValueError: two\nlines" in said["trace"]


def test_a_form_that_is_not_known_is_refused() -> None:
    with pytest.raises(ContentError, match="no form of logs 'yaml'"):
        logs_json({"NINJA_LOG": "yaml"})
