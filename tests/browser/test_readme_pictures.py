"""The show of this repository in a real browser, as the README shows it: the desk, models side by side, the graph."""

import re
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from resources.core.settings import ROOT
from tests.browser.pages import Ui, illegible
from tests.browser.server import RUN_SECONDS, NinjaUi, until
from tests.stage import Stage

pytestmark = pytest.mark.browser
PAGE = "/desk/episodes/first-light/rehearsal"
MODELS = "v2/standard,v2/pro,omnihuman,aurora"
# What is fetched only when it is played shows its poster.
_LOADED = """[...document.querySelectorAll('video')].every(
    one => !one.checkVisibility() || one.preload === 'none' || (one.readyState >= 2 && !one.seeking))"""


@pytest.fixture(scope="module")
def dagster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NinjaUi]:
    """A `ninja ui` over a copy of the show, with an episode made."""
    root = tmp_path_factory.mktemp("readme")
    stage = Stage(root)
    shutil.copytree(ROOT / "show", stage.show, ignore=shutil.ignore_patterns(".*"))
    server = NinjaUi(root, stage)
    try:
        server.start()
        server.command("produce", "first-light")
        yield server
    finally:
        server.stop()


def test_the_desk_shows_the_example(ui: Ui, dagster: NinjaUi) -> None:
    complained = ui.complaints()
    ui.open(f"{PAGE}#s02")
    expect(ui.page.get_by_text("checks passed")).to_be_visible()
    expect(ui.page.get_by_role("button", name="speaker $0.00").last).to_be_enabled()
    _await_pictures(ui)
    ui.page.evaluate("scrollTo(0, 0)")
    ui.picture("readme-desk")
    ui.open("/desk/")
    expect(ui.page.get_by_role("link", name=re.compile("rehearsal · finished"))).to_be_visible()
    ui.picture("readme-list")
    assert illegible(ui.page) == []
    assert complained == []


def test_four_models_stand_side_by_side(ui: Ui, dagster: NinjaUi) -> None:
    dagster.command("compare", "first-light", "--segment", "s02", "--models", MODELS)
    ui.page.set_viewport_size({"width": 1200, "height": 771})
    ui.open(f"{PAGE}/models/s02")
    expect(ui.page.locator("figure video")).to_have_count(4)
    _await_pictures(ui)
    ui.picture("readme-compare")


def test_the_graph_and_the_storyboard_stand_in_dagster(ui: Ui, dagster: NinjaUi) -> None:
    ui.graph()
    expect(ui.page.locator("svg").get_by_text("final_video", exact=True).first).to_be_visible()
    ui.page.wait_for_load_state("networkidle")
    ui.picture("readme-graph")
    ui.open("/assets/final_video")
    assert ui.shown_picture("storyboard") > 200
    ui.page.locator("tr").filter(has=ui.page.get_by_text("storyboard", exact=True)).last.locator("img").last.evaluate(
        "image => image.scrollIntoView({ block: 'start' })"
    )
    ui.picture("readme-storyboard")


def _await_pictures(ui: Ui) -> None:
    # Asked from outside: the page's own policy forbids what a page that waits by itself would evaluate.
    until("the clips' pictures", lambda: ui.page.evaluate(_LOADED) or None, RUN_SECONDS)
