"""When a paid request may be sent again: every answer, every history, every clock."""

import math
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from resources.core.errors import Charge
from resources.failures import Failure, Kind, Provider, Step, Symptom, classify, noticed
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


@pytest.mark.parametrize("message", [Answered.REFUSED, Answered.BUSY])
def test_a_refusal_and_two_empty_looks_that_lie_apart_free_a_request(message: Answered) -> None:
    assert verdict.is_free([answered(message), look(2), look(12)], SENT, WINDOW)


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
    answer = event(Event.ANSWERED, 1, answered=Answered.BUSY.value, retry_after=30.0)
    assert not verdict.is_free([answer, look(12), look(30)], SENT, WINDOW)
    assert verdict.is_free([answer, look(12), look(31)], SENT, WINDOW)


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


# Every answer

ACCOUNT = {Kind.NO_KEY, Kind.KEY_REFUSED, Kind.NO_CREDIT, Kind.PLAN, Kind.LOCKED, Kind.FORBIDDEN}
STATUSES = (None, 400, 401, 402, 403, 404, 408, 409, 422, 429, 499, 500, 502, 503, 504, 599)


def failure(kind: Kind, *, retryable: bool = False, charge: Charge = Charge.POSSIBLE) -> Failure:
    return Failure(kind, retryable, charge, "it failed", "for a reason", "run again")


def test_every_answer_to_a_post_says_one_thing() -> None:
    """The rule in other words than the code's, for each kind, step, status, and whether another try helps."""
    for kind, step, status, retryable in product(Kind, (Step.SUBMIT, Step.SPEAK), STATUSES, (False, True)):
        answer = verdict.of_answer(failure(kind, retryable=retryable), step, status)
        if kind in {Kind.NOT_SENT, Kind.NO_KEY}:
            expected = Answered.NOT_SENT
        elif kind is Kind.ODD_ANSWER or status is None:
            expected = Answered.NOT_KNOWN
        elif step is Step.SPEAK:
            expected = Answered.BUSY if retryable or status >= 500 else Answered.REFUSED
        elif status in {429, 503}:
            expected = Answered.BUSY
        else:
            expected = Answered.REFUSED if kind in ACCOUNT else Answered.NOT_KNOWN
        assert answer is expected, (kind, step, status, retryable, answer)


def test_a_queue_that_answers_anything_but_busy_or_a_closed_door_may_have_taken_it() -> None:
    for kind, status in product(set(Kind) - ACCOUNT - {Kind.NOT_SENT}, set(range(100, 600)) - {429, 503}):
        assert verdict.of_answer(failure(kind), Step.SUBMIT, status) is Answered.NOT_KNOWN, (kind, status)


def test_a_worker_that_stops_takes_no_answer_back() -> None:
    stopped = event(Event.ANSWERED, 5, reason="the worker stopped")
    assert verdict.is_free([answered(Answered.REFUSED), stopped, look(6), look(16)], SENT, WINDOW)
    assert not verdict.is_free([stopped, look(6), look(16)], SENT, WINDOW)


# Every history

EVENTS = st.lists(
    st.one_of(
        st.builds(event, st.sampled_from([Event.SENT, Event.INTENDED, Event.FREED, Event.BILLED]), st.integers(0, 150)),
        st.builds(
            lambda at, answer, after: event(Event.ANSWERED, at, answered=answer, retry_after=after),
            st.integers(0, 150),
            st.sampled_from([*(answer.value for answer in Answered if answer is not Answered.NOT_SENT), None]),
            st.sampled_from([None, 5.0, 60.0]),
        ),
        st.builds(look, st.integers(0, 150)),
        st.builds(look, st.integers(0, 150), found=st.just("r1")),
        st.builds(look, st.integers(0, 150), trouble=st.just("500")),
    ),
    max_size=8,
).map(lambda events: sorted(events, key=lambda each: each.at))


def since_the_post(events: Sequence[Happening]) -> tuple[datetime, list[Happening]]:
    posts = [number for number, each in enumerate(events) if each.event is Event.SENT]
    return (events[posts[-1]].at, list(events[posts[-1] + 1 :])) if posts else (SENT, list(events))


@settings(max_examples=50)
@given(EVENTS)
@example([answered(Answered.REFUSED), look(2), look(12)])
@example([look(101), look(111)])
def test_what_is_free_has_two_witnesses(events: list[Happening]) -> None:
    """Whatever happened: at least two empty looks, apart, after the end, and none of them unasked for."""
    if not verdict.is_free(events, SENT, WINDOW):
        return
    sent, since = since_the_post(events)
    empty = [each.at for each in since if each.event is Event.LOOKED and not any(each.data.values())]
    answer = [each for each in since if each.event is Event.ANSWERED and each.data.get("answered")]
    ended = bool(answer) and answer[-1].data["answered"] in {"refused", "busy"}
    if not ended:
        empty = [at for at in empty if (at - sent).total_seconds() >= WINDOW.seconds]
    else:
        empty = [at for at in empty if at >= answer[-1].at]
    assert len(empty) >= 2
    assert (empty[-1] - empty[0]).total_seconds() >= WINDOW.apart
    asked = [each for each in since if each.event is Event.ANSWERED and each.data.get("retry_after")]
    if asked:
        assert (empty[-1] - asked[-1].at).total_seconds() >= float(str(asked[-1].data["retry_after"]))


@settings(max_examples=50)
@given(EVENTS)
def test_no_single_look_and_no_single_answer_frees_anything(events: list[Happening]) -> None:
    without_looks = [each for each in events if each.event is not Event.LOOKED]
    assert not verdict.is_free(without_looks, SENT, WINDOW)
    assert not verdict.is_free([*without_looks, look(1000)], SENT, WINDOW)


def test_one_look_is_one_witness_however_near_looks_may_lie() -> None:
    near = Window(100.0, apart=0.0)
    assert not verdict.is_free([answered(Answered.REFUSED), look(2)], SENT, near)
    assert verdict.is_free([answered(Answered.REFUSED), look(2), look(2)], SENT, near)


@settings(max_examples=50)
@given(EVENTS, st.integers(151, 300))
def test_what_goes_out_again_is_bound_again(events: list[Happening], at: int) -> None:
    assert not verdict.is_free([*events, event(Event.SENT, at)], SENT, WINDOW)


@settings(max_examples=50)
@given(EVENTS, st.floats(0, 1e6))
def test_a_clock_that_is_set_forward_frees_nothing_that_the_machines_own_count_does_not(
    events: list[Happening], jump: float
) -> None:
    """The same story twice: with a true clock, and with one that jumps ahead as soon as the request is out."""

    def counted(each: Happening, ahead: float) -> Happening:
        passed = (each.at - SENT).total_seconds()
        at = each.at + timedelta(seconds=0 if each.event is Event.SENT else ahead)
        return each.model_copy(update={"at": at, "data": {**each.data, "boot": "first", "ticks": 500.0 + passed}})

    story = [event(Event.SENT, 0), *(each for each in events if each.event is not Event.SENT)]
    true, jumped = ([counted(each, ahead) for each in story] for ahead in (0.0, jump))
    assert verdict.is_free(jumped, SENT, WINDOW) <= verdict.is_free(true, SENT, WINDOW)


def test_a_look_before_the_refusal_is_no_witness_of_it() -> None:
    refused = event(Event.ANSWERED, 30, answered=Answered.REFUSED.value)
    assert not verdict.is_free([look(2), refused, look(31)], SENT, WINDOW)
    assert not verdict.is_free([look(2), look(12), refused], SENT, WINDOW)
    assert verdict.is_free([look(2), refused, look(31), look(41)], SENT, WINDOW)


@pytest.mark.parametrize(
    ("after", "free"), [(None, True), ("soon", True), (9.0, True), (12.0, False), (math.nan, False)]
)
def test_only_a_wait_in_seconds_holds_looks_up(after: float | str | None, free: bool) -> None:
    answer = event(Event.ANSWERED, 1, answered=Answered.BUSY.value, retry_after=after)
    assert verdict.is_free([answer, look(2), look(12)], SENT, WINDOW) is free


def test_the_window_ends_so_many_seconds_after_the_post() -> None:
    assert WINDOW.ends(SENT) == SENT + timedelta(seconds=100)


# What an end has cost


@pytest.mark.parametrize("message", Charge)
@pytest.mark.parametrize(
    ("units", "charge"),
    [
        (0.0, Charge.NONE),
        (0, Charge.NONE),
        (0.001, Charge.CHARGED),
        (5.0, Charge.CHARGED),
        (math.inf, Charge.CHARGED),
        (-0.5, None),
        (math.nan, None),
        (None, None),
    ],
)
def test_the_models_own_header_says_what_an_end_cost_and_else_its_kind(
    message: Charge, units: float | None, charge: Charge | None
) -> None:
    assert verdict.charge_of_end(failure(Kind.SERVER, charge=message), units) is (charge or message)
