"""A paid episode on the desk, in a real browser: a server on this machine stands for fal.ai and ElevenLabs."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from ninja_assets.cli import DECLINED
from tests.browser.pages import Ui, illegible
from tests.browser.server import RUN_SECONDS, NinjaUi
from tests.providers.client import Providers
from tests.providers.fixture import provider_process
from tests.stage import PAID_SHOW, paid_show

pytestmark = pytest.mark.browser
PAGE = "/desk/episodes/demo/draft"
# The server says a number's digits in no time: as if the end of the line were missing.
TURNS = "NINJA: One two three, here we go.\nGLITCH: 1234567890 1234567890\n"
VOICES, CLIPS = 2, 4  # a speaker and a listener of each turn


@pytest.fixture(scope="module")
def providers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Providers]:
    with provider_process(tmp_path_factory.mktemp("server")) as client:
        client.settings(video_height=120)
        yield client


@pytest.fixture(scope="module")
def dagster(tmp_path_factory: pytest.TempPathFactory, providers: Providers) -> Iterator[NinjaUi]:
    """A `ninja ui` over a show that asks a person for every price."""
    root = tmp_path_factory.mktemp("paid")
    stage = paid_show(root)
    stage.write_show(f"{PAID_SHOW}approval: always\n")
    stage.write_episode(text=TURNS)
    server = NinjaUi(root, stage, providers.environment)
    try:
        server.start()
        yield server
    finally:
        server.stop()


def test_a_price_and_a_voice_are_approved_and_bought_once(ui: Ui, dagster: NinjaUi, providers: Providers) -> None:
    page, complained = ui.page, ui.complaints()
    ui.open(PAGE)
    page.get_by_role("button", name=re.compile(r"^Make it about \$")).click()
    expect(page.get_by_role("dialog")).to_contain_text("an estimate by the words")
    page.get_by_role("button", name="Yes", exact=True).click()
    first = dagster.ended_run("demo", number=1)
    assert first.status == "FAILURE"
    assert len(providers.report().purchases) == VOICES

    listen = page.get_by_role("region", name="a voice that waits: s02")
    expect(listen).to_contain_text("almost nothing is heard", timeout=RUN_SECONDS * 1000)
    listen.locator("audio").evaluate("async audio => { audio.muted = true; await audio.play(); }")
    expect(page.get_by_role("region", name="a price that waits")).to_contain_text("for the clips of s01")
    ui.picture("desk-waits")
    page.set_viewport_size({"width": 360, "height": 740})
    assert illegible(page) == []
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
    ui.picture("desk-waits-phone")
    page.set_viewport_size({"width": 1440, "height": 900})
    listen.get_by_role("button", name="Take it as it is").dblclick()
    second = dagster.ended_run("demo", number=2)
    assert (second.status, second.tags["ninja/root_run"]) == ("FAILURE", first.run_id)
    assert len(providers.report().purchases) == VOICES

    price = page.get_by_role("region", name="a price that waits")
    expect(price).to_contain_text(re.compile("for the clips of s01.+s02"), timeout=RUN_SECONDS * 1000)
    price.get_by_role("button", name=re.compile(r"^Approve \$")).dblclick()
    expect(page.get_by_role("heading", level=1)).to_be_focused()  # the button is gone: the page's own heading has it
    expect(page.locator("#cut")).to_be_visible(timeout=RUN_SECONDS * 1000)
    assert dagster.ended_run("demo", number=3).status == "SUCCESS"
    assert len(providers.report().purchases) == VOICES + CLIPS
    expect(price).to_have_count(0)
    assert complained == []
    ui.picture("desk-paid")


def test_a_retake_at_the_price_that_was_shown_is_asked_for_once(ui: Ui, dagster: NinjaUi, providers: Providers) -> None:
    page, complained = ui.page, ui.complaints()
    before = len(providers.report().purchases)
    ui.open(f"{PAGE}#s01")
    panel = page.locator("#panel-s01")
    button = panel.get_by_role("button", name=re.compile(r"^speaker \$0\.\d\d$"))
    button.click()
    page.get_by_role("button", name="No", exact=True).click()
    button.click()
    expect(page.get_by_role("dialog")).to_contain_text("Make the speaker of s01 anew for $0.")
    page.get_by_role("button", name="Yes", exact=True).click()
    expect(button).to_be_disabled()  # as long as the run is on: the heading of the segment has the focus
    expect(panel.locator(".top strong")).to_be_focused()
    # The server draws the second take as it drew the first, so that there is no earlier one to lay beside it.
    expect(panel.locator(".top")).to_contain_text("take 2", timeout=RUN_SECONDS * 1000)
    run = dagster.ended_run("demo", number=4)
    assert (run.status, "retake_of" in run.config) == ("SUCCESS", True)
    assert len(providers.report().purchases) == before + 1

    panel.get_by_role("button", name=re.compile(r"^listener \$0\.\d\d$")).click()
    expect(page.get_by_role("dialog")).to_contain_text("Make the listener of s01 anew for $0.")
    page.get_by_role("button", name="Yes", exact=True).click()
    run = dagster.ended_run("demo", number=5)
    assert (run.status, len(providers.report().purchases)) == ("SUCCESS", before + 2)
    ui.open("/desk/costs")
    expect(page.get_by_role("heading", name="By provider")).to_be_visible()
    ui.picture("desk-costs")
    assert complained == []


def test_one_declines_while_another_approves_and_a_page_of_before_buys_nothing(
    ui: Ui, chromium: Browser, dagster: NinjaUi, providers: Providers
) -> None:
    dagster.stage.write_episode("second", "NINJA: Seven eight nine, that will do.\n")
    path = "/desk/episodes/second/draft"
    dagster.command("produce", "second", "--mode", "draft", status=DECLINED)
    before, page = len(providers.report().purchases), ui.page
    ui.open(path)
    context = chromium.new_context(base_url=dagster.url)
    other = context.new_page()
    other.add_init_script("Object.defineProperty(document, 'hidden', { value: true })")  # it follows nothing
    other.goto(path)
    price = page.get_by_role("region", name="a price that waits")
    expect(page.get_by_role("button", name="Archive")).to_be_disabled()
    price.get_by_role("button", name="Decline").dblclick()
    expect(page.get_by_text("declined: nothing was bought")).to_be_visible()
    expect(price).to_have_count(0)
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    expect(page.locator("#badges")).to_contain_text(re.compile(r"\$0\.\d\d declined"))
    ui.picture("desk-declined")
    other.get_by_role("button", name=re.compile(r"^Approve \$")).click()
    expect(other.get_by_text("it was approved or declined meanwhile")).to_be_visible()
    expect(other.get_by_role("region", name="a price that waits")).to_have_count(0)
    page.get_by_role("button", name="Archive").click()
    page.get_by_role("button", name="Yes", exact=True).click()
    page.wait_for_url("**/desk/")
    expect(page.get_by_role("status")).to_contain_text("second is archived: ")
    # The page gives way to that of an archived episode, and what was said stays.
    other.get_by_role("button", name="Make what is missing").click()
    other.get_by_role("button", name="Yes", exact=True).click()
    expect(other.get_by_text("It is archived: its cuts")).to_be_visible()
    expect(other.get_by_role("status")).to_contain_text("second is archived")
    context.close()
    assert len(providers.report().purchases) == before
    assert dagster.command("approve").strip() == "nothing waits for you"


def test_a_voice_is_let_go_on_the_desk_and_nothing_is_bought_for_it(
    ui: Ui, dagster: NinjaUi, providers: Providers
) -> None:
    dagster.stage.write_episode("third", "GLITCH: 987654321 987654321\n")
    dagster.command("produce", "third", "--mode", "draft", status=1)
    before, page, complained = len(providers.report().purchases), ui.page, ui.complaints()
    assert "ninja decline third --mode draft --segments s01" in " ".join(dagster.command("approve").split())
    ui.open("/desk/episodes/third/draft")
    heard = page.get_by_role("region", name="a voice that waits: s01")
    button = heard.get_by_role("button", name="Let it go")
    for width in (1280, 390, 320):
        page.set_viewport_size({"width": width, "height": 800})
        button.scroll_into_view_if_needed()
        expect(button).to_be_in_viewport(ratio=1)
        assert illegible(page) == []
        assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
        ui.picture(f"desk-voice-waits-{width}")
    button.dblclick()
    expect(page.get_by_text("Let go: nothing was bought")).to_be_visible()
    expect(heard).to_have_count(0)
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    expect(page.locator("#badges")).to_contain_text("the voice of s01 declined")
    expect(page.get_by_text("failed")).to_have_count(0)
    ui.picture("desk-voice-let-go")
    [run] = dagster.runs_of("third")
    assert (run.tags["ninja/waits"], run.tags["ninja/declined"]) == ("", "the voice of s01")
    assert dagster.command("approve").strip() == "nothing waits for you"
    dagster.command("produce", "third", "--mode", "draft", status=1)  # asked anew, for the same voice
    assert "--segments s01" in dagster.command("approve")
    assert len(providers.report().purchases) == before
    assert complained == []
    dagster.command("decline", "third", "--mode", "draft", "--segments", "s01")


def test_models_are_compared_from_the_desk_at_the_price_that_was_shown(
    ui: Ui, dagster: NinjaUi, providers: Providers
) -> None:
    page, complained = ui.page, ui.complaints()
    before = len(providers.report().purchases)
    ui.open(f"{PAGE}#s01")
    page.locator("#panel-s01").get_by_role("link", name="Compare models by this segment").click()
    button = page.get_by_role("button", name=re.compile("^Compare"))
    expect(button).to_be_disabled()
    for name in ("Avatar v2 Standard", "Avatar v2 Pro"):
        page.get_by_role("checkbox", name=name).check()
    expect(button).to_contain_text(re.compile(r"\$0\.\d\d"))
    ui.picture("desk-models-choice")
    button.click()
    expect(page.get_by_role("dialog")).to_contain_text("Make it by 2 models for $0.")
    page.get_by_role("button", name="Yes", exact=True).click()
    # The clip of the show's own model is bought already: one is new.
    expect(page.locator("figure video")).to_have_count(2, timeout=RUN_SECONDS * 1000)
    [run] = [run for run in dagster.runs() if "compare" in run.config]
    assert (run.status, run.tags["ninja/mode"]) == ("SUCCESS", "draft")
    assert len(providers.report().purchases) == before + 1
    ui.picture("desk-models")
    page.set_viewport_size({"width": 360, "height": 740})
    assert illegible(page) == []
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
    ui.picture("desk-models-phone")
    assert complained == []


def test_a_comparison_that_a_shell_could_ask_nobody_for_is_approved_on_the_desk(
    ui: Ui, dagster: NinjaUi, providers: Providers
) -> None:
    page, complained = ui.page, ui.complaints()
    compare = ("compare", "demo", "--segment", "s02", "--models", "v2/standard,v2/pro", "--mode", "draft")
    dagster.command(*compare, status=DECLINED)
    assert "ninja approve demo --mode draft --compare s02" in dagster.command("approve")
    before = len(providers.report().purchases)
    ui.open("/desk/")
    waits = page.get_by_role("region", name="what waits for you").get_by_role("link")
    expect(waits).to_contain_text("s02 by Avatar v2 Standard, Avatar v2 Pro")
    ui.picture("desk-list-waits")
    waits.click()
    region = page.get_by_role("region", name="a comparison that waits: s02")
    ui.picture("desk-models-waits")
    region.get_by_role("button", name=re.compile(r"^Approve \$0\.\d\d$")).dblclick()
    expect(page.locator("figure video")).to_have_count(2, timeout=RUN_SECONDS * 1000)
    expect(region).to_have_count(0)
    assert len(providers.report().purchases) == before + 1
    assert dagster.command("approve").strip() == "nothing waits for you"
    assert complained == []
