"""What is away for a while in the middle of a run is waited for: nobody has to launch again."""

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from resources.purchasing.ledger import State
from tests.machines.test_trouble import LONG_SECONDS, ORDER, TURNS, wait_until
from tests.machines.workers import Machines, Worker
from tests.paid.runs import Run
from tests.postgres import OwnServer

pytestmark = pytest.mark.machines

AWAY_SECONDS = 25.0


def clips_are_made(frail: Machines, run: Run) -> None:
    wait_until(lambda: sum(entry.state is State.SUBMITTED for entry in frail.entries()) >= TURNS, run)


def whole(frail: Machines, run: Run) -> str:
    """Wait for the end of a run that made all, and bought each thing once; returns what it said."""
    ended = run.end(LONG_SECONDS)
    made = ended.production
    assert made.error is None, made.error
    assert made.final_video is not None
    assert frail.bought() == len(frail.entries())
    return ended.stderr


def keep_runs_on(server: OwnServer, worker: Worker) -> None:
    """Let Dagster's storage be another database of a server."""
    url = make_url(server.address)
    admin = create_engine(url.set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text("CREATE DATABASE dagster"))
    admin.dispose()
    address = url.set(database="dagster", drivername="postgresql+psycopg2").render_as_string(hide_password=False)
    with (worker.root / "dagster_home" / "dagster.yaml").open("a", encoding="utf-8") as settings:
        settings.write(f"storage:\n  postgres:\n    postgres_url: {address}\n")


def test_a_run_rides_out_a_database_that_is_started_anew_while_clips_are_made(
    frail: Machines, server: OwnServer
) -> None:
    frail.stage.providers.settings(latency=20)
    run = frail.worker("a").ninja("produce", "demo", *ORDER)
    clips_are_made(frail, run)
    server.stop()
    run.sleep(AWAY_SECONDS)
    server.start()
    said = whole(frail, run)
    assert said.count("the ledger's database is away, and is waited for") == 1
    assert said.count("the ledger's database is there again") == 1


def test_a_run_rides_out_a_server_that_has_dagsters_storage_too(frail: Machines, server: OwnServer) -> None:
    here = frail.worker("a")
    keep_runs_on(server, here)
    frail.stage.providers.settings(latency=20)
    run = here.ninja("produce", "demo", *ORDER)
    clips_are_made(frail, run)
    server.stop()
    run.sleep(AWAY_SECONDS)
    server.start()
    whole(frail, run)


def test_a_run_that_waited_in_vain_says_what_to_do_and_the_next_one_pays_nothing_twice(
    frail: Machines, server: OwnServer
) -> None:
    frail.stage.providers.settings(latency=20)
    here = frail.worker("a")
    run = here.ninja("produce", "demo", *ORDER)
    clips_are_made(frail, run)
    server.stop()
    ended = run.end(LONG_SECONDS)
    server.start()
    assert "Traceback" not in ended.stderr
    assert "start that server, or correct NINJA_LEDGER_URL, and run again" in ended.stderr, ended.stderr
    whole(frail, here.ninja("produce", "demo", *ORDER))


@pytest.mark.parametrize("how", ["slow", "silent"])
def test_a_run_rides_out_an_object_store_that_answers_nothing_for_half_a_minute(machines: Machines, how: str) -> None:
    machines.stage.providers.settings(latency=4)
    run = machines.worker("a").ninja("produce", "demo", *ORDER)
    clips_are_made(machines, run)
    machines.store.leave(how)
    run.sleep(AWAY_SECONDS)
    machines.store.come_back()
    assert "the object store is there again" in whole(machines, run)


def test_what_is_paid_for_while_the_object_store_is_away_is_kept_and_each_command_says_what_to_do(
    machines: Machines,
) -> None:
    here = machines.worker("a")
    machines.stage.providers.settings(latency=4)
    run = here.ninja("produce", "demo", *ORDER)
    clips_are_made(machines, run)
    machines.store.leave("slow")
    ended = run.end(LONG_SECONDS)
    assert "Traceback" not in ended.stderr
    assert "mend the connection" in ended.stderr, ended.stderr
    for words in (["open", "demo", "--mode", "draft"], ["costs"], ["doctor"]):
        said = here.ninja(*words).end(120)
        assert "Traceback" not in said.stdout + said.stderr, words
        if words[0] == "doctor":
            assert said.status != 0
            assert "reduce your request rate" in said.stdout, said.stdout
    machines.store.come_back()
    whole(machines, here.ninja("produce", "demo", *ORDER))
