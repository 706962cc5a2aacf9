"""`ninja init` and `ninja new`: the files of a show, and of an episode. What is there is never written over."""

import re
import tempfile
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date
from itertools import count
from pathlib import Path
from shlex import quote

from rich.console import Console
from rich.markup import escape
from rich.prompt import Prompt

from ninja_assets.cli.money_tables import result_console
from resources.content.new_show import ENV_FILE, NewShow, label_of, languages, new_episode, show_files
from resources.content.show import Format
from resources.core.copied_folders import refuse_fetched
from resources.core.errors import ContentError
from resources.core.files import write_text
from resources.core.names import SHOW_FILE, episode_file
from resources.core.settings import Settings
from resources.core.state_folder import PRIVATE_FILE
from resources.core.text.blank import is_blank
from resources.core.text.diagnostics import shown_path
from resources.models.loading import load_show
from resources.quality.lint.cast_rules import LANGUAGES

_ANCHORS = "Ninja,Glitch"
_MOST_LETTERS = 55  # of a name that a number is put behind: a name has 63


def init(
    folder: Path,
    *,
    title: str | None,
    identity: str | None,
    anchors: str | None,
    formats: str | None,
    language: str | None,
    ask: bool,
) -> int:
    """Make a show in `folder`; what was not given is asked, or has a default. Raises ContentError before it writes."""
    if (folder / SHOW_FILE).exists():
        raise ContentError(
            "there is a show already",
            where=shown_path(folder / SHOW_FILE),
            hint=f"ninja new {date.today()} adds an episode to it",
        )
    console = Console(stderr=True, highlight=False)

    def chosen(given: str | None, question: str, default: str) -> str:
        answer = given if given is not None or not ask else Prompt.ask(question, default=default, console=console)
        return default if answer is None else answer.strip()

    _refuse_blank(title=title, id=identity, anchors=anchors, formats=formats, language=language)
    name = folder.absolute().name
    new = NewShow(
        title=chosen(title, "What is the show called?", name.replace("-", " ").replace("_", " ").title() or "My show"),
        anchors=_listed(chosen(anchors, "Who speaks? Names, with commas between", _ANCHORS)),
        formats=[_format(each) for each in _listed(chosen(formats, "Cut as: short, long, square", "short"))],
        language=_language(chosen(language, "Spoken language, of two letters", "en").lower()),
        id=identity or _id_of(name),
    )
    written = show_files(new)
    taken = [path for path in written if (folder / path).exists() and not path.startswith(".git")]
    if taken:
        raise ContentError(
            "files of that name are there", where=shown_path(folder / taken[0]), hint="name another folder"
        )
    _check(written)
    for path, text in written.items():
        if not (folder / path).exists():
            write_text(folder / path, text)
    (folder / ENV_FILE).chmod(PRIVATE_FILE)
    _tell(folder, new)
    return 0


def _refuse_blank(**given: str | None) -> None:
    for option, value in given.items():
        if value is not None and is_blank(value.replace(",", "")):
            raise ContentError(
                f"--{option} names nothing",
                hint="leave it out for its default, or: ninja init my-show --anchors Anna,Ben --formats short",
                code="argument-empty",
            )


def _check(written: Mapping[str, str]) -> None:
    """Raise ContentError for files that would be no show: nothing is written then."""
    with tempfile.TemporaryDirectory(prefix="ninja-init-") as place:
        for path, text in written.items():
            write_text(Path(place) / path, text)
        try:
            load_show(Path(place))
        except ContentError as error:
            raise ContentError(error.what.replace(f"{place}/", ""), why=error.why, hint=error.hint) from None


def new(settings: Settings, name: str) -> int:
    """Make an episode's file, with a first line for each who speaks. Raises ContentError where there is one."""
    show = load_show(settings.show)
    text, file = new_episode(show, name), episode_file(settings.show, name)
    if name.endswith(file.suffix):
        raise ContentError(
            f"{name} is the name of a file, and the episode's would be {file.name}",
            hint=f"ninja new {name.removesuffix(file.suffix)}",
            code="argument-unknown",
        )
    if file.exists():
        others = (f"{name[:_MOST_LETTERS]}-{number}" for number in count(2))
        free = next(other for other in others if not episode_file(settings.show, other).exists())
        raise ContentError("this episode is there already", where=shown_path(file), hint=f"ninja new {free}")
    refuse_fetched(settings.show, file)
    write_text(file, text)
    result_console().print(f"{escape(shown_path(file))}\nrehearse it: ninja produce {name}", soft_wrap=True)
    return 0


def _tell(folder: Path, new: NewShow) -> None:
    console = result_console()
    console.print(f"{escape(str(folder))}: {escape(new.title)}, with {escape(', '.join(map(label_of, new.anchors)))}")
    if new.language not in languages():
        console.print(f"the first episode is in English: write it in {escape(new.language)}", style="yellow")
    console.print(f"next: cd {escape(quote(str(folder)))} && ninja produce welcome", soft_wrap=True)


def _listed(text: str) -> Sequence[str]:
    found = [part.strip() for part in text.split(",") if part.strip()]
    if not found:
        raise ContentError(
            "nothing was named", hint="for example: ninja init my-show --anchors Anna,Ben --formats short"
        )
    return found


def _language(code: str) -> str:
    if code not in LANGUAGES:
        raise ContentError(
            f"there is no language {code!r}",
            hint="write its code of two letters, such as en or de",
            code="language-unknown",
        )
    return code


def _format(name: str) -> Format:
    try:
        return Format(name)
    except ValueError:
        raise ContentError(f"there is no format {name!r}", hint=f"formats: {', '.join(Format)}") from None


def _id_of(name: str) -> str:
    """An id of a folder's name: what has no place in one becomes '-'."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40].strip("-") or "my-show"
