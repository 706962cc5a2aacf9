"""What a person finds after the machine was down: the run that died with it, and the days that were missed."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from tests.browser.pages import Ui
from tests.browser.server import BEGIN_SECONDS, NinjaUi, until
from tests.stage import EPISODE, SHOW, build_stage

pytestmark = pytest.mark.browser
CATCHING_UP = f"{SHOW}schedule: {{at: '00:00', catch_up: true}}\n"


@pytest.fixture(scope="module")
def dagster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NinjaUi]:
    """A `ninja ui` of its own, which is killed, over a show that makes up for missed days."""
    root = tmp_path_factory.mktemp("machine")
    stage = build_stage(root)
    stage.write_show(CATCHING_UP)
    server = NinjaUi(root, stage)
    try:
        server.start()
        yield server
        server.stop()
    finally:
        server.lose_power()


def test_a_run_that_died_with_the_machine_is_ended_and_what_is_missing_is_launched(ui: Ui, dagster: NinjaUi) -> None:
    dagster.stage.write_episode("demo", f"{EPISODE}GLITCH: Ten eleven twelve, and on we count.\n")
    ui.graph()
    dialog = ui.materialize()
    dialog.choose("demo")
    dialog.launch()
    until("the run", lambda: [run for run in dagster.runs() if run.status == "STARTED"] or None, BEGIN_SECONDS)
    dagster.lose_power()

    dagster.start()
    dead = dagster.ended_run("demo", number=1)
    assert dead.status == "FAILURE"
    ui.open(f"/runs/{dead.run_id}")
    expect(ui.page.get_by_text(re.compile("it was killed, or the machine went down")).first).to_be_visible()
    ui.picture("killed")
    ui.graph()
    dialog = ui.materialize()
    dialog.choose("demo")
    dialog.only_failed_and_missing()
    dialog.launch()
    assert dagster.ended_run("demo", number=2).status == "SUCCESS"
    assert (dagster.stage.output / "demo" / "rehearsal" / "final.mp4").exists()


def test_missed_days_are_made_one_after_the_other(ui: Ui, dagster: NinjaUi) -> None:
    first, second = (f"{datetime.now(UTC) - timedelta(days=back):%Y-%m-%d}" for back in (2, 1))
    for day in (second, first):
        dagster.stage.write_episode(day, "NINJA: One two three.\n")
    ui.switch("daily_episode")
    runs = [dagster.ended_run(day, number=1) for day in (first, second)]
    assert [run.status for run in runs] == ["SUCCESS", "SUCCESS"]
    assert runs[0].ended is not None
    assert runs[0].ended <= runs[1].begun
    ui.open("/locations/ninja_assets/sensors/catching_up")
    expect(ui.page.get_by_text("1 run requested").first).to_be_visible()
    ui.picture("missed-days")
