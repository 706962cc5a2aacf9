"""Shows and episodes as all else reads them: as written, held to what models, prompts and layouts there are.

Reading is `resources.content`; what a shot may ask of its model is `shot_checks`. What a text is worth is the linter's.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from resources.content.loader import WrittenShow, read_show
from resources.content.named_files import below
from resources.content.settings.characters import Performance
from resources.content.show import Show
from resources.core.errors import ContentError
from resources.core.names import SHOW_FILE, episode_file
from resources.core.text.diagnostics import Mistakes, nearest
from resources.core.text.located_yaml import Place
from resources.media.layouts import LAYOUTS

if TYPE_CHECKING:
    from resources.content.script import WrittenScript
    from resources.content.segments import Script


def load_show(folder: Path) -> Show:
    """The show of a folder, with the paths of its pictures made absolute and its prompts written out.

    Raises ContentError that tells every mistake of `show.yaml` with its line.
    """
    written = read_show(folder)
    _check_layouts(written)
    complete = _with_prompts(written, folder)
    written.mistakes.settle()
    return complete


def load_script(show_folder: Path, show: Show, episode: str) -> "Script":
    """The script of an episode of a show. Raises ContentError for a bad name, no such file, and as `parse_script`."""
    return load_written(show_folder, show, episode).script


def load_written(show_folder: Path, show: Show, episode: str) -> "WrittenScript":
    """The same, with the lines as they are written. It has no mistakes. Raises as `load_script`."""
    from resources.content.script import read_script  # noqa: PLC0415  (who reads no episode does not wait for it)

    return _judged(read_script(show_folder, show, episode), show_folder)


def files_of(folder: Path, show: Show, script: "Script") -> list[Path]:
    """Every file that an episode is read and made from, below the folder of its show."""
    from resources.models.prices.price_list import FILE as PRICES_FILE  # noqa: PLC0415  (as above)
    from resources.models.prompts.book import FILE as BOOK_FILE  # noqa: PLC0415

    root = folder.resolve()
    beside = (Path(name) for name in (BOOK_FILE, PRICES_FILE) if (folder / name).is_file())
    written = (Path(SHOW_FILE), episode_file(folder, script.episode).relative_to(folder), *beside)
    named = (*show.files, *script.sound.files, *(Path(name) for each in script.segments for name in each.files))
    return [*written, *(below(root, path).relative_to(root) for path in named)]


def parse_script(content: str | bytes, *, episode: str, show: Show, where: str, folder: Path | None = None) -> "Script":
    """The script that an episode file holds. `where` is the file as errors call it.

    `folder` is the show's, where the files are that it names; without it they are not looked for. Raises one
    ContentError that tells every mistake of the file, each with its line.
    """
    from resources.content.script import written_script  # noqa: PLC0415  (as above)

    return _judged(written_script(content, episode=episode, show=show, where=where, folder=folder), folder).script


def _judged(written: "WrittenScript", folder: Path | None) -> "WrittenScript":
    from resources.models.shot_checks import check_broll, check_shots  # noqa: PLC0415  (as above)

    script, mistakes = written.script, written.mistakes
    check_broll(script.turns, folder, mistakes)
    check_shots(script, folder, mistakes)
    if script.segments and not mistakes.found and not script.cut:
        last = script.segments[-1].line
        mistakes.add(last, "nothing of this episode is seen", hint="add a turn, or a shot that is shown")
    mistakes.settle()
    return written


def _check_layouts(written: WrittenShow) -> None:
    show = written.show
    chosen: list[tuple[Place, str | None]] = [
        *((("cameras", name, "layout"), camera.layout) for name, camera in show.cameras.items()),
        *((("look", "layouts", shape.value), name) for shape, name in show.look.layouts.items()),
    ]
    for place, layout in chosen:
        if layout is not None and layout not in LAYOUTS:
            written.mistakes.add(
                written.marked.line(place),
                f"there is no layout {layout!r}",
                hint=f"{nearest(layout, LAYOUTS)}layouts: {', '.join(LAYOUTS)}",
            )


def _with_prompts(written: WrittenShow, folder: Path) -> Show:
    """The show with the prompts that are given in components written out, by the show's own `prompts.yaml`."""
    show, marked, mistakes = written.show, written.marked, written.mistakes
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
    # The book knows every model's words: a show that writes its prompts out does not wait for them.
    from resources.models.prompts.book import Template, load_book  # noqa: PLC0415
    from resources.models.prompts.builders import avatar  # noqa: PLC0415

    book = load_book(folder)
    try:
        category = book.template(performance.template) if performance.template else Template()
    except ContentError as error:
        mistakes.add(line, error.what, hint=error.hint)
        category = Template()
    own = Template.model_validate(performance.model_dump(include=set(Template.model_fields)))
    return avatar(category, own=own)
