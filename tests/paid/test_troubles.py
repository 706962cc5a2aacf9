"""What goes wrong at a provider, seen from the whole job: what is finished is kept, what is paid is fetched.

Those marked `crash` run with `make test-crash`: the same is seen of one request in `tests/resources/providers/fal`.
"""

import signal
import time
from collections.abc import Callable

import pytest

from ninja_assets.cli import INTERRUPTED
from ninja_assets.runs.produced import Production
from resources.purchasing.ledger import State
from tests.paid.conftest import MakeStage
from tests.paid.judge import check_purchases, check_video
from tests.paid.runs import PATIENCE_SECONDS, PaidStage
from tests.providers.account import Report

pytestmark = pytest.mark.long

PROMPT_END_SECONDS = 15.0  # for a run that was told to stop, on a busy machine; each clip below takes longer
LONG_SECONDS = 45.0
SPEAKER = "ai-avatar/v2/standard"


def clips(stage: PaidStage) -> dict[str, State]:
    """The state of each segment's speaker in the ledger."""
    return {entry.cell.segment: entry.state for entry in stage.entries() if entry.asset == "speaker_clips"}


def failed(stage: PaidStage, production: Production) -> str:
    """The error of a production that failed, with no final video."""
    assert production.final_video is None
    assert production.error is not None
    return production.error


def repaired(stage: PaidStage) -> Production:
    """The next run, with everything well again: the video is right."""
    stage.providers.clear_faults()
    production = stage.produce("demo")
    check_video(stage, production, 3)
    return production


def awaited(stage: PaidStage, reached: Callable[[Report], bool]) -> None:
    """Wait until the provider's account shows something."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not reached(stage.providers.report()):
        assert time.monotonic() < deadline, "it never came to that"
        time.sleep(0.1)


def test_over_a_cap_nothing_is_bought_at_all(make_stage: MakeStage) -> None:
    stage = make_stage()
    stage.write_show(slots=4, segment_usd=0.60, episode_usd=0.70)  # most of the clips would fit
    refused = stage.ninja("produce", "demo", "--mode", "draft", "--yes").end()
    assert refused.status == 2
    assert refused.stderr.count("over the cap of $0.70 (caps.episode_usd") == 1
    assert stage.providers.report().purchases == []
    stage.write_show(slots=4)
    check_video(stage, stage.produce("demo"), 3)
    check_purchases(stage)
    assert len(stage.providers.report().purchases) == 8


def test_a_locked_account_sends_no_more_and_collects_what_is_under_way(make_stage: MakeStage) -> None:
    stage = make_stage(latency=3.0)
    locked = {"detail": "User is locked. Reason: Exhausted balance."}
    stage.providers.fault("fal.submit", "reply", nth=3, times=None, status=403, body=locked, accepted=False)
    error = failed(stage, stage.produce("demo"))
    assert "locked" in error
    assert "then run again" in error
    check_purchases_of(stage, 2)
    asked = stage.providers.report().requests["fal.submit"]
    assert "locked" in failed(stage, stage.produce("demo"))
    assert stage.providers.report().requests["fal.submit"] == asked + 1  # one probe, and nothing behind it
    check_purchases_of(stage, 2)
    stage.providers.clear_faults()
    repaired(stage)
    check_purchases(stage)


def check_purchases_of(stage: PaidStage, clips_bought: int) -> None:
    """So many clips were accepted, each once, and all of them are collected."""
    report = stage.providers.report()
    assert len(report.of("fal")) == clips_bought
    assert report.twice() == []
    assert report.unused() == []
    collected = {entry.request_id for entry in stage.entries() if entry.state is State.COLLECTED}
    assert {one.request_id for one in report.purchases} == collected


@pytest.mark.parametrize(
    ("job", "message", "bought_anew"),
    [
        pytest.param(
            {
                "status": 422,
                "detail": [{"loc": ["body", "prompt"], "msg": "policy: 'Four five six'", "type": "content_policy"}],
                "error_type": "content_policy_violation",
            },
            ["policy: 'Four five six'", "change the words"],
            False,
            id="content refused",
        ),
        pytest.param(
            {"status": 503, "detail": "Runner connection timeout", "error_type": "runner_connection_timeout"},
            ["Runner connection timeout", "can help"],
            True,
            id="completed with an error",
            marks=pytest.mark.crash,
        ),
    ],
)
def test_a_clip_that_fails_fails_its_segment_alone(
    make_stage: MakeStage, job: dict[str, object], message: list[str], bought_anew: bool
) -> None:
    stage = make_stage()
    stage.providers.fault("fal.submit", "job", contains=SPEAKER, job=job)
    error = failed(stage, stage.produce("demo"))
    assert [words for words in message if words not in error] == []
    states = clips(stage)
    (bad,) = [segment for segment, state in states.items() if state is State.FAILED]
    assert f"{bad} speaker_clips" in error
    good = {"s01", "s02", "s03"} - {bad}
    assert {states[segment] for segment in good} == {State.COLLECTED}
    assert all((stage.output / "demo" / "draft" / segment / "speaker.mp4").exists() for segment in good)
    before = len(stage.providers.report().purchases)
    if bought_anew:
        repaired(stage)
        assert len(stage.providers.report().purchases) == before + 1
    else:
        assert "it is not sent again" in failed(stage, stage.produce("demo"))
        assert len(stage.providers.report().purchases) == before


@pytest.mark.crash
def test_uploads_that_expired_at_the_provider_are_sent_again(make_stage: MakeStage) -> None:
    stage = make_stage()
    stage.produce("demo")
    uploads = stage.providers.report().requests["fal.upload"]
    stage.providers.advance(8 * 86_400)
    final = stage.produce("demo", "final")
    check_video(stage, final, 3)
    assert stage.providers.report().requests["fal.upload"] > uploads
    assert stage.providers.report().twice() == []
    assert stage.providers.report().unused() == []


def test_lost_answers_and_spoiled_files_are_healed_within_one_run(make_stage: MakeStage) -> None:
    stage = make_stage(latency=0.5)
    faults = stage.providers
    faults.fault("elevenlabs.speak", "drop", nth=1)
    faults.fault("elevenlabs.speak", "hang", nth=2, seconds=2.0)
    faults.fault("fal.upload", "drop", nth=1)
    faults.fault("fal.submit", "drop", nth=1)
    faults.fault("fal.submit", "hang", nth=2, seconds=2.0)
    faults.fault("fal.status", "drop", nth=2, times=3)
    faults.fault("fal.status", "reply", nth=6, status=502, body="Bad Gateway")
    faults.fault("fal.result", "drop", nth=2)
    faults.fault("fal.file", "truncate", nth=1)
    faults.fault("fal.file", "shorten", nth=2)
    check_video(stage, stage.produce("demo"), 3)
    check_purchases(stage)


@pytest.mark.parametrize(
    "number",
    [pytest.param(signal.SIGINT, id="Ctrl-C"), pytest.param(signal.SIGTERM, id="SIGTERM", marks=pytest.mark.crash)],
)
def test_a_run_told_to_stop_while_it_waits_ends_at_once_and_the_next_collects(
    make_stage: MakeStage, number: signal.Signals
) -> None:
    stage = make_stage(latency=LONG_SECONDS)
    run = stage.ninja("produce", "demo", "--mode", "draft")
    awaited(stage, lambda report: sum(bool(one.polls) for one in report.of("fal")) == 5)
    run.signal(number)
    told = time.monotonic()
    ended = run.end()
    assert time.monotonic() - told < PROMPT_END_SECONDS
    assert ended.status == INTERRUPTED, ended.stderr
    stage.providers.advance(LONG_SECONDS)
    check_video(stage, stage.produce("demo"), 3)
    check_purchases(stage)


def test_a_deadline_is_not_a_verdict(make_stage: MakeStage) -> None:
    stage = make_stage(latency=LONG_SECONDS)
    ended = stage.start("demo", "draft", "--deadline=0.1").end()
    error = failed(stage, ended.production)
    assert "run again" in error
    assert set(clips(stage).values()) == {State.SUBMITTED}
    stage.providers.advance(LONG_SECONDS)
    check_video(stage, stage.produce("demo"), 3)
    check_purchases(stage)


def test_a_retake_that_was_cut_off_is_finished_by_the_same_command_and_not_ordered_anew(make_stage: MakeStage) -> None:
    stage = make_stage(latency=LONG_SECONDS)
    failed(stage, stage.produce("demo", "draft", "--retake", "--deadline=0.1"))
    stage.providers.advance(LONG_SECONDS)
    check_video(stage, stage.produce("demo", "draft", "--retake"), 3)
    check_purchases(stage)
    assert len(stage.providers.report().purchases) == 8
    assert {entry.take for entry in stage.entries() if entry.asset != "listener_clips"} == {2}
