"""What an earlier version left of a show, and what is there of it now."""

from contextlib import closing
from pathlib import Path

from resources.core.settings import Settings
from resources.models.loading import load_show
from resources.purchasing.books import open_ledger
from tests.fixtures.bought import manifest
from tests.stage import Stage


def rows_of(settings: Settings) -> dict[int, str]:
    """Every purchase of the show: its number and its key."""
    with closing(open_ledger(settings, load_show(settings.show))) as ledger:
        return {entry.id: entry.key for entry in ledger.rows()}


def told() -> dict[int, str]:
    return {row["id"]: row["key"] for row in manifest()["purchases"]}


def old(stage: Stage) -> Path:
    return stage.output / ".library" / "ledger.db"
