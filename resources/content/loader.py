"""Reads `show.yaml` and holds it to its model, its own references and its pictures.

What it says of models, prompts and layouts is judged by `resources.models.loading`. Episode files: `script`.
"""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from resources.content.named_files import check_overlay, check_sounds, named_file
from resources.content.shots import is_shot
from resources.content.show import Show
from resources.content.versions.fetched import fetch
from resources.core.errors import ContentError
from resources.core.files import read_regular
from resources.core.names import SHOW_FILE
from resources.core.text.diagnostics import Mistakes, nearest, shown_path
from resources.core.text.located_yaml import Marked, Place, fill, read_yaml
from resources.core.text.text_files import MAX_BYTES, read_text

_NO_MARKS: Final = Marked({}, {(): 1})
# Settings that, left empty, would let more be bought than who wrote their name wanted, and what else to write.
_OF_MONEY: Final[dict[tuple[str, ...], str]] = {
    ("approval",): "write never, always or {above_usd: 1.00}, or delete the line",
    ("caps", "month_usd"): "write an amount, or delete the line: then there is no such cap",
}


@dataclass(frozen=True)
class WrittenShow:
    """A show as it is written, with where each setting stands; `mistakes` may be added to before they are told."""

    show: Show
    marked: Marked
    mistakes: Mistakes


def read_show(folder: Path) -> WrittenShow:
    """The show of a folder, with the paths of its pictures made absolute, and every mistake that the file alone shows.

    Mistakes: unknown, doubled, missing or wrong settings, pictures that are not there or lie outside the folder,
    references to nothing. Raises ContentError that tells them all where no show can be made of the file. A folder that
    is fetched from an address is fetched first.
    """
    fetch(folder)
    path = folder / SHOW_FILE
    mistakes = Mistakes(shown_path(path), "show-wrong")
    text = read_text(_read(path), mistakes)
    marked = read_yaml(text, mistakes) if text is not None else None
    show = fill(Show, marked, mistakes) if marked else None
    if show is None or marked is None:
        raise mistakes.error()
    _check_references(show, marked, mistakes)
    _check_left_empty(marked, mistakes)
    placed = _with_pictures(show, folder.resolve(), marked, mistakes)
    check_sounds(show.sound, folder.resolve(), marked, mistakes)
    return WrittenShow(placed, marked, mistakes)


def show_marks(folder: Path) -> Marked:
    """The lines of `show.yaml`, for whoever tells where a setting stands; its mistakes are `load_show`'s to tell."""
    path = folder / SHOW_FILE
    return _marks(read_regular(path, MAX_BYTES + 1)) if path.exists() else _NO_MARKS


@lru_cache(maxsize=2)
def _marks(content: bytes) -> Marked:
    """Kept for the text as it is: each cell of a run tells where its settings stand."""
    mistakes = Mistakes(SHOW_FILE)
    text = read_text(content, mistakes)
    return (read_yaml(text, mistakes) if text is not None else None) or _NO_MARKS


def _read(path: Path) -> bytes:
    try:
        return read_regular(path, MAX_BYTES + 1)
    except OSError as error:
        raise ContentError(
            "the show cannot be read",
            where=f"{shown_path(path)}:1",
            why=error.strerror,
            hint="NINJA_SHOW names the show's folder, which holds show.yaml",
            code="file-unreadable",
        ) from error


def _check_references(show: Show, marked: Marked, mistakes: Mistakes) -> None:
    for label in show.characters:
        if is_shot(label):
            mistakes.add(
                marked.line(("characters", label)),
                f"{label} cannot be a character's label",
                why="in an episode file it stands for a kind of shot",
                hint=f"call it for example {label}-1",
            )
        named = show.characters[label].voice.offline.voice
        if named not in (None, "espeak") and show.language.lower() != "en":
            mistakes.add(
                marked.line(("characters", label, "voice", "offline", "voice")),
                f"{named} speaks English alone, and the show's language is {show.language}",
                hint="delete this line, or write espeak, and name a variant of that language",
            )
    angles = {angle for character in show.characters.values() for angle in character.angles}
    for name, camera in show.cameras.items():
        if camera.angle is not None and camera.angle not in angles:
            mistakes.add(
                marked.line(("cameras", name, "angle")),
                f"camera {name!r} sees the angle {camera.angle!r}, which no character has",
                hint=f"{nearest(camera.angle, angles)}angles of the characters: {', '.join(sorted(angles)) or 'none'}",
            )
    _check_look(show, marked, mistakes)
    for mode in show.models:
        if not mode.paid:
            mistakes.add(marked.line(("models", mode.value)), f"{mode.value} uses no models", hint="delete this part")


def _check_left_empty(marked: Marked, mistakes: Mistakes) -> None:
    """Elsewhere a setting without a value is one that is not there."""
    for place, hint in _OF_MONEY.items():
        section = marked.value.get(place[0], {}) if len(place) > 1 else marked.value
        if place in marked.lines and isinstance(section, dict) and place[-1] not in section:
            mistakes.add(marked.line(place), f"{'.'.join(place)} is left empty", hint=hint)


def _check_look(show: Show, marked: Marked, mistakes: Mistakes) -> None:
    for name, camera in show.look.direction.cameras.items():
        if camera not in show.cameras:
            mistakes.add(
                marked.line(("look", "direction", name)),
                f"there is no camera {camera!r}",
                hint=f"{nearest(camera, show.cameras)}cameras: {', '.join(show.cameras) or 'none'}",
            )
    for label in show.look.titles.roles:
        if label not in show.characters:
            mistakes.add(
                marked.line(("look", "titles", "roles", label)),
                f"nobody is called {label}",
                hint=f"{nearest(label, show.characters)}characters: {', '.join(show.characters)}",
            )
    transition, pause = show.look.transition, show.pacing.tail_seconds
    if transition.style != "cut" and transition.seconds > pause:
        mistakes.add(
            marked.line(("look", "transition", "seconds")),
            f"the transition of {transition.seconds:g} s is longer than the pause of {pause:g} s that it lies in",
            why="it would lie over words",
            hint=f"make look.transition.seconds {pause:g} or less (pacing.tail_seconds is the pause)",
        )


def _with_pictures(show: Show, folder: Path, marked: Marked, mistakes: Mistakes) -> Show:
    characters = {}
    for label, character in show.characters.items():
        place: Place = ("characters", label)
        found = {
            "image": character.image
            and named_file(folder, character.image, "picture", marked.line((*place, "image")), mistakes),
            "angles": {
                angle: named_file(folder, picture, "picture", marked.line((*place, "angles", angle)), mistakes)
                for angle, picture in character.angles.items()
            },
        }
        characters[label] = character.model_copy(update=found)
    overlays = {}
    for shape, picture in show.look.overlays.items():
        line, before = marked.line(("look", "overlays", shape.value)), len(mistakes.found)
        overlays[shape] = named_file(folder, picture, "overlay", line, mistakes)
        if len(mistakes.found) == before:
            check_overlay(overlays[shape], shape.size, line, mistakes)
    captions = show.look.captions
    if captions.font is not None:
        found_font = named_file(folder, captions.font, "font", marked.line(("look", "captions", "font")), mistakes)
        captions = captions.model_copy(update={"font": found_font})
    look = show.look.model_copy(update={"overlays": overlays, "captions": captions})
    return show.model_copy(update={"characters": characters, "look": look})
