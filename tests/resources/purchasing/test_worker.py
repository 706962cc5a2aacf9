"""What a worker makes of answers, looks and a ledger that is away."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resources.failures import Kind, Provider, Step, Symptom, classify, noticed
from resources.purchasing import verdict
from resources.purchasing.ledger.steps.journal import Event, Happening
from resources.purchasing.verdict import Answered, Window

SENT = datetime(2026, 11, 20, 6, tzinfo=UTC)
WINDOW = Window(100.0, apart=10.0)


def event(kind: Event, seconds: float, **data: str | float | None) -> Happening:
    return Happening(event=kind, at=SENT + timedelta(seconds=seconds), data=dict(data))


def answered(as_what: Answered) -> Happening:
    return event(Event.ANSWERED, 1, answered=as_what.value)


def look(seconds: float, found: str | None = None, trouble: str | None = None) -> Happening:
    return event(Event.LOOKED, seconds, found=found, trouble=trouble)


@pytest.mark.parametrize("told", [Answered.REFUSED, Answered.BUSY])
def test_a_refusal_and_two_empty_looks_that_lie_apart_free_a_request(told: Answered) -> None:
    assert verdict.is_free([answered(told), look(2), look(12)], SENT, WINDOW)


def test_two_looks_of_one_moment_are_one_witness() -> None:
    assert not verdict.is_free([answered(Answered.REFUSED), look(2), look(3)], SENT, WINDOW)


def test_without_an_answer_looks_count_only_when_the_request_must_have_ended() -> None:
    assert not verdict.is_free([look(2), look(99)], SENT, WINDOW)
    assert not verdict.is_free([look(99), look(101)], SENT, WINDOW)
    assert verdict.is_free([look(101), look(111)], SENT, WINDOW)


def test_a_look_that_failed_and_one_that_found_something_are_not_empty() -> None:
    events = [look(101), look(111, trouble="the history answered 500"), look(121, found="r1")]
    assert not verdict.is_free(events, SENT, WINDOW)


def test_no_look_counts_before_the_time_that_the_provider_asked_to_be_left_alone_for() -> None:
    told = event(Event.ANSWERED, 1, answered=Answered.BUSY.value, retry_after=30.0)
    assert not verdict.is_free([told, look(12), look(30)], SENT, WINDOW)
    assert verdict.is_free([told, look(12), look(31)], SENT, WINDOW)


def test_looks_of_an_earlier_try_say_nothing_of_a_later_one() -> None:
    sent_again = event(Event.SENT, 50)
    assert not verdict.is_free([answered(Answered.BUSY), look(2), look(12), sent_again], SENT, WINDOW)


def marked(kind: Event, seconds: float, ticks: float, boot: str = "first") -> Happening:
    return Happening(event=kind, at=SENT + timedelta(seconds=seconds), data={"boot": boot, "ticks": ticks})


def test_a_clock_that_was_set_an_hour_on_shortens_no_window() -> None:
    sent = marked(Event.SENT, 0, 500.0)
    early = [marked(Event.LOOKED, 3600, 520.0), marked(Event.LOOKED, 3612, 532.0)]
    late = [marked(Event.LOOKED, 3700, 601.0), marked(Event.LOOKED, 3711, 612.0)]
    assert not verdict.is_free([sent, *early], SENT, WINDOW)
    assert verdict.is_free([sent, *early, *late], SENT, WINDOW)


def test_after_a_restart_of_the_machine_its_clock_tells() -> None:
    sent = marked(Event.SENT, 0, 500.0)
    looks = [marked(Event.LOOKED, 101, 5.0, "second"), marked(Event.LOOKED, 111, 15.0, "second")]
    assert verdict.is_free([sent, *looks], SENT, WINDOW)


@given(st.integers(100, 599), st.sampled_from(Provider))
def test_no_status_alone_frees_what_was_sent(status: int, provider: Provider) -> None:
    step = Step.SUBMIT if provider is Provider.FAL else Step.SPEAK
    failure = classify(Symptom(provider, step, status=status))
    assert verdict.of_answer(failure, step, status) is not Answered.NOT_SENT


@pytest.mark.parametrize("kind", [Kind.ANSWER_LOST, Kind.ODD_ANSWER])
def test_what_came_back_unreadable_or_not_at_all_is_not_known(kind: Kind) -> None:
    for provider, step in ((Provider.FAL, Step.SUBMIT), (Provider.ELEVENLABS, Step.SPEAK)):
        assert verdict.of_answer(noticed(provider, step, kind), step, None) is Answered.NOT_KNOWN


def test_a_connection_that_was_never_made_sent_nothing() -> None:
    failure = noticed(Provider.FAL, Step.SUBMIT, Kind.NOT_SENT)
    assert verdict.of_answer(failure, Step.SUBMIT, None) is Answered.NOT_SENT


def test_a_second_post_waits_as_long_as_the_provider_says_and_never_less_than_ten_seconds() -> None:
    patient = classify(Symptom(Provider.FAL, Step.SUBMIT, status=429, retry_after=42.0))
    hasty = classify(Symptom(Provider.FAL, Step.SUBMIT, status=429, retry_after=1.0))
    assert verdict.retry_seconds(patient, Window(1)) == 42.0
    assert verdict.retry_seconds(hasty, Window(1)) == 10.0
