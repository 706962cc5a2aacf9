"""Putting episodes away: what goes, what stays, what is refused, and that nobody launches them any more."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest
from typer.testing import CliRunner

from ninja_assets.archiving import Archived, archive, archiving, is_due, take_back
from ninja_assets.build import build_defs
from ninja_assets.catching_up import catching_up
from ninja_assets.cli.app import app
from ninja_assets.desk.site.waiting import all_waiting
from ninja_assets.jobs import JOB_NAME, episode_request, run_config
from ninja_assets.partitions import EPISODE, segments_of
from ninja_assets.reports.model_comparison import JOB as COMPARING
from ninja_assets.reports.model_comparison import OP
from ninja_assets.runs.production import QUIET, check_order, produce
from ninja_assets.schedules import daily_episode
from ninja_assets.sensors import new_scripts
from resources.content.show import Show
from resources.core.errors import ContentError
from resources.core.names import CellKey, Mode
from resources.models.loading import load_show
from resources.purchasing.accounts.spending import costs_of
from resources.purchasing.books import open_ledger, open_state, waits_of
from resources.purchasing.ledger import Grouping, Ledger
from resources.purchasing.state.approvals import Approvals
from resources.purchasing.state.archived import Archive
from resources.purchasing.state.consent import Offer
from resources.purchasing.state.state import Record
from tests.resources.purchasing.ledger.helpers import URLS, buy, purchase
from tests.stage import SHOW, Stage, build_stage

ONE_TURN = "NINJA: One two three.\n"


@dataclass(frozen=True)
class House:
    """A stage with its Dagster, and what a person does there."""

    stage: Stage
    instance: dg.DagsterInstance

    @property
    def show(self) -> Show:
        return load_show(self.stage.show)

    def archive(self, *episodes: str) -> list[Archived]:
        return archive(self.stage.settings(), self.show, episodes, self.instance)

    def take_back(self, *episodes: str) -> None:
        take_back(self.stage.settings(), self.show, episodes, self.instance)

    def archived(self) -> set[str]:
        with open_state(self.stage.settings(), self.show) as state:
            return set(Archive(state).episodes())

    def ledger(self) -> Ledger:
        return open_ledger(self.stage.settings(), self.show)

    def recorded(self, episode: str, mode: Mode = Mode.FINAL, asset: str = "final_video") -> None:
        """A record, as a run would have left it."""
        with open_state(self.stage.settings(), self.show) as state:
            state.write(episode, mode, [Record("s01", asset, "d", {}, "{}")])


@pytest.fixture
def house(tmp_path: Path, rehearsed_library: Path) -> Iterator[House]:
    stage = build_stage(tmp_path, ticks=True, library=rehearsed_library)
    stage.write_episode(text=ONE_TURN)
    with stage.instance() as instance:
        yield House(stage, instance)


def test_what_is_archived_keeps_its_cut_is_made_by_nobody_and_can_be_taken_back(house: House) -> None:
    stage, instance = house.stage, house.instance
    order = check_order(stage.settings(), "demo")
    cut = Path(str(produce(order, instance).final_video))
    content = cut.read_bytes()
    [freed] = house.archive("demo")
    assert (freed.runs, freed.cuts) == (1, [str(cut)])
    assert min(freed.records, freed.files, freed.bytes) > 0
    assert cut.read_bytes() == content
    assert not list(cut.parent.glob("s0*"))
    assert instance.get_dynamic_partitions(EPISODE) == []
    assert instance.get_materialized_partitions(dg.AssetKey("composites")) == set()
    with open_state(stage.settings(), house.show) as state:
        assert not state.has_records("demo")

    with pytest.raises(ContentError, match="demo is archived") as refused:
        check_order(stage.settings(), "demo")
    assert refused.value.hint == "ninja archive --undo demo"
    house.take_back("demo")
    assert instance.get_dynamic_partitions(EPISODE) == ["demo"]
    check_order(stage.settings(), "demo")


@pytest.mark.parametrize(
    "arguments",
    [
        ["produce", "demo"],
        ["open", "demo"],
        ["take", "demo", "s01"],
        ["take", "demo", "s01", "1"],
        ["notes", "demo", "--write", "too loud"],
        ["approve", "demo"],
        ["compare", "demo", "--segment", "s01", "--models", "v2/standard,v2/pro"],
    ],
    ids=" ".join,
)
def test_a_command_on_an_archived_episode_says_that_it_is_archived_and_how_to_undo_it(
    house: House, monkeypatch: pytest.MonkeyPatch, arguments: list[str]
) -> None:
    house.recorded("demo")
    house.archive("demo")
    monkeypatch.setenv("NINJA_SHOW", str(house.stage.show))
    monkeypatch.setenv("NINJA_OUTPUT", str(house.stage.output))
    monkeypatch.setenv("DAGSTER_HOME", str(house.stage.root / "dagster_home"))
    result = CliRunner().invoke(app, arguments)
    assert isinstance(result.exception, ContentError)
    assert (result.exception.what, result.exception.hint) == ("demo is archived", "ninja archive --undo demo")
    assert house.instance.get_dynamic_partitions(EPISODE) == []


def test_a_comparison_of_an_archived_episode_is_refused_and_says_whose_it_is(house: House) -> None:
    config = {
        "ops": {OP: {"config": {"episode": "demo", "segment": "s01", "models": ["v2/standard", "v2/pro"]}}},
        **run_config("rehearsal"),
    }
    job = build_defs(settings=house.stage.settings()).resolve_job_def(COMPARING)
    for away in (False, True):
        if away:
            house.archive("demo")
        result = job.execute_in_process(instance=house.instance, run_config={**config, **QUIET}, raise_on_error=False)
        [failure] = [event.step_failure_data.user_failure_data for event in result.all_events if event.is_step_failure]
        assert failure is not None
        assert ("ninja archive --undo demo" in str(failure.description)) is away
        run = house.instance.get_run_by_id(result.run_id)
        assert run is not None
        assert (run.tags["ninja/episode"], run.tags["ninja/mode"]) == ("demo", "rehearsal")


def test_no_voice_of_an_archived_episode_waits(house: House) -> None:
    settings, show = house.stage.settings(), house.show
    with open_state(settings, show) as state:
        for episode in ("demo", "other"):
            Approvals.of(state).doubt(CellKey(episode, "s01"), Mode.DRAFT, "a" * 64, "it is silent", "run-1")
        house.archive("demo")
        assert [waits.episode for waits in all_waiting(state)] == ["other"]
    assert [doubt.cell.episode for doubt in waits_of(settings, show)[1]] == ["other"]


def test_a_launch_from_the_pages_is_refused_with_the_same_words(house: House) -> None:
    house.archive("demo")
    house.instance.add_dynamic_partitions(EPISODE, ["demo"])  # as Dagster's own dialog can
    request = episode_request("by-hand", "demo", segments_of(4), Mode.REHEARSAL)
    job = build_defs(settings=house.stage.settings()).resolve_job_def(JOB_NAME)
    result = job.execute_in_process(
        instance=house.instance, run_config={**request.run_config, **QUIET}, tags=request.tags, raise_on_error=False
    )
    [failure] = [event.step_failure_data.user_failure_data for event in result.all_events if event.is_step_failure]
    assert failure is not None
    assert "ninja archive --undo demo" in str(failure.description)


def test_sensor_schedule_and_catching_up_leave_archived_episodes_alone(house: House) -> None:
    stage, now = house.stage, datetime.now(UTC)
    today, before = f"{now:%Y-%m-%d}", f"{now - timedelta(days=2):%Y-%m-%d}"
    stage.write_show(f"{SHOW}schedule: {{enabled: true, catch_up: true}}\n    sensor: {{launch: true}}\n")
    for day in (today, before):
        stage.write_episode(day, ONE_TURN)
    house.archive("demo", today, before)
    settings, show = stage.settings(), house.show
    with (
        replace(stage, on_disk=True).instance() as instance,  # a schedule opens it a second time
        dg.build_schedule_context(instance=instance, scheduled_execution_time=now) as tick,
    ):
        told = daily_episode(show=show, settings=settings)(tick)
        assert instance.get_dynamic_partitions(EPISODE) == []
    assert isinstance(told, dg.SkipReason)
    assert f"ninja archive --undo {today}" in str(told.skip_message)
    for sensor in (new_scripts(show=show, settings=settings), catching_up(show=show, settings=settings)):
        with dg.build_sensor_context(instance=house.instance) as context:
            assert isinstance(sensor(context), dg.SkipReason)
    assert house.instance.get_dynamic_partitions(EPISODE) == []


def test_of_new_scripts_the_newest_is_registered_first(house: House) -> None:
    for name in ("2026-11-01", "2026-11-03", "2026-11-02"):
        house.stage.write_episode(name, ONE_TURN)
    with dg.build_sensor_context(instance=house.instance) as context:
        answer = new_scripts(show=house.show, settings=house.stage.settings())(context)
    assert isinstance(answer, dg.SensorResult)
    [change] = answer.dynamic_partitions_requests or ()
    assert list(change.partition_keys) == ["demo", "2026-11-03", "2026-11-02", "2026-11-01"]


def test_what_was_bought_for_an_archived_episode_is_still_in_the_books(house: House) -> None:
    with house.ledger() as ledger:
        buy(ledger, purchase(episode="demo"), request_id="r1")
    before = costs_of(house.stage.settings(), house.show, Grouping.EPISODE)
    [freed] = house.archive("demo")
    assert (freed.purchases, before.total_usd) == (1, 1.0)
    assert costs_of(house.stage.settings(), house.show, Grouping.EPISODE) == before
    with house.ledger() as ledger:
        found = ledger.by_request("fal", ["r1"])
        assert found["r1"].cell.episode == "demo"
        assert ledger.claim(purchase(episode="demo")).kind.value == "reuse"  # were its file still there


@pytest.mark.parametrize("open_thing", ["a run", "a price", "a request", "a request of which nothing is known"])
def test_an_episode_of_which_something_is_open_is_refused_and_nothing_is_changed(house: House, open_thing: str) -> None:
    house.recorded("demo")
    house.stage.write_episode("other", ONE_TURN)
    if open_thing == "a run":
        tags = episode_request("daily", "demo", segments_of(4), Mode.DRAFT).tags
        job = build_defs(settings=house.stage.settings()).resolve_job_def(JOB_NAME)
        house.instance.add_dynamic_partitions(EPISODE, ["demo"])
        house.instance.create_run_for_job(job, tags=tags, status=dg.DagsterRunStatus.STARTED)
        told, hint = "a run of it is under way", "ninja archive demo"
    elif open_thing == "a price":
        with open_state(house.stage.settings(), house.show) as state:
            Approvals.of(state).ask(Offer(episode="demo", mode=Mode.DRAFT, items=()), "run")
        told, hint = "a price of it waits", "ninja decline demo --mode draft"
    else:
        with house.ledger() as ledger:
            claim = ledger.claim(purchase(episode="demo"))
            ledger.sending(claim)
            if open_thing == "a request":
                ledger.submitted(claim, "r1", *URLS)
        told, hint = "its requests are open", "ninja produce demo --mode draft"
    with pytest.raises(ContentError, match=told) as refused:
        house.archive("other", "demo")
    assert hint in str(refused.value.hint)
    if "request" in open_thing:  # the script may have other words by now: no run looks for it then
        assert "`ninja ledger settle 1 charged`" in str(refused.value.hint)
        assert ("`ninja ledger settle 1 not-charged`" in str(refused.value.hint)) is (open_thing != "a request")
    assert house.archived() == set()
    with open_state(house.stage.settings(), house.show) as state:
        assert state.has_records("demo")


def test_a_name_that_is_no_episodes_and_one_that_is_not_archived_are_refused(house: House) -> None:
    with pytest.raises(ContentError, match="there is no episode nothing"):
        house.archive("nothing")
    with pytest.raises(ContentError, match="demo is not archived"):
        house.take_back("demo")


def test_another_shows_folder_of_the_same_name_is_left_alone(house: House) -> None:
    theirs = house.stage.output / "demo" / "draft" / "s01" / "segment.mp4"
    theirs.parent.mkdir(parents=True)
    theirs.touch()
    (house.stage.output / "demo" / ".show").write_text("theirs\n", encoding="utf-8")
    assert house.archive("demo")[0].files == 0
    assert theirs.exists()


# Retention


def test_what_is_published_is_due_when_nobody_has_changed_it_for_long(house: House) -> None:
    house.recorded("published")
    house.recorded("rehearsed", Mode.REHEARSAL)
    house.recorded("unfinished", Mode.FINAL, "composites")
    now = datetime.now(UTC)
    with open_state(house.stage.settings(), house.show) as state:
        assert is_due(state, timedelta(days=30), now + timedelta(days=29)) == []
        assert is_due(state, timedelta(days=30), now + timedelta(days=31)) == ["published"]


def test_the_show_says_whether_published_episodes_are_put_away(house: House) -> None:
    house.recorded("published")
    sensor = archiving(settings=house.stage.settings())
    for settings, told in (
        ("", "is not set"),
        ("archive: {after_days: 1}", "no published episode is older than 1 day"),
    ):
        house.stage.write_show(f"{SHOW}{settings}\n")
        with dg.build_sensor_context(instance=house.instance) as context:
            answer = sensor(context)
        assert isinstance(answer, dg.SkipReason)
        assert told in str(answer.skip_message)


# The command


def test_the_command_tells_what_it_freed_and_how_to_undo_it(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    home = house.stage.root / "home"
    home.mkdir()
    environment = {"NINJA_SHOW": f"{house.stage.show}", "NINJA_OUTPUT": f"{house.stage.output}"}
    monkeypatch.setenv("DAGSTER_HOME", f"{home}")
    shell = CliRunner()
    done = shell.invoke(app, ["archive", "demo"], env=environment)
    assert done.exit_code == 0, done.output
    assert "demo is archived. Freed: 0 records" in done.stdout
    assert "ninja archive --undo demo" in done.stdout
    done = shell.invoke(app, ["archive", "--undo", "demo", "--json"], env=environment)
    assert json.loads(done.stdout)["taken_back"] == ["demo"]
