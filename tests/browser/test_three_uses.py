"""The three ways of using the show, in the browser: launch an episode, mend a segment, let the schedule do it."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from resources.core.names import EPISODE_ASSETS
from resources.media.probe import video_facts
from tests.browser.pages import Ui
from tests.browser.server import ENDED, RUN_SECONDS, SENSOR_SECONDS, NinjaUi, until
from tests.stage import EPISODE, SHOW

pytestmark = pytest.mark.browser


TICK_SECONDS = 180
SHORTEST_WARNING = timedelta(seconds=30)  # from writing the time into show.yaml to the tick: a reload and a click


def test_the_first_pages_are_the_graph_without_sign_up_and_ask_nobody_else(ui: Ui) -> None:
    ui.graph()
    for asset in (*EPISODE_ASSETS, "cost_report", "model_comparison"):
        expect(ui.page.locator("svg").get_by_text(asset, exact=True).first).to_be_visible()
    expect(ui.page.get_by_role("dialog")).to_have_count(0)
    ui.picture("graph")
    ui.open("/assets/final_video")
    expect(ui.page.get_by_text("joined without a second encode")).to_be_visible()
    for shown in ("ffmpeg", "show", "produce_episode"):
        expect(ui.page.get_by_text(shown, exact=True).first).to_be_visible()
    assert ui.asked == []


def test_a_new_script_becomes_an_episode_by_itself(ui: Ui, dagster: NinjaUi) -> None:
    dagster.stage.write_episode("newcomer")
    until("the sensor", lambda: "newcomer" in dagster.episodes() or None, SENSOR_SECONDS)
    ui.open("/assets/script?view=partitions")
    expect(ui.page.get_by_text("newcomer").first).to_be_visible()
    assert not dagster.runs_of("newcomer")


def test_an_episode_is_launched_as_one_run_and_watched_on_its_pages(ui: Ui, dagster: NinjaUi) -> None:
    ui.graph()
    dialog = ui.materialize()
    dialog.choose("demo")
    ui.picture("launch")
    dialog.launch()
    run = dagster.ended_run("demo", number=1)
    assert run.status == "SUCCESS"
    assert run.cells == ("demo|s01", "demo|s04")

    folder = dagster.stage.output / "demo" / "rehearsal"
    parts = [video_facts(folder / segment / "segment.mp4").frames for segment in ("s01", "s02", "s03")]
    assert video_facts(folder / "final.mp4").frames == sum(parts)

    ui.open("/assets/final_video")
    assert ui.shown_picture("storyboard") > 200
    shown = ui.metadata()
    assert float(shown["episode_seconds"]) == pytest.approx(sum(parts) / 30, abs=0.01)
    assert shown["episode_segments"] == "3"
    ui.picture("final_video")

    ui.cell("composites", "demo", "s02")
    assert ui.shown_picture("poster") > 100
    shown = ui.metadata()
    # Whether it was made or found, the other walks over this show decide: words that are equal are made once.
    assert (shown["cost_usd"], shown["take"], shown["words"]) == ("0", "1", "7")
    assert float(shown["seconds"]) == pytest.approx(parts[1] / 30, abs=0.01)
    ui.picture("segment")


def test_the_jobs_page_makes_all_and_listens_to_its_config(ui: Ui, dagster: NinjaUi) -> None:
    dagster.stage.write_episode("by-job")
    until("the sensor", lambda: "by-job" in dagster.episodes() or None, SENSOR_SECONDS)
    ui.open("/locations/ninja_assets/jobs/produce_episode")
    dialog = ui.materialize()
    dialog.choose("by-job")
    dialog.configure("resources: {studio: {config: {mode: rehearsal, retake: [s02]}}}")
    dialog.launch()
    run = dagster.ended_run("by-job", number=1)
    assert run.status == "SUCCESS"
    assert (run.tags["ninja/episode"], run.tags["ninja/mode"]) == ("by-job", "rehearsal")
    assert (dagster.stage.output / "by-job" / "rehearsal" / "final.mp4").exists()
    takes = {}
    for segment in ("s01", "s02", "s03"):
        ui.cell("speaker_clips", "by-job", segment)
        takes[segment] = ui.metadata()["take"]
    assert takes == {"s01": "1", "s02": "2", "s03": "1"}


def test_execute_all_on_the_page_of_checks_checks_again(ui: Ui, dagster: NinjaUi) -> None:
    before = {run.run_id for run in dagster.runs()}
    ui.open("/assets/composites?view=checks")
    ui.page.get_by_role("button", name="Execute all").click()

    def ended() -> str | None:
        mine = [run for run in dagster.runs() if run.run_id not in before]
        return mine[0].status if mine and mine[0].status in ENDED else None

    assert until("the checks", ended, RUN_SECONDS) == "SUCCESS"
    ui.open("/assets/composites?view=checks")
    expect(ui.page.get_by_text("all 3 pass").first).to_be_visible()
    ui.picture("checks")


def test_a_failed_segment_is_red_says_why_and_is_mended_in_one_launch(ui: Ui, dagster: NinjaUi) -> None:
    dagster.stage.write_episode("close-up", EPISODE.replace("GLITCH:", "GLITCH {camera: close}:"))
    picture = dagster.stage.show / "characters" / "glitch-close.png"
    whole = picture.read_bytes()
    picture.write_bytes(whole[: len(whole) // 2])
    until("the sensor", lambda: "close-up" in dagster.episodes() or None, SENSOR_SECONDS)
    ui.graph()
    dialog = ui.materialize()
    dialog.choose("close-up")
    dialog.launch()
    assert dagster.ended_run("close-up", number=1).status == "FAILURE"

    ui.cell("uploaded_urls", "close-up", "s02")
    expect(ui.page.get_by_text("failed, and did not materialize this asset")).to_be_visible()
    expect(ui.page.get_by_text("Materialized", exact=True)).to_have_count(0)
    ui.picture("red-cell")
    ui.page.get_by_role("button", name="View logs").click()
    logs = ui.page.get_by_role("dialog")
    what = r"s02 uploaded_urls: .*glitch-close\.png: a picture cannot be read"
    for words in (what, "next: save it as a PNG or JPEG again"):
        expect(logs.get_by_text(re.compile(words)).first).to_be_visible()
    ui.picture("reason")

    picture.write_bytes(whole)
    ui.cell("uploaded_urls", "close-up", "s02")
    dialog = ui.materialize()  # the cell that is open is chosen already
    expect(dialog.box.get_by_text("1 partition", exact=True)).to_be_visible()
    dialog.launch()
    alone = dagster.ended_run("close-up", number=2)
    assert (alone.status, alone.cells) == ("SUCCESS", ("close-up|s02", "close-up|s02"))
    assert (dagster.stage.output / "close-up" / "rehearsal" / "final.mp4").exists()
    for asset in EPISODE_ASSETS:
        ui.cell(asset, "close-up", "s02")
        expect(ui.page.get_by_text("Materialized", exact=True)).to_be_visible()


def test_a_retake_asked_for_in_the_launch_config_makes_another_take(ui: Ui, dagster: NinjaUi) -> None:
    dagster.stage.write_episode("retaken")
    until("the sensor", lambda: "retaken" in dagster.episodes() or None, SENSOR_SECONDS)
    ui.graph()
    dialog = ui.materialize()
    dialog.choose("retaken")
    dialog.configure("resources: {studio: {config: {mode: rehearsal, retake: [s02]}}}")
    dialog.launch()
    run = dagster.ended_run("retaken", number=1)
    assert run.status == "SUCCESS"
    assert "retake" in run.config
    takes = {}
    for segment in ("s01", "s02"):
        ui.cell("speaker_clips", "retaken", segment)
        takes[segment] = ui.metadata()["take"]
    assert takes == {"s01": "1", "s02": "2"}


def test_the_daily_schedule_skips_without_a_script_and_launches_the_episode_of_the_day(
    ui: Ui, dagster: NinjaUi
) -> None:
    day = _tick_soon(ui, dagster)
    ui.switch("daily_episode")
    ui.open("/locations/ninja_assets/schedules/daily_episode")
    ticks = ui.page.get_by_role("row").filter(has=ui.page.get_by_role("button", name="View logs"))
    ticks.first.wait_for(timeout=TICK_SECONDS * 1000)
    ui.page.reload()  # a tick that is still being evaluated opens nothing
    ticks.first.get_by_text("0 runs requested").last.click()
    expect(ui.page.get_by_role("dialog").get_by_text(f"no script for {day}")).to_be_visible()

    dagster.stage.write_episode(f"{datetime.now(UTC):%Y-%m-%d}")
    day = _tick_soon(ui, dagster)
    run = dagster.ended_run(day, number=1)
    assert run.status == "SUCCESS"
    assert run.cells == (f"{day}|s01", f"{day}|s04")
    assert run.tags["ninja/mode"] == "rehearsal"
    ui.open("/locations/ninja_assets/schedules/daily_episode")
    expect(ui.page.get_by_text("1 run requested").first).to_be_visible()
    ui.page.get_by_role("row").filter(has=ui.page.get_by_role("button", name="View logs")).first.wait_for()
    ui.picture("schedule")


@pytest.mark.parametrize("name", ["a|b", "..", "", "x" * 300])
def test_an_episode_added_under_an_impossible_name_is_refused_and_taken_back(
    ui: Ui, dagster: NinjaUi, name: str
) -> None:
    before = {path.name for path in dagster.stage.root.iterdir()}
    made = {path.name for path in dagster.stage.output.iterdir()} if dagster.stage.output.exists() else set()
    ui.graph()
    dialog = ui.materialize()
    save = dialog.name_a_new_episode(name)
    if name in ("a|b", ".."):  # the others cannot be found in the list again
        dagster.await_tick()  # or the name is taken back before it can be launched
        save.click()
        dialog.choose(name)
        dialog.launch()
    else:
        save.click()
    until("the name to be taken back", lambda: name not in dagster.episodes() or None, SENSOR_SECONDS)
    assert all(run.status != "SUCCESS" for run in dagster.runs_of(name))
    assert {path.name for path in dagster.stage.root.iterdir()} == before
    assert ({path.name for path in dagster.stage.output.iterdir()} if made else set()) == made
    ui.cell("final_video", "demo", "s01")


def test_a_name_with_a_space_cannot_be_saved(ui: Ui) -> None:
    ui.graph()
    dialog = ui.materialize()
    expect(dialog.name_a_new_episode("A B")).to_be_disabled()


def _tick_soon(ui: Ui, dagster: NinjaUi) -> str:
    """Let the schedule tick at the next full minute that leaves time to reload; returns the day of that tick."""
    due = (datetime.now(UTC) + SHORTEST_WARNING).replace(second=0, microsecond=0) + timedelta(minutes=1)
    dagster.stage.write_show(f'{SHOW.rstrip()}\n    schedule: {{at: "{due:%H:%M}"}}\n')
    ui.reload_definitions()
    until("the new time", lambda: dagster.cron() == f"{due.minute} {due.hour} * * *" or None, TICK_SECONDS)
    return f"{due:%Y-%m-%d}"
