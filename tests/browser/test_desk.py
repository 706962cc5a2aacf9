"""The desk in a real browser: an episode made, seen, heard, noted and retaken with the mouse, on a phone too."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PATIENCE_MS
from tests.browser.pages import Ui, complaints, illegible
from tests.browser.server import RUN_SECONDS, NinjaUi, until
from tests.stage import EPISODE

pytestmark = pytest.mark.browser
PAGE = "/desk/episodes/desk-made/rehearsal"
_PLAYING = "[...document.querySelectorAll('video')].filter(one => !one.paused && one.currentTime > 0).length"


@pytest.fixture
def phone(chromium: Browser, dagster: NinjaUi) -> Iterator[Page]:
    """A page as wide as a small phone."""
    context = chromium.new_context(viewport={"width": 360, "height": 740}, base_url=dagster.url, has_touch=True)
    context.set_default_timeout(PATIENCE_MS)
    yield context.new_page()
    context.close()


def test_an_episode_is_made_from_the_desk_and_seen_as_it_grows(ui: Ui, dagster: NinjaUi) -> None:
    dagster.stage.write_episode("desk-made", f"{EPISODE}BROLL {{seconds: 3}}: Rain on a neon street.\n")
    complained = ui.complaints()
    ui.open("/desk/")
    ui.page.get_by_role("link", name="rehearse it").first.wait_for()
    ui.open(PAGE)
    make = ui.page.get_by_role("button", name="Make it $0.00")
    expect(make).to_be_enabled()
    make.click()
    expect(ui.page.get_by_text("What is missing is made.")).to_be_visible()
    # The page follows the run by itself: nothing is loaded again by hand.
    expect(ui.page.locator(".tile")).to_have_count(4, timeout=RUN_SECONDS * 1000)
    expect(ui.page.locator("#cut")).to_have_attribute("src", re.compile("^/desk/media/"), timeout=RUN_SECONDS * 1000)
    expect(ui.page.get_by_text("checks passed")).to_be_visible()
    assert dagster.ended_run("desk-made", number=1).tags["ninja/mode"] == "rehearsal"
    assert complained == []
    ui.picture("desk-episode")
    ui.open("/desk/")
    expect(ui.page.get_by_role("link", name="rehearsal · finished").first).to_be_visible()
    ui.picture("desk")


def test_from_a_cell_to_its_playing_clip_is_one_click(ui: Ui, dagster: NinjaUi) -> None:
    ui.cell("composites", "desk-made", "s02")
    ui.page.get_by_role("img", name="s02").first.click()
    ui.page.wait_for_url(re.compile(r"/desk/episodes/desk-made/rehearsal.*#s02$"))
    ui.page.wait_for_function(f"{_PLAYING} === 1")
    ui.cell("speaker_clips", "desk-made", "s02")
    expect(ui.page.locator(f"a[href$='{PAGE}#s02']").first).to_be_visible()


def test_a_segment_is_played_by_word_and_by_key(ui: Ui, dagster: NinjaUi) -> None:
    ui.open(f"{PAGE}#s01")
    ui.page.wait_for_function("document.getElementById('cut').readyState >= 1")
    ui.page.keyboard.press("ArrowRight")
    expect(ui.page.locator(".segment:visible")).to_have_attribute("data-segment", "s02")
    ui.page.locator("#panel-s03").evaluate("() => go('s03')")
    ui.page.locator("#panel-s03 .words button").first.click()
    ui.page.wait_for_function(f"{_PLAYING} === 1")
    ui.page.keyboard.press("Escape")
    assert ui.page.evaluate("document.getElementById('cut').textTracks.length") == 1


def test_a_note_a_retake_and_the_earlier_take_again(ui: Ui, dagster: NinjaUi) -> None:
    complained = ui.complaints()
    ui.open(f"{PAGE}#s02")
    ui.page.keyboard.press("n")
    ui.page.keyboard.type("<i>too fast</i>")
    ui.page.keyboard.press("Enter")
    expect(ui.page.locator(".notes li")).to_contain_text("<i>too fast</i>")
    expect(ui.page.locator(".notes li")).to_contain_text("0:01")  # where the cut stood: at the segment's first frame
    expect(ui.page.locator("button.pin")).to_have_count(1)
    ui.page.locator(".notes").get_by_role("button", name="done").click()
    expect(ui.page.locator(".notes li.done")).to_have_count(1)

    ui.page.evaluate("() => { window.kept = true; }")
    panel = ui.page.locator("#panel-s02")
    panel.get_by_role("button", name=re.compile("^speaker")).click()
    expect(panel.get_by_text("before: take 1")).to_be_visible(timeout=RUN_SECONDS * 1000)
    dagster.ended_run("desk-made", number=2)
    panel.get_by_role("button", name="use this take").click()
    expect(panel.get_by_text("before: take 2")).to_be_visible(timeout=RUN_SECONDS * 1000)
    run = dagster.ended_run("desk-made", number=3)
    assert (run.status, "retake" in run.config) == ("SUCCESS", False)
    assert ui.page.evaluate("() => window.kept")  # the page followed both runs and was not loaded again
    assert complained == []
    ui.picture("desk-takes")


def test_the_desk_is_worked_by_keyboard_alone(ui: Ui, dagster: NinjaUi) -> None:
    page, complained = ui.page, ui.complaints()
    ui.open("/desk/")
    page.get_by_role("link", name="rehearsal · finished").wait_for()
    _tab_to(page, "a.face[href*='desk-made']")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{PAGE}")
    page.keyboard.press("Tab")  # the first stop leads past the navigation
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("ArrowLeft")
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    shot = page.locator("#panel-s04")
    expect(shot).to_be_visible()
    expect(shot.get_by_role("button", name="shot $0.00")).to_be_enabled()  # no button works before its price is there
    _tab_to(page, "[data-act=retake][data-of=shot][data-segment=s04]")
    page.keyboard.press("Enter")
    expect(shot.locator(".top")).to_contain_text("take 2", timeout=RUN_SECONDS * 1000)
    run = dagster.ended_run("desk-made", number=4)
    assert (run.status, run.cells) == ("SUCCESS", ("desk-made|s04", "desk-made|s04"))
    assert complained == []


def _tab_to(page: Page, css: str) -> None:
    """Press Tab until the element has the focus, which must be seen there."""
    for _ in range(120):
        page.keyboard.press("Tab")
        if page.evaluate("css => document.activeElement?.matches(css)", css):
            assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
            return
    raise AssertionError(f"no Tab leads to {css}")


def test_without_javascript_all_is_read_and_seen_and_each_page_says_what_cannot_be_done(
    chromium: Browser, dagster: NinjaUi
) -> None:
    context = chromium.new_context(java_script_enabled=False, base_url=dagster.url)
    page = context.new_page()
    for path in ("/desk/", PAGE, "/desk/costs", f"{PAGE}/models/s02", "/desk/episodes/desk-made/final"):
        page.goto(path)
        expect(page.locator(".no-script")).to_be_visible()
        expect(page.locator("[data-act]:visible")).to_have_count(0)
    page.goto(PAGE)
    expect(page.locator(".segment:visible")).to_have_count(4)
    expect(page.locator("#panel-s02 .command")).to_contain_text("ninja produce desk-made")
    context.close()


def test_texts_are_legible_and_nothing_leaves_the_screen(phone: Page, dagster: NinjaUi, pictures: Path) -> None:
    complained = complaints(phone)
    unmade, unknown = "/desk/episodes/desk-made/final", "/desk/episodes/nobody/final"
    for number, path in enumerate(("/desk/", PAGE, f"{PAGE}/models/s02", "/desk/costs", unmade, unknown)):
        phone.goto(path)
        phone.wait_for_load_state("load")
        for width in (390, 360, 320):
            phone.set_viewport_size({"width": width, "height": 740})
            assert not phone.evaluate("document.documentElement.scrollWidth > innerWidth"), (path, width)
        assert illegible(phone) == [], path
        phone.screenshot(path=pictures / f"desk-phone-{number}.png", animations="disabled", full_page=True)
    assert [text for text in complained if "404" not in text] == []


def test_a_foreign_page_can_do_nothing_on_the_desk(ui: Ui, dagster: NinjaUi) -> None:
    before = len(dagster.runs())
    ui.page.goto("data:text/html,<p>elsewhere")
    for body in ("text/plain", "application/json"):
        script = f"""async () => {{ try {{
            const answer = await fetch("{dagster.url}{PAGE}/make", {{ method: "POST", body: '{{"usd": 9}}',
                mode: "{"no-cors" if body == "text/plain" else "cors"}", headers: {{ "Content-Type": "{body}" }} }});
            return answer.status; }} catch {{ return 0; }} }}"""
        assert ui.page.evaluate(script) == 0
    assert len(dagster.runs()) == before


def test_a_run_that_failed_says_on_the_desk_what_failed_and_why(ui: Ui, dagster: NinjaUi) -> None:
    dagster.stage.write_episode("desk-failed", EPISODE.replace("GLITCH:", "GLITCH {camera: close}:"))
    picture = dagster.stage.show / "characters" / "glitch-close.png"
    whole = picture.read_bytes()
    picture.write_bytes(whole[: len(whole) // 2])
    try:
        ui.open("/desk/episodes/desk-failed/rehearsal")
        ui.page.get_by_role("button", name="Make it $0.00").click()
        ended = until("the run", lambda: dagster.runs_of("desk-failed") or None, RUN_SECONDS)
        assert ended
        assert dagster.ended_run("desk-failed", number=1).status == "FAILURE"
    finally:
        picture.write_bytes(whole)
    ui.open("/desk/episodes/desk-failed/rehearsal#s02")
    expect(ui.page.locator("#panel-s02 .alarm")).to_contain_text("a picture cannot be read")
    expect(ui.page.get_by_role("button", name="Make what is missing $0.00")).to_be_enabled()
    ui.picture("desk-failed")
    ui.page.get_by_role("link", name="the last run failed").click()
    again_button = ui.page.get_by_role("button", name="Re-execute all")
    again_button.locator("xpath=following::button[1]").click()
    ui.page.get_by_role("menuitem", name="From failure").click()
    again = dagster.ended_run("desk-failed", number=2)
    assert (again.status, again.cells) == ("SUCCESS", ("desk-failed|s01", "desk-failed|s04"))

    dagster.stage.write_episode("desk-failed", EPISODE.replace("Seven eight nine", "Ten eleven twelve"))
    ui.open("/desk/episodes/desk-failed/rehearsal#s03")
    expect(ui.page.get_by_text("The episode's file has changed since it was read")).to_be_visible()
    ui.page.get_by_role("button", name="Make what has changed $0.00").click()
    expect(ui.page.locator("#panel-s03 .words")).to_contain_text("Ten", timeout=RUN_SECONDS * 1000)
    assert dagster.ended_run("desk-failed", number=3).status == "SUCCESS"


def test_an_episode_is_archived_and_a_shell_takes_it_back(ui: Ui, dagster: NinjaUi) -> None:
    page, complained = ui.page, ui.complaints()
    ui.open(PAGE)
    page.get_by_role("button", name="Archive", exact=True).click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Its cuts, what it bought and its receipts stay.")
    ui.picture("desk-archive")
    dialog.get_by_role("button", name="Yes", exact=True).click()
    # The answer to the click, or the page that has seen it by itself: whichever is first.
    expect(page.get_by_text(re.compile("is archived:")).first).to_be_visible()
    ui.open("/desk/")
    expect(page.locator("a[href*='desk-made']")).to_have_count(0)
    assert "desk-made" not in dagster.episodes()
    assert (dagster.stage.output / "desk-made" / "rehearsal" / "final.mp4").exists()
    ui.open(PAGE)
    expect(page.get_by_text("ninja archive --undo desk-made")).to_be_visible()
    expect(page.get_by_role("button", name="Make it")).to_have_count(0)
    dagster.command("archive", "--undo", "desk-made")
    ui.open("/desk/")
    expect(page.locator("a[href*='desk-made']").first).to_be_visible()
    assert complained == []
