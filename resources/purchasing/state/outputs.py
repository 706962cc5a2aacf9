"""Whose an episode's output folder is: two shows that write to one output folder never overwrite each other's."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from resources.core.errors import ContentError
from resources.core.files import write_text
from resources.core.names import DEFAULT_SHOW, check_episode

_OWNER: Final = ".show"  # in an episode's folder: the id of the show that it is laid out by


def claim_folder(output: Path, episode: str, show: str, *, known: bool) -> None:
    """Make an episode's folder this show's, if it is nobody's yet. Raises ContentError where it is another show's.

    `known`: the show has records of the episode, so that one of a show without an id is its own of before it had one.
    """
    note = output / check_episode(episode) / _OWNER
    owner = note.read_text(encoding="utf-8").strip() if note.exists() else ""
    if not owner or (owner == DEFAULT_SHOW and known and show != owner):
        write_text(note, f"{show}\n")
        return
    if owner != show:
        raise ContentError(
            f"{episode} in the output folder belongs to the show {owner!r}, and this is {show!r}",
            where=str(note.parent),
            why="its videos would be overwritten",
            hint="set NINJA_OUTPUT to a folder of this show's own; if the show's id has changed, and this is the same "
            f"show: ninja ledger claim {owner}",
        )


def episodes_of(output: Path, show: str) -> list[str]:
    """The episodes whose folders are the show's."""
    return sorted(note.parent.name for note in output.glob(f"*/{_OWNER}") if is_of(output, note.parent.name, show))


def hand_over(output: Path, owner: str, show: str, episodes: Sequence[str] | None) -> None:
    """Make the folders of the show `owner` another show's: of these episodes, or all."""
    for episode in episodes_of(output, owner):
        if episodes is None or episode in episodes:
            write_text(output / episode / _OWNER, f"{show}\n")


def is_of(output: Path, episode: str, show: str) -> bool:
    """Whether an episode's folder is the show's."""
    note = output / check_episode(episode) / _OWNER
    return note.exists() and note.read_text(encoding="utf-8").strip() == show
