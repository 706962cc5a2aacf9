"""Who launched a run, and that a show may forbid paid runs from the pages."""

from pathlib import Path

import dagster as dg
import pytest

from ninja_assets.build import build_defs
from ninja_assets.cells.consent.doors import DOOR_TAG, Door, check_door, door_of
from ninja_assets.jobs import JOB_NAME, run_config
from ninja_assets.partitions import EPISODE, range_tags, segments_of
from resources.content.show import Show
from resources.core.errors import ContentError
from resources.core.names import Mode
from resources.core.settings import Settings
from resources.models.loading import load_show
from tests.providers.client import Providers
from tests.stage import PAID_SHOW, Stage, paid_show

COMMAND = "ninja produce demo"
SHELL = {DOOR_TAG: Door.SHELL.value}
TICK = {"dagster/tick": "7", "dagster/schedule_name": "daily_episode"}
BY_HAND = {"dagster/parent_run_id": "abc", "dagster/root_run_id": "abc"}


@pytest.mark.parametrize(
    ("tags", "door"),
    [
        ({}, Door.PAGES),
        ({"dagster/backfill": "abc"}, Door.PAGES),
        ({"dagster/schedule_name": "daily_episode"}, Door.PAGES),  # a tick that was tried by hand
        (SHELL, Door.SHELL),
        (TICK, Door.CLOCK),
        (TICK | BY_HAND, Door.PAGES),
        (SHELL | BY_HAND, Door.PAGES),
        (TICK | BY_HAND | {"dagster/retry_number": "1"}, Door.CLOCK),
    ],
)
def test_the_door_is_told_by_tags(tags: dict[str, str], door: Door) -> None:
    assert door_of(tags) is door


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return paid_show(tmp_path)


def _opened(stage: Stage, mode: Mode, *, paid: bool) -> tuple[Show, Settings]:
    stage.write_show(f"{PAID_SHOW.rstrip()}\n    ui: {{paid: {str(paid).lower()}}}\n")
    return load_show(stage.show), stage.settings(mode)


def test_a_show_that_forbids_it_buys_nothing_from_the_pages(stage: Stage) -> None:
    show, settings = _opened(stage, Mode.DRAFT, paid=False)
    with pytest.raises(ContentError, match=r"buys nothing from the pages.*\n.*why: only a shell, the schedule"):
        check_door(show, settings, {}, command=COMMAND)
    check_door(show, settings, SHELL, command=COMMAND)
    check_door(show, settings, TICK, command=COMMAND)


def test_rehearsals_and_shows_that_allow_it_are_let_in_by_every_door(stage: Stage) -> None:
    check_door(*_opened(stage, Mode.REHEARSAL, paid=False), {}, command=COMMAND)
    check_door(*_opened(stage, Mode.FINAL, paid=True), {}, command=COMMAND)


def test_a_paid_run_of_the_pages_fails_before_its_first_request(
    stage: Stage, market: Providers, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in market.environment.items():
        monkeypatch.setenv(name, value)
    _, settings = _opened(stage, Mode.DRAFT, paid=False)
    job = build_defs(settings=settings).resolve_job_def(JOB_NAME)
    before = market.report().purchases
    with stage.instance() as instance:
        instance.add_dynamic_partitions(EPISODE, ["demo"])
        result = job.execute_in_process(
            instance=instance,
            run_config=run_config(Mode.DRAFT.value),
            tags=range_tags("demo", segments_of(4)),
            raise_on_error=False,
        )
    failures = [event.step_failure_data.user_failure_data for event in result.all_events if event.is_step_failure]
    [told] = [failure.description or "" for failure in failures if failure]
    assert "buys nothing from the pages" in told
    assert "ninja produce demo --mode draft" in told
    assert market.report().purchases == before


def test_a_run_of_the_pages_that_leaves_the_script_out_asks_the_gate_too(
    stage: Stage, market: Providers, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in market.environment.items():
        monkeypatch.setenv(name, value)
    _, settings = _opened(stage, Mode.DRAFT, paid=True)
    job = build_defs(settings=settings).resolve_job_def(JOB_NAME)

    def launched(*assets: str) -> str:
        with stage.instance() as instance:
            instance.add_dynamic_partitions(EPISODE, ["demo"])
            result = job.execute_in_process(
                instance=instance,
                run_config=run_config(Mode.DRAFT.value),
                tags=range_tags("demo", segments_of(4)),
                asset_selection=[dg.AssetKey(each) for each in assets],
                raise_on_error=False,
            )
        failures = [event.step_failure_data.user_failure_data for event in result.all_events if event.is_step_failure]
        return "".join(failure.description or "" for failure in failures if failure)

    assert launched("script") == ""
    (stage.show / "characters" / "glitch.png").write_bytes(b"no picture")
    before = market.report().purchases
    assert "save it as a PNG or JPEG again" in launched("tts_audio", "speaker_clips")
    assert market.report().purchases == before
