"""Every status × step × taken or not, through the real clients: accepted at most once, always; shown what was billed.

The server lists requests from their start: what is left of the risk where a history shows only what has ended is told
in docs/money.md.
"""

from dataclasses import replace
from pathlib import Path

import pytest

from resources.core.errors import Charge, StudioError
from resources.core.library import Library
from resources.core.values import Clip, Voice
from resources.providers.elevenlabs.api import ElevenLabsClient
from resources.providers.elevenlabs.voice_studio import ElevenLabsVoiceStudio
from resources.purchasing.ledger import Ledger, State
from tests.empty_ledger import empty_ledger
from tests.providers.client import Providers
from tests.resources.providers.elevenlabs.conftest import CAPS, QUICK, order
from tests.resources.providers.fal.conftest import FAST, Bench, MakeBench, bench, make_bench, providers, unpointed

__all__ = ["bench", "make_bench", "providers", "unpointed"]

# The first are those that mean something to a provider or to this program; the second answer like one of them.
TELLING = (400, 401, 402, 403, 404, 408, 422, 429, 500, 503)
OTHERS = (405, 406, 409, 410, 413, 415, 418, 425, 499, 501, 502, 504)
EVERY_STATUS = pytest.mark.parametrize(
    "statuses", [pytest.param(TELLING, id="telling"), pytest.param(OTHERS, id="others", marks=pytest.mark.long)]
)
HASTY = replace(FAST, start=0.05, work=0.05, look=0.02, retry=0.01, poll=0.02)
RUNS = 8  # that one purchase may take: a run leaves to the next what it does not know


def delivered(bench: Bench, number: int = 0) -> Clip | None:
    """A segment's own clip, run after run; None where every run was refused. One voice is enough for all of them."""
    for _ in range(RUNS):
        try:
            return bench.studio.speaker(bench.speaker(f"s{number + 1:02d}", acting=f"In manner {number}."))
        except StudioError:
            bench.providers.clear_faults()
    return None


def check_books(bench: Bench) -> None:
    """Each purchase was accepted once, is collected, and costs what was billed.

    Where no try of a result could be read, no bill was: the estimate counts, and the row says that it does.
    """
    report = bench.providers.report()
    assert report.twice() == []
    assert [row.state for row in bench.ledger.rows()] == [State.COLLECTED] * len(report.of("fal"))
    billed = {one.request_id: one.cost_usd for one in report.of("fal")}
    for row in bench.ledger.rows():
        sum_usd = billed[str(row.request_id)]
        allowed = 0.05 * sum_usd if row.by_estimate else 1e-4
        assert row.spent_usd == pytest.approx(sum_usd, abs=allowed), row.request_id


@EVERY_STATUS
@pytest.mark.parametrize("taken", [True, False], ids=["taken", "not taken"])
@pytest.mark.parametrize("form", ["gateway", "typed"])
def test_a_submit_that_is_answered_with_any_status_is_accepted_once(
    make_bench: MakeBench, taken: bool, form: str, statuses: tuple[int, ...]
) -> None:
    bench = make_bench(times=HASTY)
    bench.providers.settings(history_shows_running=True)
    headers = {"x-fal-request-id": "0", "x-fal-error-type": "bad_request"} if form == "typed" else {}
    for number, status in enumerate(statuses):
        bench.providers.fault(
            "fal.submit", "reply", accepted=taken, status=status, body={"detail": "no"}, headers=headers
        )
        clip = delivered(bench, number)
        assert clip is not None, status
        assert len(bench.providers.report().of("fal")) == number + 1, status
    check_books(bench)


@EVERY_STATUS
@pytest.mark.parametrize("step", ["fal.status", "fal.result"])
@pytest.mark.parametrize("times", [1, 6])
@pytest.mark.parametrize("headers", [{}, {"x-fal-request-id": "0"}], ids=["gateway", "model"])
def test_a_finished_clip_whose_status_or_result_reads_as_any_error_is_never_bought_again(
    make_bench: MakeBench, step: str, times: int, headers: dict[str, str], statuses: tuple[int, ...]
) -> None:
    bench = make_bench(times=HASTY)
    for number, status in enumerate(statuses):
        bench.providers.fault(step, "reply", status=status, body={"detail": "no"}, headers=headers, times=times)
        clip = delivered(bench, number)
        bench.providers.clear_faults()
        assert clip is not None, status
        assert len(bench.providers.report().of("fal")) == number + 1, status
    # One bad answer hides no bill.
    assert times > 1 or not any(row.by_estimate for row in bench.ledger.rows())
    check_books(bench)


@pytest.mark.parametrize("status", [401, 403, 404, 410, 429, 500, 503])
def test_a_download_that_is_refused_once_is_collected_by_a_plain_run(make_bench: MakeBench, status: int) -> None:
    bench = make_bench(times=HASTY)
    bench.providers.fault("fal.file", "reply", status=status, body="no")
    assert delivered(bench) is not None
    check_books(bench)


@pytest.mark.parametrize("billed", [True, False], ids=["billed", "not billed"])
@pytest.mark.parametrize("status", [400, 422, 500, 503])
def test_a_request_that_ended_with_an_error_counts_what_its_own_header_bills(
    make_bench: MakeBench, status: int, billed: bool
) -> None:
    bench = make_bench(times=HASTY)
    bench.providers.fault("fal.submit", "job", job={"status": status, "detail": "it broke", "billed": billed})
    with pytest.raises(StudioError) as caught:
        bench.studio.speaker(bench.speaker())
    assert caught.value.charge is (Charge.CHARGED if billed else Charge.NONE)
    [row] = bench.ledger.rows()
    assert row.spent_usd == pytest.approx(bench.providers.report().spent_usd, abs=0.005)


@EVERY_STATUS
@pytest.mark.parametrize("taken", [True, False], ids=["taken", "not taken"])
def test_a_line_that_is_answered_with_any_status_is_spoken_once(
    providers: Providers, tmp_path: Path, taken: bool, statuses: tuple[int, ...]
) -> None:
    library, ledger = Library(tmp_path / "library"), Ledger(empty_ledger(tmp_path / "ledger.db"), caps=CAPS)
    client = ElevenLabsClient.open(providers.elevenlabs_key, providers.base_url)
    times = replace(QUICK, work=0.05, look=0.02, retry=0.01)
    with ledger:
        for number, status in enumerate(statuses):
            words = f"Line number {number} of the matrix."
            providers.fault("elevenlabs.speak", "reply", accepted=taken, status=status, body={"detail": "no"})
            voice: Voice | None = None
            for _ in range(RUNS):
                studio = ElevenLabsVoiceStudio(client, ledger, library, times=times)
                try:
                    voice = studio.speak(order(f"s{number + 1:02d}", words, words))
                    break
                except StudioError:
                    providers.clear_faults()
            assert voice is not None, status
            assert len(providers.report().purchases) == number + 1, status
        report = providers.report()
        assert report.twice() == []
        assert sum(row.spent_usd for row in ledger.rows()) == pytest.approx(report.spent_usd, abs=0.005)
