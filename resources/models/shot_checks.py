"""Holds the shots of an episode to what they refer to and to what their models sell, before anything is made.

What one shot's settings may be is `shots`; what its words and pictures are worth is `resources.quality.lint`.
"""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from resources.content.segments import PlacedShot, Script, Turn
from resources.content.shots import check_waits, is_file, is_segment
from resources.core.errors import ContentError, MediaError
from resources.core.text.diagnostics import Mistakes, nearest
from resources.media.endings import CLIPS, PICTURES
from resources.models.prompts.book import load_book
from resources.models.shot_arguments import Given, draft


def check_shots(script: Script, show_folder: Path | None, mistakes: Mistakes) -> None:
    """Add every mistake of an episode's shots, each with its line.

    Without `show_folder` files are not looked for, and prompts are made with the words that ship. Raises ContentError
    for a `prompts.yaml` that cannot be read.
    """
    placed = script.shots
    if not placed:
        return
    before = len(mistakes.found)
    for each in placed:
        _check_references(each, script, show_folder, mistakes)
        _check_place(each, placed, mistakes)
    if len(mistakes.found) > before:
        return  # what waits for what, and what a model is asked, can be told once all references mean something
    _check_order(placed, mistakes)
    book = load_book(show_folder)
    for each in placed:
        given = {slot: Given(f"https://example.invalid/{slot}") for slot in each.shot.needs()}
        try:
            draft(each.shot, given, book, script.format)
        except ContentError as error:
            mistakes.add(each.line, f"{each.label}: {error.what}", why=error.why, hint=error.hint)


def check_broll(turns: Sequence[Turn], show_folder: Path | None, mistakes: Mistakes) -> None:
    """Add a mistake for each turn whose B-roll is no picture or clip of the show's folder, or cannot be read."""
    for turn in turns:
        if turn.broll is None:
            continue
        before = len(mistakes.found)
        _check_file(turn.line, "broll", turn.broll, False, show_folder, mistakes)
        if show_folder is not None and len(mistakes.found) == before:
            _check_readable(turn.line, show_folder / turn.broll, mistakes)


def _check_readable(line: int, path: Path, mistakes: Mistakes) -> None:
    try:
        found = path.stat()
    except OSError as error:
        why: str | None = error.strerror
    else:
        why = _broken(path, found.st_size, found.st_mtime_ns)
    if why is not None:
        mistakes.add(line, f"broll: {path.name} cannot be read", why=why, hint="save it again")


@lru_cache(maxsize=512)
def _broken(path: Path, size: int, changed: int) -> str | None:  # noqa: ARG001  (by them another file is known)
    """Why a file cannot be drawn, seen by opening it as the cut will: a picture whole, of a clip the first frame.

    None where it can.
    """
    try:
        if path.suffix.lower() in PICTURES:
            from resources.media.picture.entry.opening import open_picture  # noqa: PLC0415  (as for a clip: numpy)

            open_picture(path, path.name)
        else:
            from resources.media.picture.entry.door import look_at  # noqa: PLC0415  (only a clip needs FFmpeg's libraries)

            look_at(path)
    except (ContentError, MediaError) as error:
        return f"{error.what}: {error.why}" if error.why else error.what
    return None


def _check_references(placed: PlacedShot, script: Script, folder: Path | None, mistakes: Mistakes) -> None:
    for slot, reference in placed.shot.needs().items():
        moving = slot in placed.shot.clip_slots
        if is_file(reference):
            _check_file(placed.line, slot, reference, moving, folder, mistakes)
            continue
        owner = script.find_owner(reference)
        if owner is None:
            names = [each.shot.name for each in script.shots if each.shot.name]
            known = names + [each.segment for each in script.segments]
            what = "there is no segment" if is_segment(reference) else "no shot is called"
            mistakes.add(
                placed.line,
                f"{slot}: {what} {reference!r}",
                hint=f"{nearest(reference, known)}names: {', '.join(names) or 'none'}; or give a file, such as "
                f"{'moves/dance.mp4' if moving else 'frames/desk.png'}",
            )
        elif moving and not owner.moves:
            mistakes.add(
                placed.line,
                f"{slot}: {reference} is a still picture, and {placed.label} needs a clip there",
                hint="refer to a clip: a file, a turn's segment, or a shot that moves",
            )


def _check_file(line: int, slot: str, reference: str, moving: bool, folder: Path | None, mistakes: Mistakes) -> None:
    suffixes = CLIPS if moving else (*PICTURES, *CLIPS)
    if Path(reference).suffix.lower() not in suffixes:
        mistakes.add(
            line,
            f"{slot}: {reference} is not {'a clip' if moving else 'a picture'}",
            hint=f"give a file that ends in {', '.join(CLIPS if moving else PICTURES)}",
        )
    elif folder is not None and not (folder / reference).is_file():
        mistakes.add(
            line,
            f"{slot}: there is no file {reference}",
            why="paths start at the folder of show.yaml",
            hint=f"put it at {(folder / reference).as_posix()}, or refer to a shot by its name",
        )
    elif folder is not None and not (folder / reference).resolve().is_relative_to(folder.resolve()):
        mistakes.add(line, f"{slot}: {reference} is outside the show's folder", hint="copy it into it")


def _check_place(placed: PlacedShot, all_placed: Sequence[PlacedShot], mistakes: Mistakes) -> None:
    for other in all_placed:
        if other.line >= placed.line:
            return
        if placed.over and other.over == placed.over and other.shot.begins == placed.shot.begins:
            mistakes.add(
                placed.line,
                f"{other.segment} begins at the same moment of {placed.over}: only one of them would be seen",
                hint="say when it is first seen, in seconds into the turn: `begins: 2.5`",
            )
        if placed.shot.name is not None and placed.shot.name == other.shot.name:
            mistakes.add(
                placed.line,
                f"two shots are called {placed.shot.name!r}",
                why=f"the other stands on line {other.line}",
                hint="give one of them another name",
            )


def _check_order(placed: Sequence[PlacedShot], mistakes: Mistakes) -> None:
    try:
        check_waits({each.segment: each.shot for each in placed})
    except ContentError as error:
        mistakes.add(placed[0].line, error.what, why=error.why, hint=error.hint)
