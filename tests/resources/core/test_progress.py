"""Progress goes out as a log record and comes back from it, or from its words, as what it was."""

import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resources.core.progress import LOGGER, Progress, Step, parse, progress_of, report

TOLD = st.builds(
    Progress,
    st.from_regex(r"[a-z_]+", fullmatch=True),
    st.just("demo"),
    st.from_regex(r"s[0-9]{2,3}", fullmatch=True),
    st.sampled_from(Step),
    st.text(),
)


class _Kept(logging.Handler):
    """Keeps what it is told."""

    def __init__(self) -> None:
        super().__init__()
        self.kept: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.kept.append(record)


def said(progress: Progress) -> logging.LogRecord:
    """The record that a report becomes."""
    handler = _Kept()
    level = LOGGER.level
    LOGGER.addHandler(handler)
    LOGGER.setLevel(logging.INFO)
    try:
        report(progress)
    finally:
        LOGGER.removeHandler(handler)
        LOGGER.setLevel(level)
    [record] = handler.kept
    return record


@given(TOLD)
def test_what_is_reported_is_read_again_from_its_words(progress: Progress) -> None:
    assert parse(said(progress).getMessage(), "demo") == progress


def test_a_record_carries_its_progress_with_what_its_words_do_not_say() -> None:
    progress = Progress("speaker_clips", "demo", "s01", Step.MADE, "kling", cost_usd=0.5)
    assert progress_of(said(progress)) == progress
    assert progress_of(logging.LogRecord("ninja", logging.INFO, "", 1, "s01 speaker_clips made", None, None)) is None


@pytest.mark.parametrize(("step", "level"), [(Step.FAILED, logging.ERROR), (Step.MADE, logging.INFO)])
def test_only_a_failure_is_an_error(step: Step, level: int) -> None:
    assert said(Progress("shots", "demo", "s01", step)).levelno == level


@pytest.mark.parametrize(
    "message", ["", "demo: the clips cost $4", "s01 shots", "s01 shots maded", "x s01 shots made", "s01 Shots made"]
)
def test_other_messages_are_no_progress(message: str) -> None:
    assert parse(message, "demo") is None
