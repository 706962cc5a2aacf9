"""A browser and a `ninja ui` for all tests of this folder, and a fresh page for each."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.browser.pages import Ui
from tests.browser.server import NinjaUi

# Nothing but the pages themselves, and no sandbox: containers run as root.
_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Names of foreign pages that point at this machine, as whoever owns a name can have them do.
    "--host-resolver-rules=MAP elsewhere.example 127.0.0.1, MAP rebound.example 127.0.0.1",
]
PATIENCE_MS = 60_000  # a page of a busy machine


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, headless."""
    path = shutil.which("chromium")
    if path is None:
        pytest.fail("these tests drive Chromium, which is not here: apt-get install chromium", pytrace=False)
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, headless=True, args=_ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def dagster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NinjaUi]:
    """One `ninja ui` over a small show."""
    server = NinjaUi(tmp_path_factory.mktemp("ui"))
    try:
        server.start()
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where pictures of the pages are kept: UI_PICTURES, or a folder of this session."""
    kept = os.environ.get("UI_PICTURES")
    if kept is None:
        return tmp_path_factory.mktemp("pictures")
    Path(kept).mkdir(parents=True, exist_ok=True)
    return Path(kept)


@pytest.fixture
def ui(chromium: Browser, dagster: NinjaUi, pictures: Path, request: pytest.FixtureRequest) -> Iterator[Ui]:
    """A fresh page. What it shows when the test ends is kept, under the test's name."""
    context = chromium.new_context(viewport={"width": 1440, "height": 900}, color_scheme="dark")
    context.set_default_timeout(PATIENCE_MS)
    page = Ui(context.new_page(), dagster.url, pictures)
    yield page
    page.picture(request.node.name)
    context.close()
