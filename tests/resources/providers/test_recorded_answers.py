"""Answers as the providers give them (tests/recorded/answers.json), through the real clients: each is what it must be.

What an entry wants is prose; what a test asks of it stands here, by the entry's name. None may be without a test.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from resources.core.errors import Charge, StudioError
from resources.core.library import Library
from resources.core.settings import ROOT
from resources.models.prices import PriceList, billed_usd
from resources.providers.elevenlabs.api import ElevenLabsClient
from resources.providers.elevenlabs.voice_studio import ElevenLabsVoiceStudio
from resources.purchasing.ledger import Entry, Ledger, State
from tests.empty_ledger import empty_ledger
from tests.providers.client import Providers
from tests.resources.providers.elevenlabs.conftest import CAPS, QUICK, order
from tests.resources.providers.fal.conftest import FAST, Bench, MakeBench, bench, make_bench, providers, unpointed

__all__ = ["bench", "make_bench", "providers", "unpointed"]

RECORDED = json.loads((ROOT / "tests" / "recorded" / "answers.json").read_text(encoding="utf-8"))
HASTY = replace(FAST, start=0.05, work=0.05, look=0.02, retry=0.01, poll=0.02)


@dataclass(frozen=True)
class Want:
    """What must come of a request: the words that its error has, and its row afterwards. `state` None: it is made."""

    words: tuple[str, ...] = ()
    state: State | None = State.FAILED
    charge: Charge = Charge.NONE
    again: bool = False  # another try can help without a change
    file: bool = False  # the file that was refused is named


FAL = {
    "account locked at submit": Want(("locked the account",), State.INTENDED),
    "account locked at a status read of an accepted request": Want(state=None),
    "content policy": Want(("content policy", "change the words"), charge=Charge.POSSIBLE),
    "content policy, known not to be billed": Want(("content policy",)),
    "no media generated": Want(("made nothing of this prompt", "change the prompt"), charge=Charge.POSSIBLE),
    "audio too long for the model": Want(("too long for the model",), file=True),
    "audio too short for the model": Want(("too short for the model",), file=True),
    "no face found": Want(("no face in the picture",), file=True),
    "file could not be downloaded": Want(state=None),  # uploaded anew, looked for, and ordered anew
    "downstream error that may be tried again": Want(("behind the model",), again=True),
    "downstream unavailable": Want(("behind the model",), again=True),
    "generation timeout": Want(("behind the model",), again=True),
    "request timeout before start": Want(state=None),  # ordered anew at once
    "runner disconnected": Want(("machine failed",), again=True),
    "concurrency limit at submit": Want(state=None),
    "a gateway's word while reading a finished result": Want(state=None),
}
VOICES = {
    "quota exceeded": Want(("no credits left",), State.INTENDED),
    "stability that v3 does not take": Want(("does not take one of the settings",), State.INTENDED),
    "language not supported": Want(("does not take one of the settings",), State.INTENDED),
    "library voice on a free plan": Want(("plan does not include",), State.INTENDED),
    "too many at once": Want(state=None),
    "a plain fault of the service": Want(state=None),
}
SETTINGS = {"stability that v3 does not take": "stability", "language not supported": "language_code"}


def answers(provider: str) -> list[Any]:
    return [
        pytest.param(one, id=one["name"])
        for one in RECORDED["answers"]
        if one["provider"] == provider and one["step"] != "pricing"
    ]


def check(want: Want, buy: Callable[[], object], rows: Callable[[], list[Entry]]) -> StudioError | None:
    """Buy, and hold the error and the row against what is wanted. Returns the error."""
    if want.state is None:
        buy()
        assert rows()[-1].state is State.COLLECTED
        return None
    with pytest.raises(StudioError) as caught:
        buy()
    error, row = caught.value, rows()[-1]
    assert [words for words in want.words if words not in str(error)] == []
    assert (row.state, row.charge, error.retryable) == (want.state, want.charge, want.again)
    assert error.charge is want.charge
    return error


def answer_with(providers: Providers, step: str, answer: Mapping[str, Any]) -> None:
    """Let the server give the recorded answer, once; a result is that of a request that ended with it."""
    body = answer["body"] if isinstance(answer["body"], str) else json.dumps(answer["body"])
    accepted = step != "fal.submit"
    if step == "fal.result" and not answer["name"].startswith("a gateway"):
        detail, kind = answer["body"].get("detail"), answer["body"].get("error_type")
        job = {"status": answer["status"], "detail": detail, "error_type": kind}
        providers.fault("fal.submit", "job", job=job)
    providers.fault(
        step, "reply", status=answer["status"], body=body, headers=answer["headers"], accepted=accepted, times=1
    )


@pytest.mark.parametrize("answer", answers("fal"))
def test_an_answer_of_fal_is_taken_for_what_it_is(make_bench: MakeBench, answer: dict[str, Any]) -> None:
    bench = make_bench(times=HASTY)
    want = FAL[answer["name"]]
    answer_with(bench.providers, f"fal.{answer['step']}", answer)
    error = check(want, lambda: bench.studio.speaker(bench.speaker()), bench.ledger.rows)
    assert ("it was sent /" in str(error)) is want.file
    assert sum(one.cost_usd > 0 for one in bench.providers.report().of("fal")) <= 1


def test_a_result_that_a_gateway_hides_for_ever_leaves_the_request_as_it_was(bench: Bench) -> None:
    bench.providers.fault("fal.result", "reply", status=405, body='{"detail": "Method Not Allowed"}', times=None)
    bench.providers.fault("fal.requests", "reply", status=500, body="", times=None)
    with pytest.raises(StudioError, match="says nothing about the request") as caught:
        bench.studio.speaker(bench.speaker())
    assert (caught.value.retryable, caught.value.charge) == (True, Charge.POSSIBLE)
    assert [row.state for row in bench.ledger.rows()] == [State.SUBMITTED]


def test_a_platform_that_limits_questions_stops_no_run_and_flags_what_it_buys(bench: Bench) -> None:
    [answer] = [one for one in RECORDED["answers"] if one["step"] == "pricing"]
    body = json.dumps(answer["body"])
    bench.providers.fault("fal.pricing", "reply", status=answer["status"], body=body, times=None)
    bench.studio.speaker(bench.speaker())
    [row] = bench.ledger.rows()
    assert "price was not looked at" in str(row.flag)


@pytest.mark.parametrize("answer", answers("elevenlabs"))
def test_an_answer_of_elevenlabs_is_taken_for_what_it_is(
    providers: Providers, tmp_path: Path, answer: dict[str, Any]
) -> None:
    times = replace(QUICK, work=0.05, look=0.02, retry=0.01)
    client = ElevenLabsClient.open(providers.elevenlabs_key, providers.base_url)
    with Ledger(empty_ledger(tmp_path / "ledger.db"), caps=CAPS) as ledger:
        studio = ElevenLabsVoiceStudio(client, ledger, Library(tmp_path / "library"), times=times)
        providers.fault(
            "elevenlabs.speak",
            "reply",
            status=answer["status"],
            body=answer["body"] if isinstance(answer["body"], str) else json.dumps(answer["body"]),
            accepted=False,
        )
        error = check(VOICES[answer["name"]], lambda: studio.speak(order()), ledger.rows)
        setting = SETTINGS.get(answer["name"])
        assert (error.setting if error else None) == (
            None if setting is None else ("characters", "NINJA", "voice", "elevenlabs", setting)
        )
        assert providers.report().twice() == []


def test_every_recorded_answer_has_a_test() -> None:
    named = {one["name"] for one in RECORDED["answers"] if one["step"] != "pricing"}
    assert named == FAL.keys() | VOICES.keys()


@pytest.mark.parametrize("record", RECORDED["billing"], ids=lambda one: one["endpoint"])
def test_recorded_units_at_the_platforms_price_are_the_recorded_bill(record: dict[str, Any]) -> None:
    listed = PriceList.load().platform(record["endpoint"])
    assert listed is not None
    assert listed.unit_usd == record["platform_unit_usd"]
    billed = billed_usd(float(record["x-fal-billable-units"]), listed.unit_usd, record["billed_usd"])
    assert billed.usd == pytest.approx(record["billed_usd"])
    assert not billed.by_estimate
