"""One purchase from its claim to its file, and everything that can go wrong before it is accepted."""

import multiprocessing
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import replace

import pytest

from resources.content.show import Caps
from resources.core.errors import CapError, Charge, StudioError
from resources.core.values import Clip
from resources.providers.fal.queue import Times
from resources.purchasing.account import Account
from resources.purchasing.ledger import State
from tests.resources.providers.fal.conftest import FAST, STANDARD, Bench, MakeBench
from tests.resources.providers.fal.process import buy

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
    assert bench.states == [State.COLLECTED]


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
    assert late.states == [State.COLLECTED]


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
    assert bench.states == [State.COLLECTED]


def test_a_request_whose_answer_was_dropped_is_adopted_and_not_bought_again(bench: Bench) -> None:
    bench.providers.fault("fal.submit", "drop")
    clip = found(lambda: bench.studio.speaker(bench.speaker()))
    [purchase] = bench.providers.report().of("fal")
    assert clip.receipt.request_id == purchase.request_id
    assert bench.states == [State.COLLECTED]


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
    assert bench.states == [State.INTENDED]


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


@pytest.mark.parametrize("name", [None, "", 5])
def test_an_acceptance_without_an_id_is_looked_for_like_a_lost_answer(bench: Bench, name: object) -> None:
    bench.providers.fault("fal.submit", "patch", patch={"request_id": name})
    found(lambda: bench.studio.speaker(bench.speaker()))
    [purchase], [entry] = bench.providers.report().of("fal"), bench.ledger.rows()
    assert (entry.state, entry.request_id) == (State.COLLECTED, purchase.request_id)
