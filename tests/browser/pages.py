"""Dagster's pages as a person uses them: what is clicked, in words. Nothing is checked here."""

import re
from collections.abc import Sequence
from pathlib import Path

from playwright.sync_api import Locator, Page

# WCAG 2.2, 1.4.3: every text of a page against what is painted behind it, where that is one colour.
_CONTRAST = Path(__file__).with_name("contrast.js").read_text(encoding="utf-8")


def illegible(page: Page) -> list[str]:
    """The texts of a page whose contrast is under 4.5:1."""
    found: list[str] = page.evaluate(_CONTRAST)
    return found


def complaints(page: Page) -> list[str]:
    """What a page's console will be told from now on."""
    found: list[str] = []
    page.on("console", lambda message: found.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: found.append(str(error)))
    return found


class LaunchDialog:
    """The dialog behind *Materialize*."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self.box: Locator = page.get_by_role("dialog").filter(has_text="Partition selection").first
        self.box.wait_for()

    def choose(self, episode: str, segments: Sequence[str] | None = None) -> None:
        """Choose one episode and some of its segments; all of them if not told which."""
        self._pick(0, [episode])
        if segments is None:
            self.box.get_by_role("button", name="All", exact=True).last.click()
        else:
            self._pick(-1, segments)

    def only_failed_and_missing(self) -> None:
        """Tick the box that repairs an episode."""
        self.box.get_by_text("Backfill only failed and missing").click()
        self.box.get_by_text("will be materialized.").wait_for()

    def configure(self, config: str) -> None:
        """Write the launch's config."""
        self.box.get_by_text("Config", exact=True).click()
        self.box.get_by_role("button", name="Add config").click()
        self._page.locator(".CodeMirror").last.click()
        self._page.keyboard.insert_text(config)
        self._page.get_by_role("dialog").get_by_text("No errors").wait_for()
        self._page.get_by_role("button", name="Save config").click()

    def name_a_new_episode(self, name: str) -> Locator:
        """Type a name into *Add a partition*; returns the button that saves it."""
        self.box.get_by_role("button", name="Add a partition").click()
        dialog = self._page.get_by_role("dialog").filter(has_text="Partition name").last
        dialog.get_by_role("textbox").fill(name)
        return dialog.get_by_role("button", name="Save")

    def cancel(self) -> None:
        """Close the topmost dialog."""
        self._page.get_by_role("button", name="Cancel").last.click()

    def launch(self) -> None:
        """Launch, whatever the button says: one run or a backfill."""
        self.box.get_by_role("button", name=re.compile("^Launch ")).click()

    def _pick(self, dimension: int, keys: Sequence[str]) -> None:
        self.box.locator("[aria-haspopup=dialog]").nth(dimension).click()
        for key in keys:
            item = self._page.get_by_role("menuitem").filter(has_text=re.compile(rf"^{re.escape(key)}\s*"))
            item.first.click()
        self._page.keyboard.press("Escape")


class Ui:
    """One browser page at one `ninja ui`. `asked` are the addresses of other machines that it asked for."""

    def __init__(self, page: Page, url: str, pictures: Path) -> None:
        self.page = page
        self.asked: list[str] = []
        self._url = url
        self._pictures = pictures
        page.on("request", lambda request: self._note(request.url))

    def complaints(self) -> list[str]:
        """What the console will be told from now on."""
        return complaints(self.page)

    def open(self, path: str) -> None:
        """Open a page."""
        self.page.goto(f"{self._url}{path}")

    def graph(self) -> None:
        """Open the asset graph."""
        self.open("/asset-groups")
        self.page.get_by_role("button", name="Materialize all").wait_for()

    def cell(self, asset: str, episode: str, segment: str) -> None:
        """Open one cell of an asset on its Partitions page."""
        self.open(f"/assets/{asset}?view=partitions&partition={episode}|{segment}")
        self.page.get_by_text(f"{episode}|{segment}", exact=True).first.wait_for()

    def materialize(self) -> LaunchDialog:
        """Press *Materialize* on the page that is open."""
        self.page.get_by_role("button", name=re.compile("Materialize")).first.click()
        return LaunchDialog(self.page)

    def switch(self, automation: str) -> None:
        """Turn a schedule or a sensor on or off."""
        self.open("/automation")
        row = (
            self.page.locator("[class*=ListItem_]")
            .filter(has_text=automation)
            .filter(has=self.page.locator("label[class*=formatSwitch]"))
        )
        row.last.locator("label[class*=formatSwitch]").click()

    def reload_definitions(self) -> None:
        """Read show.yaml again."""
        self.graph()
        self.page.get_by_role("button", name="Reload definitions").click()

    def metadata(self) -> dict[str, str]:
        """The metadata table of the page: name -> what is shown, in the last column that is not empty."""
        table = self.page.locator("table").filter(has_text="cost_usd").first
        table.wait_for()
        rows = [row.locator("td").all_inner_texts() for row in table.locator("tr").all()]
        return {row[0].strip(): [cell.strip() for cell in row if cell.strip()][-1] for row in rows if len(row) > 1}

    def shown_picture(self, name: str) -> int:
        """The width of a picture of the metadata, which is seen without a click, once it is loaded."""
        row = self.page.locator("tr").filter(has=self.page.get_by_text(name, exact=True)).last
        image = row.locator("img").last
        image.wait_for()
        self.page.wait_for_function("() => [...document.images].every(image => image.complete)")
        width: int = image.evaluate("image => image.naturalWidth")
        return width

    def picture(self, name: str) -> None:
        """Keep what the page looks like, with every movement at its end."""
        self.page.screenshot(path=self._pictures / f"{name}.png", animations="disabled")

    def _note(self, address: str) -> None:
        if not address.startswith((self._url, "data:", "blob:")):
            self.asked.append(address)
