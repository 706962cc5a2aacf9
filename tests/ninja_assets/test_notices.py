"""Who is told of an episode that failed, waits or is missing: at real addresses on loopback, each event once."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from ninja_assets.build import build_defs
from ninja_assets.cells.consent.doors import DOOR_TAG
from ninja_assets.cells.failure_table import FAILED_CELLS
from ninja_assets.cells.running.launch import EPISODE_TAG, MODE_TAG, shared_tag, waiting_tags
from ninja_assets.jobs import JOB_NAME, SCHEDULED_TAG, episode_request
from ninja_assets.notices import notices, of_held_up, of_the_day
from ninja_assets.partitions import EPISODE, RANGE_END, RANGE_START, segments_of
from ninja_assets.runs.production import QUIET
from ninja_assets.served import Served, write_served
from resources.core.names import CellKey, Mode
from resources.models.loading import load_show
from resources.purchasing.books import open_state
from resources.purchasing.state.approvals import Approvals
from tests.listener import Listener, listening
from tests.resources.purchasing.state.offers import comparison, offer
from tests.stage import SHOW, Stage, build_stage

SECRET = "s3cr3t-of-the-studio"
BROKEN = "NINJA: One.\nNOBODY {take: x}: Two.\n"


@dataclass(frozen=True)
class Newsroom:
    """A stage with its Dagster, and a listener at an address that show.yaml tells."""

    stage: Stage
    instance: dg.DagsterInstance
    listener: Listener

    def tick(self) -> str:
        with dg.build_sensor_context(instance=self.instance) as context:
            answer = notices(settings=self.stage.settings())(context)
        assert isinstance(answer, dg.SkipReason)
        return str(answer.skip_message)

    def run(self, episode: str = "demo", **tags: str) -> str:
        """A run of an episode to its end; returns its id."""
        request = episode_request("daily", episode, segments_of(4), Mode.REHEARSAL, tags)
        self.instance.add_dynamic_partitions(EPISODE, [episode])
        job = build_defs(settings=self.stage.settings()).resolve_job_def(JOB_NAME)
        config = {**request.run_config, **QUIET}
        return job.execute_in_process(
            instance=self.instance, run_config=config, tags=request.tags, raise_on_error=False
        ).run_id

    def posted(self) -> list[dict[str, Any]]:
        return [body for _, body in self.listener.posted]

    def everything_kept(self) -> str:
        """All that Dagster and the show have on disk, as one text."""
        files = [path for path in self.stage.root.rglob("*") if path.is_file() and path.suffix != ".png"]
        return "".join(path.read_bytes().decode("latin-1") for path in files)


@contextmanager
def _newsroom(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, on_disk: bool = False) -> Iterator[Newsroom]:
    stage = build_stage(tmp_path, ticks=True, on_disk=on_disk)
    home = tmp_path / "dagster_home"
    home.mkdir()
    write_served(home, Served("http://127.0.0.1:3000", 1, "here"))
    monkeypatch.setenv("DAGSTER_HOME", str(home))
    monkeypatch.setenv("NINJA_HOOK", SECRET)
    with listening() as listener, stage.instance() as instance:
        stage.write_show(f'{SHOW}notify: ["{listener.address("${NINJA_HOOK}")}"]\n')
        yield Newsroom(stage, instance, listener)


@pytest.fixture
def newsroom(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Newsroom]:
    with _newsroom(tmp_path, monkeypatch) as opened:
        yield opened


def test_a_failed_episode_is_told_once_with_its_table_and_links(newsroom: Newsroom) -> None:
    newsroom.stage.write_episode(text=BROKEN)
    run = newsroom.run()
    newsroom.tick()
    newsroom.tick()  # as after a restart of the daemon: what was told is in the show's state
    [(path, posted)] = newsroom.listener.posted
    assert path == f"/{SECRET}"
    assert posted["title"] == "Test Show: demo failed in rehearsal"
    assert "| segment | asset | what happened |" in posted["message"]
    assert "http://127.0.0.1:3000/desk/episodes/demo/rehearsal" in posted["message"]
    assert f"http://127.0.0.1:3000/runs/{run}" in posted["message"]


def test_of_a_run_over_several_episodes_those_are_told_that_failed_each_with_its_page(newsroom: Newsroom) -> None:
    stage, instance = newsroom.stage, newsroom.instance
    texts = {"a-good-one": "NINJA: One.\n", "b-wrong": BROKEN, "c-wrong": BROKEN}
    for name, text in texts.items():
        stage.write_episode(name, text)
    instance.add_dynamic_partitions(EPISODE, list(texts))
    build_defs(settings=stage.settings()).resolve_job_def(JOB_NAME).execute_in_process(
        instance=instance,
        run_config=QUIET,
        tags={RANGE_START: "a-good-one|s01", RANGE_END: "c-wrong|s01"},
        asset_selection=[dg.AssetKey("script")],
        raise_on_error=False,
    )
    newsroom.tick()
    newsroom.tick()
    [posted] = newsroom.posted()
    assert posted["title"] == "Test Show: b-wrong, c-wrong failed in rehearsal"
    for name in ("b-wrong", "c-wrong"):
        assert f"[{name}](http://127.0.0.1:3000/desk/episodes/{name}/rehearsal)" in posted["message"]
        assert f"| {name} s01 | script |" in posted["message"]
    assert "a-good-one" not in posted["message"]
    newsroom.run("b-wrong")  # again, alone: of the run over both it is news no more
    newsroom.tick()
    assert newsroom.posted()[-1]["title"] == "Test Show: b-wrong failed in rehearsal"
    assert len(newsroom.posted()) == 2


@pytest.mark.parametrize(("mode", "told"), [("fnal", "failed in fnal"), (None, "failed in no mode")])
def test_a_mode_that_there_is_not_is_told_and_keeps_nothing_else_from_being_told(
    newsroom: Newsroom, mode: str | None, told: str
) -> None:
    newsroom.stage.write_episode(text=BROKEN)
    newsroom.stage.write_episode("other", BROKEN)
    newsroom.run("other")
    request = episode_request("daily", "demo", segments_of(4), Mode.REHEARSAL)
    newsroom.instance.add_dynamic_partitions(EPISODE, ["demo"])
    form = {name: request.tags[name] for name in (RANGE_START, RANGE_END)}
    build_defs(settings=newsroom.stage.settings()).resolve_job_def(JOB_NAME).execute_in_process(
        instance=newsroom.instance,
        run_config={**QUIET, "resources": {"studio": {"config": {"mode": mode}}}},
        tags=form,
        raise_on_error=False,
    )
    newsroom.tick()
    titles = {posted["title"] for posted in newsroom.posted()}
    assert titles == {f"Test Show: demo {told}", "Test Show: other failed in rehearsal"}


def test_what_is_new_is_told_before_what_no_address_takes_and_a_tick_ends_in_its_time(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    newsroom.stage.write_episode(text=BROKEN)
    newsroom.run()
    sensor = notices(settings=newsroom.stage.settings())

    def tick() -> str:
        with dg.build_sensor_context(instance=newsroom.instance) as context:
            return str(getattr(sensor(context), "skip_message", ""))

    newsroom.listener.status = 503
    tick()
    with open_state(newsroom.stage.settings(), load_show(newsroom.stage.show)) as state:
        Approvals.of(state).ask(comparison(0.5, 0.6), root_run="root")
    newsroom.listener.status = 200
    tick()
    titles = [posted["title"] for posted in newsroom.posted()]
    failed, waits = "demo failed in rehearsal", "the comparison by s01 of monday waits for $1.10"
    assert titles == [f"Test Show: {title}" for title in (failed, waits, failed)]
    newsroom.stage.write_episode("newest", BROKEN)
    newsroom.run("newest")
    monkeypatch.setattr("ninja_assets.notices.TELL_SECONDS", 0.0)
    assert tick() == "the rest is told at the next tick"
    assert len(newsroom.posted()) == len(titles)


def test_no_secret_of_an_address_is_in_anything_that_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with _newsroom(tmp_path, monkeypatch, on_disk=True) as newsroom:
        newsroom.stage.write_episode(text=BROKEN)
        newsroom.run()
        newsroom.listener.status = 500
        assert SECRET not in newsroom.tick()
        assert SECRET not in newsroom.everything_kept()


def test_what_an_address_did_not_take_is_told_again(newsroom: Newsroom) -> None:
    newsroom.stage.write_episode(text=BROKEN)
    newsroom.run()
    newsroom.listener.status = 503
    assert "json://… did not take it" in newsroom.tick()
    newsroom.listener.status = 200
    assert "told by json://…" in newsroom.tick()
    assert newsroom.tick() == "nothing is new"
    assert len(newsroom.posted()) == 2


def test_a_variable_that_is_not_set_is_named_and_nothing_is_sent(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    newsroom.stage.write_episode(text=BROKEN)
    newsroom.run()
    monkeypatch.delenv("NINJA_HOOK")
    assert "NINJA_HOOK is not set" in newsroom.tick()
    assert newsroom.posted() == []


def test_a_price_that_waits_is_told_with_the_command_that_approves_it(newsroom: Newsroom) -> None:
    newsroom.stage.write_episode(text=BROKEN)
    run = newsroom.run()
    newsroom.instance.add_run_tags(run, waiting_tags("waiting for approval of $8.40"))
    asked = offer(8.40, mode=Mode.REHEARSAL).model_copy(update={"episode": "demo"})
    with open_state(newsroom.stage.settings(), load_show(newsroom.stage.show)) as state:
        Approvals.of(state).ask(asked, run)
        Approvals.of(state).doubt(CellKey("demo", "s02"), Mode.REHEARSAL, "a" * 64, "said twice", run)
    newsroom.tick()
    [posted] = newsroom.posted()
    assert posted["title"] == "Test Show: demo is waiting for approval of $8.40"
    assert "$8.40 for the clips of s01. To approve it and go on: `ninja approve demo --mode" in posted["message"]
    assert "Listen first to s02: said twice. To take it as it is: `ninja approve demo --mode" in posted["message"]


def test_of_a_run_over_several_episodes_it_is_told_which_failed_and_which_wait(newsroom: Newsroom) -> None:
    cells = [
        {"episode": "a-wrong", "segment": "s01", "asset": "script", "error": "it cannot be read"},
        {"episode": "b-waits", "segment": "s01", "asset": "speaker_clips", "error": "waiting for approval of $8.40"},
    ]

    @dg.op
    def fails() -> None:
        raise dg.Failure("1 waiting for you, 1 failed", metadata={FAILED_CELLS: dg.MetadataValue.json(cells)})

    @dg.job(name=JOB_NAME)
    def job() -> None:
        fails()

    both = {shared_tag(name): "" for name in ("a-wrong", "b-waits")}
    tags = {**both, EPISODE_TAG: "a-wrong, b-waits", MODE_TAG: "draft", **waiting_tags("waiting for approval of $8.40")}
    job.execute_in_process(instance=newsroom.instance, tags=tags, raise_on_error=False)
    newsroom.tick()
    [posted] = newsroom.posted()
    assert posted["title"] == "Test Show: a-wrong failed in draft; b-waits is waiting for approval of $8.40"


def test_a_failure_that_was_launched_again_is_no_news_and_a_shell_tells_its_own(newsroom: Newsroom) -> None:
    newsroom.stage.write_episode(text=BROKEN)
    newsroom.run()
    newsroom.run(**{DOOR_TAG: "shell"})
    assert newsroom.tick() == "nothing is new"


def test_a_run_whose_process_died_is_told_with_why_it_ended(newsroom: Newsroom) -> None:
    tags = episode_request("daily", "demo", segments_of(4), Mode.REHEARSAL).tags
    job = build_defs(settings=newsroom.stage.settings()).resolve_job_def(JOB_NAME)
    newsroom.instance.add_dynamic_partitions(EPISODE, ["demo"])
    run = newsroom.instance.create_run_for_job(job, tags=tags, status=dg.DagsterRunStatus.STARTED)
    newsroom.instance.report_run_failed(run, "its process 17 is gone")
    newsroom.tick()
    [posted] = newsroom.posted()
    assert "its process 17 is gone" in posted["message"]


def test_where_nobody_is_to_be_told_nobody_is(newsroom: Newsroom) -> None:
    newsroom.stage.write_show()
    assert "notify is not set" in newsroom.tick()


# The schedule's day

DUE = datetime(2026, 11, 20, 6, 30, tzinfo=UTC)
SCHEDULED = "schedule: {enabled: true, mode: draft}\n    notify: {to: [json://127.0.0.1], desk: https://desk.example}\n"


def _told(newsroom: Newsroom, after: timedelta) -> list[tuple[str, str, str]]:
    show = load_show(newsroom.stage.show)
    found = of_the_day(newsroom.instance, show, newsroom.stage.settings(), DUE + after)
    return [(notice.event, notice.message.title, notice.message.body) for notice in found]


def test_a_day_without_a_script_is_told_at_its_time(newsroom: Newsroom) -> None:
    newsroom.stage.write_show(f"{SHOW}{SCHEDULED}")
    [(event, title, body)] = _told(newsroom, timedelta(minutes=1))
    assert (event, title) == ("no-script|2026-11-20|draft", "Test Show: 2026-11-20 has no script")
    assert "episodes/2026-11-20.md" in body
    [(event, *_)] = _told(newsroom, timedelta(minutes=-1))
    assert event == "no-script|2026-11-19|draft"


def test_an_episode_without_its_video_is_told_two_hours_after_its_time(newsroom: Newsroom) -> None:
    newsroom.stage.write_show(f"{SHOW}{SCHEDULED}")
    newsroom.stage.write_episode("2026-11-20")
    assert _told(newsroom, timedelta(minutes=119)) == []
    [(event, title, body)] = _told(newsroom, timedelta(minutes=121))
    assert (event, title) == ("late|2026-11-20|draft", "Test Show: 2026-11-20 is not finished")
    assert "no run of it was launched" in body
    assert "https://desk.example/desk/episodes/2026-11-20/draft" in body
    tags = episode_request("daily", "2026-11-20", segments_of(4), Mode.DRAFT, {SCHEDULED_TAG: "x"}).tags
    job = build_defs(settings=newsroom.stage.settings()).resolve_job_def(JOB_NAME)
    newsroom.instance.add_dynamic_partitions(EPISODE, ["2026-11-20"])
    newsroom.instance.create_run_for_job(job, tags=tags, status=dg.DagsterRunStatus.STARTED)
    assert "a run of it is under way" in _told(newsroom, timedelta(minutes=121))[0][2]
    video = newsroom.stage.output / "2026-11-20" / "draft" / "final.mp4"
    video.parent.mkdir(parents=True)
    video.touch()
    assert _told(newsroom, timedelta(minutes=121)) == []


def test_a_schedule_that_is_off_has_no_missing_days(newsroom: Newsroom) -> None:
    newsroom.stage.write_show(f"{SHOW}notify: [json://127.0.0.1]\n")
    assert _told(newsroom, timedelta(hours=3)) == []


# What the gate holds up


def _held_up(newsroom: Newsroom, now: datetime) -> list[tuple[str, str, str]]:
    show = load_show(newsroom.stage.show)
    found = of_held_up(newsroom.instance, show, newsroom.stage.settings(), now)
    return [(notice.event, notice.message.title, notice.message.body) for notice in found]


def test_a_scheduled_day_that_the_gate_refuses_is_told_with_place_code_and_mend(newsroom: Newsroom) -> None:
    newsroom.stage.write_show(f"{SHOW}{SCHEDULED.replace('draft', 'rehearsal')}")
    newsroom.stage.write_episode("2026-11-20", BROKEN)
    assert _held_up(newsroom, DUE - timedelta(minutes=1)) == []
    [(event, title, body)] = _held_up(newsroom, DUE + timedelta(minutes=1))
    assert event.startswith("held-up|2026-11-20|rehearsal|")
    assert title == "Test Show: 2026-11-20 is held up before its rehearsal run"
    assert "episodes/2026-11-20.md:2: " in body
    assert "https://desk.example/desk/episodes/2026-11-20/rehearsal" in body
    newsroom.stage.write_episode("2026-11-20")
    assert _held_up(newsroom, DUE + timedelta(minutes=1)) == []


def test_a_new_script_that_is_held_up_is_told_once_until_something_else_is_wrong(newsroom: Newsroom) -> None:
    address = newsroom.listener.address("${NINJA_HOOK}")
    newsroom.stage.write_show(f'{SHOW}sensor: {{launch: true}}\n    notify: ["{address}"]\n')
    newsroom.instance.add_dynamic_partitions(EPISODE, ["demo"])
    newsroom.stage.write_episode("later", BROKEN)
    newsroom.tick()
    newsroom.tick()
    assert [posted["title"] for posted in newsroom.posted()] == ["Test Show: later is held up before its rehearsal run"]
    newsroom.stage.write_episode("later", f"NINJA: Zero.\n{BROKEN}")
    newsroom.tick()
    assert len(newsroom.posted()) == 2


def test_a_missed_day_that_is_passed_over_is_told(newsroom: Newsroom) -> None:
    newsroom.stage.write_show(f"{SHOW}schedule: {{enabled: true, catch_up: true}}\n")
    newsroom.stage.write_episode("2026-11-18", BROKEN)
    [(event, *_)] = _held_up(newsroom, DUE + timedelta(minutes=1))
    assert event.startswith("held-up|2026-11-18|rehearsal|")
