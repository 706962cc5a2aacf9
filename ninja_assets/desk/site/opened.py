"""The show as a request of the desk finds it: its settings, its state, its library, Dagster's instance."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

import dagster as dg

from ninja_assets.cells.record.records import Records
from ninja_assets.cut.review import Sight
from resources.content.show import Show
from resources.core.library import Library
from resources.core.names import SHOW_FILE, Mode, check_episode
from resources.core.settings import OF_A_PAGE, Settings
from resources.models.loading import load_show
from resources.purchasing.books import find_state
from resources.purchasing.state.state import ShowState


def written_at(file: Path) -> tuple[int, int] | None:
    """What tells whether a file was written since, for who looks often; None where there is none."""
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size


@dataclass
class Desk:
    """What all requests share. `settings` are of no mode: each request names its own, and waits for no database long.

    `turn`: what launches a run is done one after the other, so that the second of two clicks finds the first one's run.
    """

    settings: Settings
    _instance: dg.DagsterInstance | None = None
    _opening: threading.Lock = field(default_factory=threading.Lock)
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    def __post_init__(self) -> None:
        self.settings = replace(self.settings, patience=OF_A_PAGE)

    @cached_property
    def library(self) -> Library:
        """The library; what it has verified once it does not read again."""
        return Library.of(self.settings, durable=False)

    @property
    def instance(self) -> dg.DagsterInstance:
        """Dagster's instance, opened at the first request."""
        with self._opening:
            if self._instance is None:
                self._instance = dg.DagsterInstance.get()
            return self._instance

    def show(self) -> Show:
        """The show as its file says now. Raises ContentError."""
        return load_show(self.settings.show)

    @property
    def show_written_at(self) -> object:
        """What tells whether the show's file is another one than before."""
        return written_at(self.settings.show / SHOW_FILE)

    @contextmanager
    def state(self, show: Show) -> Iterator[ShowState | None]:
        """The show's state; None where there is none yet. Opened anew: `ninja ledger restore` may have changed it."""
        found = find_state(self.settings, show)
        try:
            yield found
        finally:
            if found is not None:
                found.close()

    def sight(self, show: Show, state: ShowState, episode: str, mode: Mode) -> Sight:
        """An episode as it is recorded in a mode. Raises ContentError where its script was never read in it."""
        records = Records(state, self.settings.output, mode)
        return Sight(show, self.settings.show, self.library, records, records.script(check_episode(episode)))
