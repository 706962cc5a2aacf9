"""One purchase from its claim to its file, against everything that can go wrong on the way."""

import errno
import multiprocessing
import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from resources.content.show import Caps
from resources.core.errors import CapError, Charge, MediaError, StudioError
from resources.core.library import Library
from resources.core.values import Clip
from resources.providers.fal.clip_studio import FalClipStudio
from resources.providers.fal.queue import FalQueue, Times
from resources.providers.fal.uploads import FalUploads
from resources.providers.fal.wire.download import Download
from resources.purchasing.account import Account
from resources.purchasing.ledger import State, Verdict
from tests.resources.providers.fal.conftest import FAST, STANDARD, Bench, MakeBench
from tests.resources.providers.fal.process import buy

POLICY = [
    {
        "loc": ["body", "prompt"],
        "msg": "The content could not be processed because it was flagged by a content checker.",
        "type": "content_policy_violation",
        "input": "Ninja bleeds heavily",
    }
]


def rows(bench: Bench) -> list[State]:
    return [entry.state for entry in bench.ledger.rows()]


# The way it goes


def test_a_speaker_clip_is_bought_measured_and_priced(bench: Bench) -> None:
    clip = bench.studio.speaker(bench.speaker(seconds=2.4))
    assert clip.seconds == pytest.approx(2.4, abs=0.15)
    assert bench.library.has(clip.video)
    assert clip.width == clip.height
    receipt = clip.receipt
    assert receipt.billed_units is not None
    assert receipt.cost_usd == pytest.approx(receipt.billed_units * 0.0562, abs=1e-5)
    assert (receipt.provider, receipt.endpoint, receipt.reused) == ("fal", STANDARD, False)
    assert receipt.request_id
    [purchase] = bench.providers.report().of("fal")
    assert sorted(purchase.content) == ["audio_url", "image_url", "prompt"]
    assert purchase.delivered == 1


def test_the_same_clip_is_never_bought_again_whatever_its_address(bench: Bench) -> None:
    first = bench.studio.speaker(bench.speaker())
    for media in bench.speaker().requests[0].media.values():
        bench.uploads.forget(media)
    again = bench.studio.speaker(bench.speaker(segment="s07"))
    assert again.video == first.video
    assert (again.receipt.reused, again.receipt.cost_usd) == (True, 0.0)
    assert again.receipt.saved_usd == pytest.approx(first.receipt.cost_usd)
    assert bench.bought() == 1


def test_a_retake_is_the_one_way_to_pay_again(bench: Bench) -> None:
    bench.studio.speaker(bench.speaker())
    again = bench.studio.speaker(bench.speaker(take=2))
    assert not again.receipt.reused
    assert bench.bought() == 2


def test_threads_that_want_the_same_clip_buy_one(bench: Bench) -> None:
    bench.providers.settings(latency=0.3)
    orders = [bench.speaker(segment=f"s{number:02d}") for number in range(1, 5)]
    with ThreadPoolExecutor(4) as pool:
        clips = list(pool.map(bench.studio.speaker, orders))
    assert len({clip.video for clip in clips}) == 1
    assert sorted(clip.receipt.reused for clip in clips) == [False, True, True, True]
    assert bench.bought() == 1


def test_processes_that_want_the_same_clip_buy_one(bench: Bench) -> None:
    bench.providers.settings(latency=0.5)
    bench.speaker()
    context = multiprocessing.get_context("spawn")
    given = (str(bench.folder), bench.providers.base_url, bench.providers.fal_key)
    workers = [context.Process(target=buy, args=given) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert [worker.exitcode for worker in workers] == [0, 0]
    assert bench.bought() == 1
    assert rows(bench) == [State.COLLECTED]


def test_polls_keep_their_distance(make_bench: MakeBench) -> None:
    bench = make_bench(times=Times(poll=0.2, deadline=20))
    bench.providers.settings(latency=600)
    with ThreadPoolExecutor(1) as pool:
        clip = pool.submit(bench.studio.speaker, bench.speaker())
        while wait([clip], timeout=0.05).not_done:  # until the studio's own deadline at the latest
            if any(len(purchase.polls) >= 3 for purchase in bench.providers.report().of("fal")):
                bench.providers.advance(600)
    assert clip.result().receipt.cost_usd > 0
    [purchase] = bench.providers.report().of("fal")
    assert purchase.closest_polls >= 0.19


def test_a_production_run_polls_at_most_every_two_seconds() -> None:
    assert Times().poll >= 2


def test_the_queue_and_the_providers_lines_are_told(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    bench.providers.settings(latency=30, concurrency=1, result_seconds=86_400)
    orders = [bench.speaker(seconds=2.4), bench.speaker(segment="s02", seconds=2.6)]
    with caplog.at_level("INFO", "ninja"), ThreadPoolExecutor(2) as pool:
        clips = [pool.submit(bench.studio.speaker, order) for order in orders]
        while wait(clips, timeout=0.05).not_done:  # until the studio's own deadline at the latest
            if "before it in the queue" in caplog.text:
                bench.providers.advance(30)
    assert all(clip.result() for clip in clips)
    assert "Rendering 100%" in caplog.text


def test_with_a_place_for_each_that_is_worked_on_none_waits_at_the_provider(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    bench.providers.settings(latency=0.3, concurrency=1)
    bench.queue._account = Account(bench.ledger, "fal", 1, due=lambda _: 0.0)
    orders = [bench.speaker(f"s{number:02}", seconds=2.4 + number / 10) for number in range(1, 4)]
    with caplog.at_level("INFO", "ninja"), ThreadPoolExecutor(3) as pool:
        list(pool.map(bench.studio.speaker, orders))
    assert bench.bought() == 3
    assert "before it in the queue" not in caplog.text
    assert bench.ledger.places("fal") == (0, 0)


def test_a_request_under_way_is_collected_beside_a_full_account(bench: Bench) -> None:
    bench.library.path(bench.studio.speaker(bench.speaker()).video).unlink()  # it must be fetched again
    bench.queue._account = Account(bench.ledger, "fal", 1, due=lambda _: 0.0)
    bench.ledger.ask_place("fal", 0.0, held=True)
    bench.studio.speaker(bench.speaker())
    assert bench.bought() == 1


# Submits that go wrong


def found(buy: Callable[[], Clip]) -> Clip:
    """The clip of a request whose answer was lost, asked for until the history shows it, as later runs do."""
    last = time.monotonic() + 60
    while True:
        try:
            return buy()
        except StudioError as error:
            if "run again" not in str(error) or time.monotonic() > last:
                raise


def test_a_submit_that_was_dropped_before_it_was_taken_is_sent_again_when_it_must_have_ended(
    make_bench: MakeBench,
) -> None:
    bench = make_bench()
    bench.providers.fault("fal.submit", "drop", accepted=False)
    with pytest.raises(StudioError, match="run again after") as caught:
        bench.studio.speaker(bench.speaker())
    [entry] = bench.ledger.rows()
    assert (entry.state, caught.value.charge) == (State.UNKNOWN, Charge.POSSIBLE)
    assert bench.bought() == 0
    late = make_bench(times=replace(FAST, start=0.01, work=0.01))
    late.studio.speaker(late.speaker())
    assert late.bought() == 1
    assert rows(late) == [State.COLLECTED]


def test_a_request_that_the_history_does_not_show_is_not_sent_again_while_it_may_run(make_bench: MakeBench) -> None:
    """The request was taken and waits; a history that lists it only when it has ended would prove nothing."""
    bench = make_bench()
    bench.providers.settings(history_delay=3600)
    bench.providers.fault("fal.submit", "drop")
    for _ in range(2):
        with pytest.raises(StudioError, match="run again after"):
            bench.studio.speaker(bench.speaker())
    assert bench.bought() == 1
    bench.providers.settings(history_delay=0)
    found(lambda: bench.studio.speaker(bench.speaker()))
    assert bench.bought() == 1
    assert rows(bench) == [State.COLLECTED]


def test_a_request_whose_answer_was_dropped_is_adopted_and_not_bought_again(bench: Bench) -> None:
    bench.providers.fault("fal.submit", "drop")
    clip = found(lambda: bench.studio.speaker(bench.speaker()))
    [purchase] = bench.providers.report().of("fal")
    assert clip.receipt.request_id == purchase.request_id
    assert rows(bench) == [State.COLLECTED]


def test_a_request_that_shows_late_in_the_history_is_adopted(make_bench: MakeBench) -> None:
    bench = make_bench()
    bench.providers.settings(history_delay=0.3)
    bench.providers.fault("fal.submit", "drop")
    found(lambda: bench.studio.speaker(bench.speaker()))
    assert bench.bought() == 1


def test_a_lost_request_that_still_renders_is_adopted_when_it_has_ended(make_bench: MakeBench) -> None:
    bench = make_bench()
    bench.providers.settings(latency=0.6)
    bench.providers.fault("fal.submit", "drop")
    found(lambda: bench.studio.speaker(bench.speaker()))
    assert bench.bought() == 1


def test_two_requests_lost_at_once_are_each_adopted_by_their_own(bench: Bench) -> None:
    bench.providers.fault("fal.submit", "drop", times=2)
    orders = [bench.speaker("s01", seconds=2.2), bench.speaker("s02", seconds=3.4)]
    with ThreadPoolExecutor(2) as pool:
        clips = list(pool.map(lambda order: found(lambda: bench.studio.speaker(order)), orders))
    assert [clip.seconds for clip in clips] == pytest.approx([2.2, 3.4], abs=0.15)
    assert bench.bought() == 2


def test_a_lost_listener_is_told_from_another_take_of_the_same_picture(bench: Bench) -> None:
    bench.studio.listener(bench.listener())
    bench.providers.fault("fal.submit", "drop")
    found(lambda: bench.studio.listener(bench.listener(take=2)))
    ids = [entry.request_id for entry in bench.ledger.rows()]
    assert len(set(ids)) == bench.bought() == 2


def test_a_submit_that_hangs_after_it_was_taken_is_adopted(make_bench: MakeBench) -> None:
    bench = make_bench(answer_seconds=0.4)
    bench.providers.fault("fal.submit", "hang", seconds=1.5)
    found(lambda: bench.studio.speaker(bench.speaker()))
    assert bench.bought() == 1


def test_an_unreadable_history_leaves_the_charge_open(bench: Bench) -> None:
    bench.providers.fault("fal.submit", "drop")
    bench.providers.fault("fal.requests", "reply", status=403, body='{"detail": "Forbidden"}', times=None)
    with pytest.raises(StudioError, match="the history cannot be read") as caught:
        bench.studio.speaker(bench.speaker())
    assert caught.value.charge is Charge.POSSIBLE
    bench.providers.clear_faults()
    found(lambda: bench.studio.speaker(bench.speaker()))
    assert bench.bought() == 1


def test_a_submit_that_is_refused_for_now_is_sent_again(bench: Bench) -> None:
    bench.providers.fault("fal.submit", "reply", accepted=False, status=429, body='{"detail": "slow down"}', times=2)
    bench.studio.speaker(bench.speaker())
    assert bench.bought() == 1


def test_a_submit_that_is_always_refused_for_now_gives_up_and_bought_nothing(bench: Bench) -> None:
    bench.providers.fault("fal.submit", "reply", accepted=False, status=429, body="{}", times=None)
    with pytest.raises(StudioError) as caught:
        bench.studio.speaker(bench.speaker())
    assert (caught.value.retryable, caught.value.charge) == (True, Charge.NONE)
    assert rows(bench) == [State.INTENDED]


@pytest.mark.parametrize("status", [408, 409, 500, 502, 504])
def test_a_submit_that_failed_at_the_gateway_may_have_been_taken(bench: Bench, status: int) -> None:
    bench.providers.fault("fal.submit", "reply", status=status, body="nginx")
    found(lambda: bench.studio.speaker(bench.speaker()))
    assert bench.bought() == 1


def test_an_answer_that_names_a_foreign_queue_is_not_given_the_key(bench: Bench) -> None:
    bench.providers.fault("fal.submit", "patch", patch={"status_url": "https://evil.example/status"})
    bench.studio.speaker(bench.speaker())
    [entry] = bench.ledger.rows()
    assert str(entry.status_url).startswith(bench.providers.base_url)
    assert bench.bought() == 1


def test_a_locked_account_stops_the_line_and_what_is_in_flight_is_collected(bench: Bench) -> None:
    bench.providers.settings(latency=0.6)
    with ThreadPoolExecutor(1) as pool:
        flying = pool.submit(bench.studio.speaker, bench.speaker())
        while bench.bought() == 0:
            pass
        bench.providers.settings(locked="Exhausted balance")
        with pytest.raises(StudioError, match="locked"):
            bench.studio.speaker(bench.speaker(segment="s02", seconds=3.0))
        assert flying.result().receipt.cost_usd > 0
    submits = bench.providers.report().requests["fal.submit"]
    with pytest.raises(StudioError, match="takes no new requests"):
        bench.studio.speaker(bench.speaker(segment="s03", seconds=3.5))
    assert bench.providers.report().requests["fal.submit"] == submits


def test_a_wrong_key_buys_nothing_and_says_where_keys_are(make_bench: MakeBench) -> None:
    good = make_bench()
    order = good.speaker()
    with pytest.raises(StudioError, match="does not accept the key") as caught:
        make_bench(key="wrong-key-id:wrong-key-secret").studio.speaker(order)
    assert "FAL_KEY" in str(caught.value)
    assert "wrong-key-secret" not in repr(caught.value) + str(caught.value)


def test_a_purchase_over_a_cap_sends_nothing(make_bench: MakeBench) -> None:
    bench = make_bench(caps=Caps(segment_usd=0.01, episode_usd=1, day_usd=1))
    with pytest.raises(CapError):
        bench.studio.speaker(bench.speaker())
    assert bench.bought() == 0


# Requests that go wrong


def test_words_that_the_policy_refuses_are_named_and_the_request_is_over(bench: Bench) -> None:
    bench.providers.fault("fal.submit", "job", job={"status": 422, "detail": POLICY})
    with pytest.raises(StudioError) as caught:
        bench.studio.speaker(bench.speaker())
    assert 'prompt: "Ninja bleeds heavily"' in str(caught.value)
    assert not caught.value.retryable
    assert rows(bench) == [State.FAILED]


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


@pytest.mark.parametrize("name", [None, "", 5])
def test_an_acceptance_without_an_id_is_looked_for_like_a_lost_answer(bench: Bench, name: object) -> None:
    bench.providers.fault("fal.submit", "patch", patch={"request_id": name})
    found(lambda: bench.studio.speaker(bench.speaker()))
    [purchase], [entry] = bench.providers.report().of("fal"), bench.ledger.rows()
    assert (entry.state, entry.request_id) == (State.COLLECTED, purchase.request_id)


def test_a_model_that_failed_is_not_billed_and_is_ordered_anew_by_the_next_run(bench: Bench) -> None:
    job = {"status": 500, "detail": "runner died", "error_type": "runner_server_error"}
    bench.providers.fault("fal.submit", "job", job=job)
    with pytest.raises(StudioError) as caught:
        bench.studio.speaker(bench.speaker())
    assert (caught.value.retryable, caught.value.charge) == (True, Charge.NONE)
    bench.studio.speaker(bench.speaker())
    assert rows(bench) == [State.FAILED, State.COLLECTED]


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
    assert rows(bench) == [State.SUBMITTED]
    bench.providers.clear_faults()
    bench.studio.speaker(bench.speaker())
    assert bench.bought() == 1


def test_a_status_without_its_logs_leaves_the_request_as_it_is(bench: Bench) -> None:
    bench.providers.fault("fal.status", "patch", remove=("logs", "queue_position"), times=None)
    with pytest.raises(StudioError):
        bench.studio.speaker(bench.speaker())
    assert rows(bench) == [State.SUBMITTED]


def test_a_deadline_cancels_nothing_and_the_next_process_collects(make_bench: MakeBench) -> None:
    hasty = make_bench(times=Times(poll=0.05, deadline=0.3))
    hasty.providers.settings(latency=600)
    with pytest.raises(StudioError, match="run again to re-attach") as caught:
        hasty.studio.speaker(hasty.speaker())
    assert caught.value.retryable
    assert rows(hasty) == [State.SUBMITTED]
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
    assert rows(hasty) == [State.SUBMITTED]
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
    assert (caught.value.charge, rows(bench)) == (Charge.CHARGED, [State.SUBMITTED])
    assert "ninja ledger settle 1 buy-again" in str(caught.value)
    assert list((bench.folder / "library/media").rglob("*.mp4")) == []
    bench.providers.clear_faults()
    bench.studio.speaker(bench.speaker())
    assert bench.bought() == 1


def test_a_clip_of_another_length_is_not_taken(bench: Bench) -> None:
    bench.providers.fault("fal.submit", "job", job={"stretch": 1.8})
    with pytest.raises(StudioError, match="another length"):
        bench.studio.speaker(bench.speaker())
    assert rows(bench) == [State.SUBMITTED]


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
    assert rows(bench) == [State.FAILED, State.COLLECTED]


def test_an_address_that_a_model_never_can_read_is_tried_twice_and_no_more(bench: Bench) -> None:
    detail = [{"loc": ["body", "audio_url"], "msg": "Failed to download", "type": "file_download_error"}]
    bench.providers.fault("fal.submit", "job", job={"status": 422, "detail": detail}, times=None)
    with pytest.raises(StudioError, match="could not read a file"):
        bench.studio.speaker(bench.speaker())
    assert bench.bought() == 2
