"""fal.ai's webhooks: what a run makes of what they tell."""

import threading
import time
from collections.abc import Callable

import pytest

from resources.core.errors import StudioError
from resources.providers.fal.queue import Times
from resources.purchasing.ledger.arrivals import Hooks
from tests.resources.providers.fal.conftest import Bench, MakeBench

URL = "https://hooks.example.com"


def _address(bench: Bench) -> str:
    """Where the first request asked to be told, once it is there."""
    while True:
        for purchase in bench.providers.report().of("fal"):
            if purchase.webhook:
                return purchase.webhook
        time.sleep(0.02)


def _when_sent(bench: Bench, then: Callable[[str], None]) -> threading.Thread:
    thread = threading.Thread(target=lambda: then(_address(bench)))
    thread.start()
    return thread


def test_a_waiting_run_hears_of_the_end_instead_of_asking_for_it(make_bench: MakeBench) -> None:
    bench = make_bench(times=Times(poll=1.0, deadline=600), webhook_url=URL)
    bench.providers.settings(latency=1000)
    hooks = Hooks(bench.ledger.store)

    def end(address: str) -> None:
        [purchase] = bench.providers.report().of("fal")
        while not bench.ledger.rows()[0].request_id or not bench.providers.report().of("fal")[0].polls:
            time.sleep(0.02)
        bench.providers.advance(2000)
        while not bench.providers.report().of("fal")[0].ended:  # its file is being drawn
            time.sleep(0.02)
        assert address.startswith(f"{URL}/fal/")
        assert hooks.arrive(address.rpartition("/")[2], purchase.request_id, "OK")

    telling = _when_sent(bench, end)
    bench.studio.speaker(bench.speaker())
    telling.join()
    [purchase] = bench.providers.report().of("fal")
    assert len(purchase.polls) == 2  # when it was sent, and when it was told


def test_a_hook_that_never_comes_is_missed_by_nobody(make_bench: MakeBench) -> None:
    bench = make_bench(times=Times(poll=0.02, deadline=20), webhook_url=URL)
    bench.providers.settings(latency=0.2)
    bench.studio.speaker(bench.speaker())
    assert bench.bought() == 1


def test_a_hook_of_another_request_wakes_nobody(make_bench: MakeBench) -> None:
    bench = make_bench(webhook_url=URL)
    bench.studio.speaker(bench.speaker())
    [entry] = bench.ledger.rows()
    hooks = Hooks(bench.ledger.store)
    secret = hooks.expect(entry.id)
    assert hooks.arrive(secret, "of-somebody-else", "OK")
    assert bench.queue._webhooks is not None
    assert not bench.queue._webhooks.arrived(entry)


def test_a_submit_whose_answer_was_lost_is_settled_by_its_hook(make_bench: MakeBench) -> None:
    bench = make_bench(webhook_url=URL)
    bench.providers.fault("fal.submit", "drop")
    bench.providers.fault("fal.requests", "reply", status=500, body="", times=None)
    with pytest.raises(StudioError):
        bench.studio.speaker(bench.speaker())
    [purchase] = bench.providers.report().of("fal")
    assert Hooks(bench.ledger.store).arrive(_address(bench).rpartition("/")[2], purchase.request_id, "OK")
    again = make_bench(webhook_url=URL)
    again.studio.speaker(again.speaker())
    assert again.bought() == 1


def test_without_the_setting_no_address_goes_out_and_nothing_is_written_down(bench: Bench) -> None:
    bench.studio.speaker(bench.speaker())
    [purchase] = bench.providers.report().of("fal")
    assert purchase.webhook is None


def test_what_failed_for_nothing_is_ordered_anew_though_its_hook_had_told_of_it(make_bench: MakeBench) -> None:
    bench = make_bench(webhook_url=URL)
    job = {"status": 500, "detail": "runner died", "error_type": "runner_server_error"}
    bench.providers.fault("fal.submit", "job", job=job)
    with pytest.raises(StudioError):
        bench.studio.speaker(bench.speaker())
    [purchase] = bench.providers.report().of("fal")
    assert Hooks(bench.ledger.store).arrive(_address(bench).rpartition("/")[2], purchase.request_id, "ERROR")
    again = make_bench(webhook_url=URL)
    again.studio.speaker(again.speaker())
    assert again.bought() == 2
