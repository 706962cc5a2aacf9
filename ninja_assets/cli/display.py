"""The live display of a run: a row for each segment, a column for each asset. It listens to the `ninja` logger."""

import logging
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from ninja_assets.cli.money_tables import lines_kept
from ninja_assets.cli.output import quiet
from ninja_assets.cli.terminal import own_stderr
from resources.content.segments import Script
from resources.core import names
from resources.core.progress import LOGGER, Progress, Step, is_notice, progress_of
from resources.core.text.json_log import logs_json
from resources.models.prices.price_values import usd

_COLUMNS = {
    names.TTS_AUDIO: "voice",
    names.UPLOADED_URLS: "upload",
    names.SPEAKER_CLIPS: "speaker",
    names.LISTENER_CLIPS: "listener",
    names.SHOTS: "shot",
    names.COMPOSITES: "composite",
}
_MARKS = {
    Step.STARTED: ("◌", "yellow"),
    Step.WAITING: ("◔", "yellow"),
    Step.WORKING: ("◑", "bright_yellow"),
    Step.MADE: ("●", "green"),
    Step.REUSED: ("↺", "cyan"),
    Step.FAILED: ("✗", "bold red"),
}
_LEGEND = "● made   ↺ reused   ◌ working   ✗ failed"


def own_console() -> Console:
    """A console on this process's stderr as it is now. What it cannot write ends nothing."""
    return lines_kept(Console(file=own_stderr(), highlight=False))


class _Board(logging.Handler):
    """The state of every cell, drawn as a table."""

    def __init__(self, script: Script, segments: Sequence[str], mode: str) -> None:
        super().__init__()
        self._contents = [content for content in script.segments if content.segment in segments]
        self._has_shots = bool(script.shots)
        self._title = f"{script.title}  ·  {script.episode}  ·  {mode}"
        self._cells: dict[tuple[str, str], Progress] = {}
        self._notice = ""
        self._began = time.monotonic()

    def emit(self, record: logging.LogRecord) -> None:
        progress = progress_of(record)
        if progress:
            self._cells[progress.segment, progress.asset] = progress
        elif is_notice(record):
            self._notice = record.getMessage()

    def __rich__(self) -> Table:
        cost = sum(progress.cost_usd for progress in self._cells.values())
        elapsed = time.monotonic() - self._began
        said = f"\n{self._notice}" if self._notice else ""
        caption = Text(f"{_LEGEND}   {elapsed:.0f} s   {usd(cost)}{said}")
        table = Table(title=self._title, caption=caption, title_style="bold", box=None)
        columns = {asset: name for asset, name in _COLUMNS.items() if asset != names.SHOTS or self._has_shots}
        for name in ("", "who", *columns.values(), "words"):
            table.add_column(name, justify="center" if name in columns.values() else "left", no_wrap=True)
        for content in self._contents:
            marks = [self._mark(content.segment, asset) for asset in columns]
            text = " ".join(content.text.split())
            words = text if len(text) <= 40 else text[:39] + "…"
            table.add_row(Text(content.segment, style="bold"), content.label, *marks, Text(words, style="dim"))
        return table

    def _mark(self, segment: str, asset: str) -> Text:
        progress = self._cells.get((segment, asset))
        if progress is None:
            return Text("·", style="dim")
        mark, style = _MARKS[progress.step]
        return Text(f"{mark} {progress.detail}" if progress.step is Step.WAITING else mark, style=style)


class _Lines(logging.Handler):
    """Without a terminal: one plain line for each thing that ends."""

    def __init__(self, console: Console) -> None:
        super().__init__()
        self._console = console

    def emit(self, record: logging.LogRecord) -> None:
        progress = progress_of(record)
        ends = progress is not None and progress.step not in (Step.STARTED, Step.WAITING, Step.WORKING)
        if ends or is_notice(record):
            self._console.print(record.getMessage(), markup=False)


class Display:
    """A display that is on the screen, if there is one."""

    def __init__(self, live: Live | None) -> None:
        self._live = live

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Leave the screen alone while the body runs, as for a question."""
        if self._live is None:
            yield
            return
        self._live.stop()
        try:
            yield
        finally:
            self._live.start()


@contextmanager
def live_progress(console: Console, script: Script, segments: Sequence[str], mode: str) -> Iterator[Display]:
    """Show progress on `console` while the body runs."""
    if quiet() or logs_json():
        yield Display(None)
        return
    board = _Board(script, segments, mode)
    handler: logging.Handler = board if console.is_terminal else _Lines(console)
    before = LOGGER.level
    LOGGER.setLevel(logging.INFO)
    LOGGER.addHandler(handler)
    try:
        if console.is_terminal:
            with Live(board, console=console, refresh_per_second=8) as live:
                yield Display(live)
        else:
            yield Display(None)
    finally:
        LOGGER.removeHandler(handler)
        LOGGER.setLevel(before)
