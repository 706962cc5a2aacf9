"""`ninja reconcile` as its user types it, and every day by itself: an episode bought from the provider server."""

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from typer.testing import CliRunner, Result

from ninja_assets.build import build_defs
from ninja_assets.cli.app import app
from ninja_assets.schedules import daily_reconciliation
from resources.core.errors import LedgerError, StudioError
from resources.core.names import Mode
from resources.models.loading import load_show
from resources.purchasing.books import find_ledger
from tests.providers.client import Providers
from tests.providers.fixture import pointed_server
from tests.stage import BOUGHT, Stage, build_stage, paid_show

LINES = """\
    NINJA: One two three, here we go.
    GLITCH: Four five six, I can count.
    """


@pytest.fixture(scope="module")
def market(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Providers]:
    with pointed_server(tmp_path_factory.mktemp("market")) as client:
        client.settings(fal_scope="ADMIN")
        yield client


@pytest.fixture(scope="module")
def shown(market: Providers, tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """A stage on which `demo` was bought in draft. Tests copy it."""
    stage = paid_show(tmp_path_factory.mktemp("shown"))
    stage.write_episode(text=LINES)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in market.environment.items():
            patch.setenv(name, value)
        made = stage.produce(mode=Mode.DRAFT, assets=BOUGHT)
    assert made.error is None, made.error
    return stage


@pytest.fixture
def stage(shown: Stage, market: Providers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stage:
    for name, value in market.environment.items():
        monkeypatch.setenv(name, value)
    shutil.copytree(shown.show, tmp_path / "stage" / "show")
    return Stage(tmp_path / "stage")


def ninja(stage: Stage, *arguments: str) -> Result:
    places = {"NINJA_SHOW": str(stage.show), "NINJA_OUTPUT": str(stage.output)}
    return CliRunner().invoke(app, arguments, env={**os.environ, **places})


def reconciled(stage: Stage, *arguments: str) -> tuple[int, Any]:
    """The exit status and the object on the last line."""
    done = ninja(stage, "reconcile", "--json", *arguments)
    assert done.stdout, done.exception
    return done.exit_code, json.loads(done.stdout.splitlines()[-1])


def forget(stage: Stage) -> None:
    """A ledger that has lost its purchases, and a library without their receipts."""
    shutil.rmtree(stage.show / ".state" / "library" / "receipts")
    with closing(ledger(stage)) as found, found.store.writing() as session:
        for table in ("purchases", "journal", "reuses", "records"):
            session.connection().exec_driver_sql(f"DELETE FROM {table}")  # noqa: S608


def ledger(stage: Stage) -> Any:
    found = find_ledger(stage.settings(), load_show(stage.show))
    assert found is not None
    return found


def spent(stage: Stage) -> float:
    with closing(ledger(stage)) as found:
        return float(sum(entry.spent_usd for entry in found.rows()))


def test_the_books_of_an_episode_agree_to_the_cent(stage: Stage, market: Providers) -> None:
    status, found = reconciled(stage)
    billed = market.report().spent_usd
    assert (status, found["agree"]) == (0, True)
    assert {books["provider"]: books["compared"] for books in found["accounts"]} == {"fal": 4, "elevenlabs": 2}
    assert sum(books["provider_usd"] for books in found["accounts"]) == pytest.approx(billed, abs=1e-6)
    assert sum(books["ledger_usd"] for books in found["accounts"]) == pytest.approx(billed, abs=1e-6)
    shown = ninja(stage, "reconcile")
    assert "the books agree" in shown.stdout
    assert "fal billed the account" in shown.stdout


def test_what_a_lost_ledger_knew_is_adopted_and_made_again_for_nothing(stage: Stage, market: Providers) -> None:
    bought = len(market.report().purchases)
    forget(stage)
    status, found = reconciled(stage)
    assert (status, found["agree"]) == (1, False)
    assert len(found["accounts"][1]["adopted"]) == 2  # the lines of the script
    made = stage.produce(mode=Mode.DRAFT, assets=BOUGHT)
    assert made.error is None, made.error
    assert spent(stage) == pytest.approx(market.report().spent_usd, abs=1e-5)
    assert len(market.report().of("elevenlabs")) == 2
    assert len(market.report().purchases) == bought


def test_a_deleted_ledger_is_made_anew_before_it_is_held_against_anything(stage: Stage) -> None:
    with closing(ledger(stage)) as found, found.store.writing() as session:
        session.connection().exec_driver_sql("UPDATE purchases SET cost_micros = cost_micros + 10000")
    assert reconciled(stage)[0] == 1
    assert reconciled(stage, "--correct")[0] == 0
    right = spent(stage)
    for file in (stage.show / ".state").glob("ledger.db*"):
        file.unlink()
    refused = ninja(stage, "reconcile")
    assert isinstance(refused.exception, LedgerError)
    assert refused.exception.hint == "ninja ledger rebuild"
    assert ninja(stage, "ledger", "rebuild").exit_code == 0
    assert reconciled(stage)[0] == 0
    assert spent(stage) == right  # as it was corrected


def test_without_keys_it_cannot_be_known(stage: Stage, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("ELEVENLABS_API_KEY")
    refused = ninja(stage, "reconcile")  # of whom something was bought
    assert isinstance(refused.exception, StudioError)
    assert "ELEVENLABS_API_KEY" in str(refused.exception.hint)
    assert ninja(build_stage(tmp_path / "new"), "reconcile", "--json").exit_code == 0  # nothing was bought
    monkeypatch.delenv("FAL_KEY")
    for place in (stage, Stage(tmp_path / "new")):
        assert isinstance(ninja(place, "reconcile").exception, StudioError)


# Every day by itself


def test_the_daily_look_is_on_where_something_can_be_bought_and_skips_where_nothing_was(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    due = datetime.now(UTC)

    def tick(place: Stage) -> dg.RunRequest | dg.SkipReason:
        schedule = daily_reconciliation(show=load_show(place.show), settings=place.settings())
        context = dg.build_schedule_context(scheduled_execution_time=due)
        found = schedule(context)
        assert isinstance(found, (dg.RunRequest, dg.SkipReason))
        return found

    schedule = daily_reconciliation(show=load_show(stage.show), settings=stage.settings())
    assert schedule.default_status is dg.DefaultScheduleStatus.RUNNING
    assert schedule.cron_schedule == "30 18 * * *"
    free = load_show(stage.show).model_copy(update={"caps": None})
    stopped = daily_reconciliation(show=free, settings=stage.settings())
    assert stopped.default_status is dg.DefaultScheduleStatus.STOPPED
    assert isinstance(tick(stage), dg.RunRequest)
    assert "nothing was ever bought" in str(tick(build_stage(tmp_path / "new")))
    monkeypatch.delenv("FAL_KEY")
    assert "there is no key" in str(tick(stage))


def test_the_job_shows_the_books_and_fails_where_they_do_not_agree(stage: Stage) -> None:
    job = build_defs(settings=stage.settings()).resolve_job_def("reconcile_books")
    with stage.instance() as instance:
        assert job.execute_in_process(instance=instance).success
        shown = instance.get_latest_materialization_event(dg.AssetKey("reconciliation"))
        assert shown is not None
        assert shown.asset_materialization is not None
        metadata = shown.asset_materialization.metadata
        assert metadata["agree"].value is True
        assert metadata["fal_difference_usd"].value == 0
        with closing(ledger(stage)) as found, found.store.writing() as session:
            session.connection().exec_driver_sql("UPDATE purchases SET cost_micros = cost_micros + 10000")
        failed = job.execute_in_process(instance=instance, raise_on_error=False)
        assert not failed.success
        assert "the books do not agree" in str(failed.all_events)
