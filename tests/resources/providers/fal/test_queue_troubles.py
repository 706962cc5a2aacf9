"""What can go wrong with a purchase that was accepted: the request, its file, the addresses in it."""

import errno
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from resources.core.errors import Charge, MediaError, StudioError
from resources.core.library import Library
from resources.providers.fal.clip_studio import FalClipStudio
from resources.providers.fal.queue import FalQueue, Times
from resources.providers.fal.uploads import FalUploads
from resources.providers.fal.wire.download import Download
from resources.purchasing.ledger import State, Verdict
from tests.resources.providers.fal.conftest import FAST, Bench, MakeBench

POLICY = [
    {
        "loc": ["body", "prompt"],
        "msg": "The content could not be processed because it was flagged by a content checker.",
        "type": "content_policy_violation",
        "input": "Ninja bleeds heavily",
    }
]


# Requests that go wrong


def test_words_that_the_policy_refuses_are_named_and_the_request_is_over(bench: Bench) -> None:
    bench.providers.fault("fal.submit", "job", job={"status": 422, "detail": POLICY})
    with pytest.raises(StudioError) as caught:
        bench.studio.speaker(bench.speaker())
    assert 'prompt: "Ninja bleeds heavily"' in str(caught.value)
    assert not caught.value.retryable
    assert bench.states == [State.FAILED]


def test_a_failed_request_that_was_billed_counts_as_spent(bench: Bench) -> None:
    detail = [{"loc": ["body"], "msg": "the face was lost", "type": "value_error"}]
    bench.providers.fault("fal.submit", "job", job={"status": 422, "detail": detail, "billed": True})
    with pytest.raises(StudioError) as caught:
        bench.studio.speaker(bench.speaker())
    assert caught.value.charge is Charge.CHARGED
    assert bench.ledger.rows()[0].spent_usd > 0


@pytest.mark.parametrize(("units", "usd"), [("5", 5 * 0.0562), ("0", 0.0)])
def test_a_result_without_a_clip_costs_what_was_billed_for_it(bench: Bench, units: str, usd: float) -> None:
    told = {"body": {"seed": 1}, "headers": {"x-fal-billable-units": units}}
    bench.providers.fault("fal.result", "reply", status=200, times=None, **told)
    with pytest.raises(StudioError, match="finished without a clip") as caught:
        bench.studio.speaker(bench.speaker())
    [entry] = bench.ledger.rows()
    assert entry.state is State.FAILED
    assert entry.spent_usd == pytest.approx(usd)
    assert caught.value.charge is entry.charge is (Charge.CHARGED if usd else Charge.NONE)


def test_a_model_that_failed_is_not_billed_and_is_ordered_anew_by_the_next_run(bench: Bench) -> None:
    job = {"status": 500, "detail": "runner died", "error_type": "runner_server_error"}
    bench.providers.fault("fal.submit", "job", job=job)
    with pytest.raises(StudioError) as caught:
        bench.studio.speaker(bench.speaker())
    assert (caught.value.retryable, caught.value.charge) == (True, Charge.NONE)
    bench.studio.speaker(bench.speaker())
    assert bench.states == [State.FAILED, State.COLLECTED]


def test_passing_errors_of_status_and_result_are_waited_out(bench: Bench) -> None:
    bench.providers.fault("fal.status", "reply", status=502, body="nginx", times=2)
    bench.providers.fault("fal.status", "drop", nth=3)
    bench.providers.fault("fal.result", "reply", status=503, body="nginx", times=2)
    bench.studio.speaker(bench.speaker())
    assert bench.bought() == 1


def test_a_state_that_is_not_known_leaves_the_request_as_it_is(bench: Bench) -> None:
    bench.providers.fault("fal.status", "patch", patch={"status": "FAILED"}, times=None)
    with pytest.raises(StudioError, match="a state that is not known") as caught:
        bench.studio.speaker(bench.speaker())
    assert "Unknown status: FAILED" in str(caught.value)
    assert bench.states == [State.SUBMITTED]
    bench.providers.clear_faults()
    bench.studio.speaker(bench.speaker())
    assert bench.bought() == 1


def test_a_status_without_its_logs_leaves_the_request_as_it_is(bench: Bench) -> None:
    bench.providers.fault("fal.status", "patch", remove=("logs", "queue_position"), times=None)
    with pytest.raises(StudioError):
        bench.studio.speaker(bench.speaker())
    assert bench.states == [State.SUBMITTED]


def test_a_deadline_cancels_nothing_and_the_next_process_collects(make_bench: MakeBench) -> None:
    hasty = make_bench(times=Times(poll=0.05, deadline=0.3))
    hasty.providers.settings(latency=600)
    with pytest.raises(StudioError, match="run again to re-attach") as caught:
        hasty.studio.speaker(hasty.speaker())
    assert caught.value.retryable
    assert hasty.states == [State.SUBMITTED]
    hasty.ledger.close()
    hasty.providers.advance(600)
    later = make_bench()
    clip = later.studio.speaker(later.speaker())
    [purchase] = later.providers.report().of("fal")
    assert (clip.receipt.request_id, purchase.cancels) == (purchase.request_id, 0)


def test_a_queue_that_moves_is_waited_for_longer_than_the_deadline(make_bench: MakeBench) -> None:
    bench = make_bench(times=Times(poll=0.03, deadline=4.0))
    bench.providers.settings(concurrency=1, latency=1.5)  # all three take longer than the deadline
    orders = [bench.speaker(segment=f"s0{number}", seconds=2.0 + number / 5) for number in range(1, 4)]
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(bench.studio.speaker, orders))
    assert bench.bought() == 3


def test_a_stopped_run_leaves_its_request_to_the_next(make_bench: MakeBench) -> None:
    bench = make_bench()
    bench.providers.settings(latency=600)
    threading.Timer(0.4, bench.queue.stop).start()
    with pytest.raises(StudioError, match="stopped"):
        bench.studio.speaker(bench.speaker())
    bench.providers.settings(latency=0)  # it may have been stopped before it was sent
    bench.providers.advance(600)
    again = make_bench()
    again.studio.speaker(again.speaker())
    assert again.bought() == 1


def test_a_result_that_the_queue_forgot_is_found_in_the_history(make_bench: MakeBench) -> None:
    hasty = make_bench(times=Times(poll=0.05, deadline=0.2))
    hasty.providers.settings(latency=600)
    with pytest.raises(StudioError):
        hasty.studio.speaker(hasty.speaker())
    hasty.providers.advance(600 + 2 * 3600)
    later = make_bench()
    later.studio.speaker(later.speaker())
    assert later.bought() == 1


def test_a_status_and_a_result_that_are_not_there_for_a_moment_end_nothing(make_bench: MakeBench) -> None:
    hasty = make_bench(times=Times(poll=0.05, deadline=5))
    hasty.providers.settings(latency=30.0)
    hasty.providers.fault("fal.status", "reply", status=404, body='{"detail": "Request not found"}', times=3)
    with pytest.raises(StudioError, match="does not know the request any more") as caught:
        hasty.studio.speaker(hasty.speaker())
    assert "ninja ledger settle 1" in str(caught.value)
    assert hasty.states == [State.SUBMITTED]
    hasty.providers.advance(30)
    hasty.providers.fault("fal.result", "reply", status=400, body='{"detail": "Request is still in progress"}', times=2)
    hasty.studio.speaker(hasty.speaker())
    assert hasty.bought() == 1


def test_a_request_that_was_settled_as_found_is_collected(bench: Bench) -> None:
    bench.providers.fault("fal.submit", "drop")
    bench.providers.fault("fal.requests", "reply", status=403, body="{}", times=None)
    with pytest.raises(StudioError):
        bench.studio.speaker(bench.speaker())
    [entry] = bench.ledger.rows()
    [purchase] = bench.providers.report().of("fal")
    bench.ledger.settle(entry.id, Verdict.FOUND, purchase.request_id)
    bench.studio.speaker(bench.speaker())
    assert bench.bought() == 1


def test_a_cancelled_request_ends_the_row_only_when_it_is_seen(make_bench: MakeBench) -> None:
    hasty = make_bench(times=Times(poll=0.05, deadline=0.2))
    hasty.providers.settings(concurrency=1, latency=30.0)
    for number in (1, 2):
        with pytest.raises(StudioError):
            hasty.studio.speaker(hasty.speaker(segment=f"s0{number}", seconds=2.0 + number))
    waiting = hasty.ledger.rows()[1]
    assert hasty.queue.requests.cancel(waiting)
    assert hasty.ledger.entry(waiting.id).state is State.SUBMITTED
    with pytest.raises(StudioError, match="cancelled at the provider"):
        hasty.studio.speaker(hasty.speaker(segment="s02", seconds=4.0))
    assert hasty.ledger.entry(waiting.id).state is State.FAILED


# Files that go wrong


@pytest.mark.parametrize(
    "fault",
    [
        {"act": "truncate"},
        {"act": "shorten", "fraction": 0.25},
        {"act": "reply", "status": 200, "body": "<html>", "content_type": "text/html"},
        {"act": "reply", "status": 503, "body": "nginx"},
        {"act": "drop"},
    ],
)
def test_a_damaged_file_is_fetched_again_and_never_kept(bench: Bench, fault: dict[str, object]) -> None:
    bench.providers.fault("fal.file", contains=".mp4", times=2, **fault)  # type: ignore[arg-type]
    clip = bench.studio.speaker(bench.speaker())
    assert clip.seconds == pytest.approx(2.4, abs=0.15)
    videos = list((bench.folder / "library/media").rglob("*.mp4"))
    assert len(videos) == 1


def test_a_file_that_stays_damaged_is_fetched_again_by_the_next_run(bench: Bench) -> None:
    bench.providers.fault("fal.file", "shorten", contains=".mp4", times=None)
    with pytest.raises(StudioError, match="damaged") as caught:
        bench.studio.speaker(bench.speaker())
    assert (caught.value.charge, bench.states) == (Charge.CHARGED, [State.SUBMITTED])
    assert "ninja ledger settle 1 buy-again" in str(caught.value)
    assert list((bench.folder / "library/media").rglob("*.mp4")) == []
    bench.providers.clear_faults()
    bench.studio.speaker(bench.speaker())
    assert bench.bought() == 1


def test_a_clip_of_another_length_is_not_taken(bench: Bench) -> None:
    bench.providers.fault("fal.submit", "job", job={"stretch": 1.8})
    with pytest.raises(StudioError, match="another length"):
        bench.studio.speaker(bench.speaker())
    assert bench.states == [State.SUBMITTED]


def test_a_file_lost_from_the_library_is_fetched_again_without_paying(bench: Bench) -> None:
    first = bench.studio.speaker(bench.speaker())
    bench.library.path(first.video).unlink()
    again = bench.studio.speaker(bench.speaker())
    assert bench.library.has(again.video)
    assert bench.bought() == 1


def test_a_machine_that_fetches_in_vain_takes_nothing_from_the_one_that_has_the_file(bench: Bench) -> None:
    bench.studio.speaker(bench.speaker())
    before = bench.ledger.entry(1)
    bench.providers.advance(90 * 86400)  # the file is gone at the provider
    other = Library(bench.folder / "other")  # of a machine that never had it
    order = bench.speaker()
    for media in (order.track, order.image):
        assert media is not None
        other.put(bench.library.path(media), media.suffix)
    uploads = FalUploads(bench.client, bench.ledger, other, bench.market.portraits)
    queue = FalQueue(bench.client, bench.ledger, other, uploads, times=FAST, download=Download(bench.client.base_url))
    with pytest.raises(StudioError):
        FalClipStudio(queue, other).speaker(order)
    assert bench.ledger.entry(1) == before
    assert bench.studio.speaker(bench.speaker()).receipt.reused
    assert bench.bought() == 1


@pytest.mark.parametrize("trace", [True, False])
def test_a_file_damaged_in_the_library_is_fetched_again_without_paying(make_bench: MakeBench, trace: bool) -> None:
    bench = make_bench()
    first = bench.studio.speaker(bench.speaker())
    path = bench.library.path(first.video)
    whole, found = path.read_bytes(), path.stat()
    path.chmod(0o644)
    path.write_bytes(bytes(len(whole)))
    if not trace:
        os.utime(path, ns=(found.st_atime_ns, found.st_mtime_ns))
    again = make_bench().studio.speaker(bench.speaker())
    assert again.video == first.video
    assert path.read_bytes() == whole
    assert bench.bought() == 1


def test_a_library_that_cannot_take_a_paid_file_says_so_and_the_next_run_fetches_it(bench: Bench) -> None:
    path = bench.library.path(bench.studio.speaker(bench.speaker()).video)
    path.unlink()
    path.parent.rmdir()
    path.parent.write_text("no folder")  # what a full disk is, too: nothing can be written there
    with pytest.raises(MediaError, match="the library cannot take a file") as caught:
        bench.studio.speaker(bench.speaker())
    assert (caught.value.charge, caught.value.retryable) == (Charge.CHARGED, True)
    path.parent.unlink()
    assert bench.library.has(bench.studio.speaker(bench.speaker()).video)
    assert bench.bought() == 1


# Addresses that go wrong


def test_a_full_folder_of_temporary_files_loses_nothing_that_was_paid_for(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    brief, opened = bench.speaker(), Path.open

    def full(path: Path, mode: str = "r", *rest: Any, **named: Any) -> Any:
        if "w" in mode and "ninja-fal-" in str(path):
            raise OSError(errno.ENOSPC, "No space left on device")
        return opened(path, mode, *rest, **named)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", full)
        with pytest.raises(MediaError, match="temporary files") as told:
            bench.studio.speaker(brief)
    assert told.value.retryable
    [row] = bench.ledger.rows()
    assert (row.state, row.cost_usd) == (State.SUBMITTED, row.spent_usd)
    clip = bench.studio.speaker(brief)
    assert (clip.receipt.cost_usd, bench.bought()) == (0.0, 1)


def test_an_upload_that_expired_is_uploaded_anew_and_the_clip_bought_once(bench: Bench) -> None:
    order = bench.speaker()
    for media in order.requests[0].media.values():
        bench.uploads.upload(media)
    bench.providers.advance(8 * 86_400)
    clip = bench.studio.speaker(order)
    report = bench.providers.report()
    assert clip.receipt.cost_usd > 0
    assert [purchase.cost_usd > 0 for purchase in report.of("fal")] == [False, True]
    assert bench.states == [State.FAILED, State.COLLECTED]


def test_an_address_that_a_model_never_can_read_is_tried_twice_and_no_more(bench: Bench) -> None:
    detail = [{"loc": ["body", "audio_url"], "msg": "Failed to download", "type": "file_download_error"}]
    bench.providers.fault("fal.submit", "job", job={"status": 422, "detail": detail}, times=None)
    with pytest.raises(StudioError, match="could not read a file"):
        bench.studio.speaker(bench.speaker())
    assert bench.bought() == 2
