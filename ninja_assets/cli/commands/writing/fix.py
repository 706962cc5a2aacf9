"""`ninja fix`: what is certain in an episode file, rewritten; the difference is shown before anything is written."""

import difflib
import sys

from rich.console import Console
from rich.markup import escape
from rich.prompt import Confirm
from rich.text import Text

from ninja_assets.cli.money_tables import result_console
from resources.content.fixes import fixed
from resources.content.script import list_episodes
from resources.core.copied_folders import refuse_fetched
from resources.core.errors import ContentError
from resources.core.files import read_regular, write_text
from resources.core.names import episode_file
from resources.core.settings import Settings
from resources.core.text.diagnostics import nearest, shown_path
from resources.core.text.text_files import MAX_BYTES
from resources.models.loading import load_show

_STYLES = {"+": "green", "-": "red", "@": "cyan"}


def run(settings: Settings, episode: str, *, write: bool) -> int:
    """Show the difference, and write it where that is asked for or agreed to; 1 where it is not written.

    Raises ContentError for a file that cannot be read.
    """
    show, path, console = load_show(settings.show), episode_file(settings.show, episode), result_console()
    try:
        content = read_regular(path, MAX_BYTES + 1)
        before = content.decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        known = list_episodes(settings.show)
        raise ContentError(
            "the episode cannot be read",
            where=f"{shown_path(path)}:1",
            why=getattr(error, "strerror", None) or "it is not UTF-8",
            hint=f"{nearest(episode, known)}episodes: {', '.join(known[-10:]) or 'none yet'}",
            code="file-unreadable",
        ) from error
    if len(content) > MAX_BYTES:  # what is not read would not be written either
        raise ContentError(
            f"the file has more than {MAX_BYTES:,} bytes",
            where=f"{shown_path(path)}:1",
            why="what is longer is no text of a show",
            hint="make several episodes of it",
            code="episode-wrong",
        )
    after = fixed(before, show)
    if after == before:
        console.print(f"{episode}: nothing that is certain is to be rewritten")
        return 0
    name = shown_path(path)
    for line in difflib.unified_diff(before.splitlines(), after.splitlines(), name, name, lineterm="", n=1):
        console.print(Text(line, style=_STYLES.get(line[:1], "")))
    refuse_fetched(settings.show, path)
    if not write and not _agreed():
        console.print(f"not written; to write it: ninja fix {episode} --write")
        return 1
    write_text(path, after, durable=True)
    console.print(f"written: {escape(name)}", soft_wrap=True)
    return 0


def _agreed() -> bool:
    """Whether a person at a terminal agrees; without one nobody does."""
    if not sys.stdin.isatty():
        return False
    try:
        return Confirm.ask("Write it?", console=Console(stderr=True), default=False)
    except EOFError:
        return False
