"""A page of another site, open in the same browser, tries to launch a run, to report, to listen, to frame our pages."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Request, Response, expect

from ninja_assets.jobs import JOB_NAME
from tests.browser.pages import Ui
from tests.browser.server import SENSOR_SECONDS, NinjaUi, until

pytestmark = pytest.mark.browser

PAGE = Path(__file__).with_name("foreign.html").read_text(encoding="utf-8")
LAUNCH = """
    mutation { launchPipelineExecution(executionParams: {
        selector: {repositoryLocationName: "ninja_assets", repositoryName: "__repository__", pipelineName: "%s"}
        mode: "default" runConfigData: "{}"
        executionMetadata: {tags: [
            {key: "dagster/asset_partition_range_start", value: "visited|s01"}
            {key: "dagster/asset_partition_range_end", value: "visited|s01"}
        ]}
    }) { __typename } }
"""
QUERY = LAUNCH % JOB_NAME
TRIED = {
    ("GET", "/graphql", "image"),
    ("GET", "/graphql", "fetch"),
    ("POST", "/graphql", "fetch"),
    ("POST", "/graphql", "ping"),  # sendBeacon
    ("POST", "/graphql", "document"),  # a form
    ("POST", "/report_asset_materialization/final_video", "fetch"),
    ("GET", "/asset-groups", "document"),  # a frame
}


@pytest.fixture
def foreign(dagster: NinjaUi) -> Iterator[str]:
    """The address of a foreign site that has the page, which knows of an episode."""
    dagster.stage.write_episode("visited")
    until("the sensor", lambda: "visited" in dagster.episodes() or None, SENSOR_SECONDS)
    page = PAGE.replace("TARGET", json.dumps(f"127.0.0.1:{dagster.port}")).replace("QUERY", json.dumps(QUERY))

    class Site(BaseHTTPRequestHandler):
        """A site of one page."""

        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(page.encode())

        def log_message(self, format: str, *args: object) -> None:
            pass

    site = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=site.serve_forever, daemon=True).start()
    yield f"http://elsewhere.example:{site.server_address[1]}/"
    site.shutdown()
    site.server_close()


def test_a_foreign_page_launches_nothing_reports_nothing_and_hears_nothing(
    ui: Ui, dagster: NinjaUi, foreign: str
) -> None:
    before = dagster.runs()
    asked: set[tuple[str, str, str]] = set()
    statuses: set[int] = set()

    def note(request: Request) -> None:
        if request.url.startswith(dagster.url):
            path = request.url.removeprefix(dagster.url).split("?")[0]
            asked.add((request.method, path, request.resource_type))

    def note_answer(answer: Response) -> None:
        if answer.url.startswith(dagster.url):
            statuses.add(answer.status)

    ui.page.on("request", note)
    ui.page.on("response", note_answer)
    ui.page.goto(foreign)
    ui.page.wait_for_function("() => window.done")
    ui.page.wait_for_load_state("networkidle")
    assert not ui.page.evaluate("() => window.listens")
    assert (asked, statuses) == (TRIED, {403})
    assert dagster.runs() == before


def test_a_name_that_is_pointed_at_this_machine_shows_nothing(ui: Ui, dagster: NinjaUi) -> None:
    answer = ui.page.goto(f"http://rebound.example:{dagster.port}/asset-groups")
    assert answer is not None
    assert answer.status == 403
    expect(ui.page.get_by_text("refused: ")).to_be_visible()
    expect(ui.page.get_by_text("NINJA_UI_HOSTS")).to_be_visible()


def test_our_own_page_launches_the_same_and_a_link_from_elsewhere_opens_it(
    ui: Ui, dagster: NinjaUi, foreign: str
) -> None:
    ui.page.goto(foreign)
    ui.page.evaluate("address => { location.href = address }", f"{dagster.url}/asset-groups")
    ui.page.get_by_role("button", name="Materialize all").wait_for()
    before = len(dagster.runs())
    launched = ui.page.evaluate(
        """async (query) => (await fetch("/graphql", {
            method: "POST", headers: {"Content-Type": "application/json"}, body: JSON.stringify({query})
        })).json()""",
        QUERY,
    )
    assert launched == {"data": {"launchPipelineExecution": {"__typename": "LaunchRunSuccess"}}}
    assert len(dagster.runs()) == before + 1
