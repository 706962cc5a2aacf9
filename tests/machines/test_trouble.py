"""What may happen to a worker and to the database while clips are bought: nothing is lost, and nothing bought twice."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from ninja_assets.desk.run_queue import ASKED
from resources.purchasing.ledger import State
from tests.browser.server import NinjaUi
from tests.machines.workers import Machines
from tests.paid.runs import PATIENCE_SECONDS, Run
from tests.postgres import OwnServer
from tests.stage import Stage

pytestmark = pytest.mark.machines

ORDER = ("--mode", "draft", "--yes", "--json")
OUTAGE_SECONDS = 60.0
LONG_SECONDS = 600.0  # for several runs at once, and for a lease of a worker that died
TURNS = 3
SHELLS = 8


def wait_until(reached: Callable[[], object], run: Run) -> None:
    """Wait for a moment of a run that is under way."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not reached():
        assert run.alive(), run.end().stderr
        assert time.monotonic() < deadline, "the moment never came"
        run.sleep(0.05)


def test_what_a_killed_worker_was_buying_the_other_finishes_every_clip_once(machines: Machines) -> None:
    here, there = machines.worker("a"), machines.worker("b")
    machines.stage.providers.settings(latency=8)
    killed = here.ninja("produce", "demo", *ORDER)
    wait_until(lambda: machines.stage.providers.report().of("fal"), killed)
    assert killed.kill()
    made = there.ninja("produce", "demo", *ORDER).end(LONG_SECONDS).production
    assert made.error is None, made.error
    assert made.final_video is not None
    assert machines.bought() == len(machines.entries())


def test_a_database_that_is_away_in_the_middle_of_submits_loses_nothing_and_buys_nothing_twice(
    frail: Machines, server: OwnServer
) -> None:
    here, there = frail.worker("a"), frail.worker("b")
    providers = frail.stage.providers
    providers.settings(latency=4)
    providers.fault("fal.submit", "delay", times=None, seconds=5.0)  # the answers come when the database is away
    run = here.ninja("produce", "demo", *ORDER)
    wait_until(lambda: len(providers.report().of("elevenlabs")) == TURNS, run)
    wait_until(lambda: any(entry.state is State.SENDING for entry in frail.entries()), run)
    server.stop()
    run.sleep(OUTAGE_SECONDS)
    server.start()
    providers.clear_faults()
    run.end(LONG_SECONDS)
    made = there.ninja("produce", "demo", *ORDER).end(LONG_SECONDS).production
    assert made.error is None, made.error
    assert made.final_video is not None
    assert frail.bought() == len(frail.entries())
    spent = sum(entry.spent_usd for entry in frail.entries())
    assert spent == pytest.approx(providers.report().spent_usd, abs=0.005)


def test_six_episodes_on_two_workers_one_of_them_on_both_at_once_are_bought_once(machines: Machines) -> None:
    names = [f"e{number}" for number in range(1, 7)]
    for name in names:
        machines.stage.write_episode(name, [f"NINJA: {name}, one two three.", f"GLITCH: {name}, four five six."])
    here, there = machines.worker("a"), machines.worker("b")
    runs = [(here, there)[index % 2].ninja("produce", name, *ORDER) for index, name in enumerate(names)]
    runs.append(there.ninja("produce", names[0], *ORDER))
    for run in runs:
        made = run.end(LONG_SECONDS).production
        assert made.error is None, made.error
        assert made.final_video is not None
    assert machines.bought() == len(machines.entries())


def test_eight_killed_shells_do_not_stop_the_queue(machines: Machines, tmp_path: Path) -> None:
    names = [f"k{number}" for number in range(1, SHELLS + 1)]
    for name in names:
        machines.stage.write_episode(name, [f"NINJA: {name}, one two three."])
    here = machines.worker("a")
    with (here.root / "dagster_home" / "dagster.yaml").open("a", encoding="utf-8") as settings:
        settings.write(f"concurrency:\n  runs:\n    max_concurrent_runs: {SHELLS}\n")
    providers = machines.stage.providers
    providers.settings(latency=LONG_SECONDS)
    shells = [here.ninja("produce", name, *ORDER) for name in names]
    for run in shells:
        wait_until(lambda: len(providers.report().of("fal")) >= SHELLS, run)
    assert sum(run.kill() for run in shells) == SHELLS
    providers.advance(LONG_SECONDS)
    providers.settings(latency=1)
    desk = NinjaUi(tmp_path, Stage(here.root), here.environment)
    try:
        desk.start()
        made = here.ninja("produce", "demo", *ORDER).end(LONG_SECONDS).production
        assert made.error is None, made.error
        assert ASKED in desk.runs_of("demo")[0].tags  # the queue's, and not the shell's own
        assert {desk.runs_of(name)[0].status for name in names} == {"FAILURE"}
        again = here.ninja("produce", names[0], *ORDER).end(LONG_SECONDS).production
        assert again.error is None, again.error
    finally:
        desk.lose_power()
    assert machines.bought() == len(machines.entries())
