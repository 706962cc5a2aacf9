"""By which door a run came: a shell, the clock (schedule, sensor, automatic retry), or Dagster's pages.

It is told by tags. A person who writes a tag by hand can pretend: this keeps a click from buying, not a will.
"""

from collections.abc import Mapping
from enum import StrEnum

from resources.content.show import Show
from resources.core.errors import ContentError
from resources.core.names import SHOW_FILE
from resources.core.settings import Settings
from resources.core.text.diagnostics import shown_path

DOOR_TAG = "ninja/door"
_TICK = "dagster/tick"  # written by the daemon on what a schedule or a sensor launches, by nobody else
_PARENT, _AUTOMATIC = "dagster/parent_run_id", "dagster/retry_number"


class Door(StrEnum):
    """Who launched a run."""

    SHELL = "shell"
    CLOCK = "clock"
    PAGES = "pages"


def door_of(tags: Mapping[str, str]) -> Door:
    """The door of a run with these tags; a run that is executed again by hand keeps its tags, and is of the pages."""
    if _PARENT in tags and _AUTOMATIC not in tags:
        return Door.PAGES
    if tags.get(DOOR_TAG) == Door.SHELL:
        return Door.SHELL
    return Door.CLOCK if _TICK in tags else Door.PAGES


def check_door(show: Show, settings: Settings, tags: Mapping[str, str], *, command: str) -> None:
    """Refuse a paid run from the pages where the show forbids it. Raises ContentError with the shell's `command`."""
    if settings.mode.paid and not show.ui.paid and door_of(tags) is Door.PAGES:
        raise ContentError(
            f"this show buys nothing from the pages: the run was launched there, in {settings.mode} mode",
            where=f"{shown_path(settings.show / SHOW_FILE)}, ui.paid",
            why="only a shell, the schedule and the sensor may launch paid runs",
            hint=command,
        )
