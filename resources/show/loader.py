"""Reads `show.yaml` and holds it to its model, its own references and its pictures. Episode files: `script`."""

from pathlib import Path

from resources.errors import ContentError
from resources.media.layouts import LAYOUTS
from resources.prompts.book import Template, load_book
from resources.prompts.builders import avatar
from resources.show.files import check_overlay, check_sounds, named_file
from resources.show.marked import Marked, Place, fill, read_yaml
from resources.show.mistakes import Mistakes, nearest, shown_path
from resources.show.model import Performance, Show
from resources.show.shots import is_shot
from resources.show.text import read_text

FILE = "show.yaml"


def load_show(folder: Path) -> Show:
    """The show of a folder, with the paths of its pictures made absolute.

    Raises ContentError that tells every mistake of `show.yaml` with its line: bad YAML, unknown, doubled, missing or
    wrong settings, pictures that are not there or lie outside the folder, references to nothing.
    """
    path = folder / FILE
    mistakes = Mistakes(shown_path(path))
    text = read_text(_read(path), mistakes)
    marked = read_yaml(text, mistakes) if text is not None else None
    show = fill(Show, marked, mistakes) if marked else None
    if show is None or marked is None:
        raise mistakes.error()
    _check_references(show, marked, mistakes)
    complete = _with_prompts(_with_pictures(show, folder.resolve(), marked, mistakes), folder, marked, mistakes)
    check_sounds(show.sound, folder.resolve(), marked, mistakes)
    mistakes.settle()
    return complete


def show_marks(folder: Path) -> Marked:
    """The lines of `show.yaml`, for whoever tells where a setting stands; its mistakes are `load_show`'s to tell."""
    path = folder / FILE
    mistakes = Mistakes(path.name)
    content = read_text(path.read_bytes(), mistakes) if path.exists() else None
    return (read_yaml(content, mistakes) if content is not None else None) or Marked({}, {(): 1})


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ContentError(
            "the show cannot be read",
            where=f"{shown_path(path)}:1",
            why=error.strerror,
            mend="NINJA_SHOW names the show's folder, which holds show.yaml",
        ) from error


def _check_references(show: Show, marked: Marked, mistakes: Mistakes) -> None:
    for label in show.characters:
        if is_shot(label):
            mistakes.add(
                marked.line(("characters", label)),
                f"{label} cannot be a character's label",
                why="in an episode file it stands for a kind of shot",
                mend=f"call it for example {label}-1",
            )
    angles = {angle for character in show.characters.values() for angle in character.angles}
    for name, camera in show.cameras.items():
        if camera.angle is not None and camera.angle not in angles:
            mistakes.add(
                marked.line(("cameras", name, "angle")),
                f"camera {name!r} sees the angle {camera.angle!r}, which no character has",
                mend=f"{nearest(camera.angle, angles)}angles of the characters: {', '.join(sorted(angles)) or 'none'}",
            )
    chosen: list[tuple[Place, str | None]] = [
        *((("cameras", name, "layout"), camera.layout) for name, camera in show.cameras.items()),
        *((("look", "layouts", shape.value), name) for shape, name in show.look.layouts.items()),
    ]
    for place, layout in chosen:
        if layout is not None and layout not in LAYOUTS:
            mistakes.add(
                marked.line(place),
                f"there is no layout {layout!r}",
                mend=f"{nearest(layout, LAYOUTS)}layouts: {', '.join(LAYOUTS)}",
            )
    _check_look(show, marked, mistakes)
    for mode in show.models:
        if not mode.paid:
            mistakes.add(marked.line(("models", mode.value)), f"{mode.value} uses no models", mend="delete this part")


def _check_look(show: Show, marked: Marked, mistakes: Mistakes) -> None:
    for name, camera in show.look.direction.model_dump(exclude_none=True).items():
        if camera not in show.cameras:
            mistakes.add(
                marked.line(("look", "direction", name)),
                f"there is no camera {camera!r}",
                mend=f"{nearest(camera, show.cameras)}cameras: {', '.join(show.cameras) or 'none'}",
            )
    for label in show.look.titles.roles:
        if label not in show.characters:
            mistakes.add(
                marked.line(("look", "titles", "roles", label)),
                f"nobody is called {label}",
                mend=f"{nearest(label, show.characters)}characters: {', '.join(show.characters)}",
            )
    transition, pause = show.look.transition, show.pacing.tail_seconds
    if transition.style != "cut" and transition.seconds > pause:
        mistakes.add(
            marked.line(("look", "transition", "seconds")),
            f"the transition of {transition.seconds:g} s is longer than the pause of {pause:g} s that it lies in",
            why="it would lie over words",
            mend=f"make look.transition.seconds {pause:g} or less (pacing.tail_seconds is the pause)",
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
    look = show.look.model_copy(update={"overlays": overlays})
    return show.model_copy(update={"characters": characters, "look": look})


def _with_prompts(show: Show, folder: Path, marked: Marked, mistakes: Mistakes) -> Show:
    """The show with the prompts that are given in components written out, by the show's own `prompts.yaml`."""
    characters = {}
    for label, character in show.characters.items():
        made = {}
        for name, performance in (("speaking", character.speaking), ("listening", character.listening)):
            if performance.in_components:
                line = marked.line(("characters", label, name, "template"))
                made[name] = performance.model_copy(update={"prompt": _prompt(performance, folder, line, mistakes)})
        characters[label] = character.model_copy(update=made)
    return show.model_copy(update={"characters": characters})


def _prompt(performance: Performance, folder: Path, line: int, mistakes: Mistakes) -> str:
    book = load_book(folder)
    try:
        category = book.template(performance.template) if performance.template else Template()
    except ContentError as error:
        mistakes.add(line, error.what, mend=error.mend)
        category = Template()
    own = Template.model_validate(performance.model_dump(include=set(Template.model_fields)))
    return avatar(category, own=own)
