"""Where Dagster keeps the runs of a show: DAGSTER_HOME, or a folder of the show's own that is made when it is needed.

Earlier versions had an event log of their own, in another folder of the home: what is in it is moved to where Dagster's
own looks, and a `dagster.yaml` that still names its class is told before Dagster opens. No Dagster is imported before
its instance is opened.
"""

import logging
import os
from collections.abc import Iterator, MutableMapping
from contextlib import ExitStack, contextmanager
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Final

import yaml
from filelock import FileLock

from ninja_assets.runs.instance_file import check_instance_file, keeps_elsewhere, lines_to_add
from resources.core.errors import ContentError, without_login
from resources.core.files import write_text
from resources.core.settings import EXAMPLE, ROOT, STATE_FOLDER, Settings
from resources.core.state_folder import make_state_folder

if TYPE_CHECKING:
    import dagster as dg

SETTINGS_FILE = "dagster.yaml"
_OLD_LOG = "ninja_assets.storage"  # the module of the event log class that earlier versions had
_OLD_EVENTS, _EVENTS = "events", Path("history") / "runs"  # where it kept them, and where Dagster's own does
_VARIABLE = "DAGSTER_HOME"
_SAID: Final = 400  # letters of what a storage says at most


def dagster_home(environment: MutableMapping[str, str] = os.environ) -> Path:
    """The folder, which is then set for Dagster and every child process.

    Without DAGSTER_HOME it is `.state/dagster` of the show, and `dagster_home` at the top for the project's example.
    Raises ContentError where there is no show, where the folder cannot be made, and where its dagster.yaml asks for
    what is not installed.
    """
    if not environment.get(_VARIABLE):
        environment[_VARIABLE] = str(_own_home(Settings.from_environment(environment).show))
    home = Path(environment[_VARIABLE])
    check_instance_file(home / SETTINGS_FILE, environment)
    return home


def ready_home(environment: MutableMapping[str, str] = os.environ) -> Path:
    """The folder as `dagster_home` finds it, ready to be opened by this version.

    Raises ContentError where it cannot be made or written to, and where its dagster.yaml names what is no more, with
    the lines to delete.
    """
    home = dagster_home(environment)
    with opened_alone(home):
        _refuse_old_log(home / SETTINGS_FILE)
        _move_events(home)
    return home


def dagster_instance() -> "dg.DagsterInstance":
    """The instance of DAGSTER_HOME, or of the show's own home when the variable is not set.

    Raises ContentError where it cannot be opened as its dagster.yaml says.
    """
    import dagster as dg  # noqa: PLC0415  (who only looks for the folder needs none)

    from ninja_assets.cells.running.event_files import spare_the_disk  # noqa: PLC0415  (it brings SQLAlchemy along)

    home = ready_home()
    spare_the_disk()
    # Two first runs at once would both make Dagster's database, which no later run could then open.
    with opened_alone(home), _root_logger_silent():
        try:
            return dg.DagsterInstance.get()
        except OSError:
            raise
        except Exception as error:  # each storage that it may name has errors of its own
            raise _not_opened(home / SETTINGS_FILE, error) from error


@contextmanager
def opened_alone(home: Path) -> Iterator[None]:
    """While it lasts, no other process of this machine opens or changes what Dagster keeps in the folder.

    Raises ContentError where it cannot be made or written to, unless Dagster keeps nothing in it.
    """
    with ExitStack() as held:
        try:
            home.mkdir(parents=True, exist_ok=True)
            held.enter_context(FileLock(home / ".opening.lock"))
        except OSError as error:
            if not keeps_elsewhere(home / SETTINGS_FILE):
                raise _no_place(home, error) from error
        yield


def missing_settings(home: Path) -> str:
    """The lines that a home's dagster.yaml needs for runs that died to be ended, and for failed ones to be tried again.

    A person's file is theirs to change; earlier versions made it without some of these.
    """
    return lines_to_add(home / SETTINGS_FILE, own_settings())


def own_settings() -> str:
    """What `dagster.yaml` says in a folder that is made here."""
    return files(__package__).joinpath(SETTINGS_FILE).read_text(encoding="utf-8")


def _own_home(show: Path) -> Path:
    home = ROOT / "dagster_home" if show == EXAMPLE else show / STATE_FOLDER / "dagster"
    try:
        if show != EXAMPLE:
            make_state_folder(show)
        home.mkdir(parents=True, exist_ok=True)
        file = home / SETTINGS_FILE
        if not file.exists():
            write_text(file, own_settings())
        elif old := _old_log(text := file.read_text(encoding="utf-8")):  # this folder's settings are the project's own
            first, last = old
            lines = text.splitlines(keepends=True)
            write_text(file, "".join(lines[: first - 1] + lines[last:]))
    except OSError as error:
        raise _no_place(home, error) from error
    return home


def _no_place(home: Path, error: OSError) -> ContentError:
    return ContentError(
        f"Dagster's runs have no place: {_VARIABLE}",
        where=str(home),
        why=error.strerror,
        hint=f"make the folder writable, or set {_VARIABLE} to another one",
        code="place-unwritable",
    )


def _old_log(text: str) -> tuple[int, int] | None:
    """The first and the last line of a dagster.yaml, from 1, by which it names the event log that is no more."""
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError:  # Dagster tells it better
        return None
    for key, value in root.value if isinstance(root, yaml.MappingNode) else ():
        if key.value == "event_log_storage" and _OLD_LOG in yaml.serialize(value):
            last = text.splitlines()[: value.end_mark.line + (value.end_mark.column > 0)]
            while last and (not last[-1].strip() or last[-1].lstrip().startswith("#")):
                last.pop()
            return key.start_mark.line + 1, len(last)
    return None


def _refuse_old_log(file: Path) -> None:
    text = file.read_text(encoding="utf-8") if file.exists() else ""
    if old := _old_log(text):
        first, last = old
        lines = "\n".join(text.splitlines()[first - 1 : last])
        raise ContentError(
            "Dagster's settings name an event log that is no more: Dagster's own is used, and has its events",
            where=f"{file}:{first}",
            hint=f"delete these lines ({first} to {last}):\n{lines}",
        )


def _move_events(home: Path) -> None:
    """Move what the event log of earlier versions has to where Dagster's own looks, once."""
    old, new = home / _OLD_EVENTS, home / _EVENTS
    if not (old / "index.db").exists() or (new / "index.db").exists():
        return
    new.mkdir(parents=True, exist_ok=True)
    # The index comes last: what was broken off before is gone on with.
    for path in sorted(old.iterdir(), key=lambda each: each.name.startswith("index.db")):
        path.rename(new / path.name)
    old.rmdir()


@contextmanager
def _root_logger_silent() -> Iterator[None]:
    """Drop what is logged without a logger's name: Dagster's PostgreSQL storage so tells each try that fails.

    Where the last one fails, too, it raises, and the error says why.
    """

    def named(record: logging.LogRecord) -> bool:
        return record.name != logging.root.name

    logging.root.addFilter(named)
    try:
        yield
    finally:
        logging.root.removeFilter(named)


def storage_failed(error: Exception) -> ContentError:
    """That Dagster's storage failed at its work, by the first cause: a disk without room, a server that is away."""
    return ContentError(
        "Dagster's storage failed",
        where=str(Path(os.environ.get(_VARIABLE, "")) / SETTINGS_FILE),
        why=_first_cause(error),
        hint="make room, or start what that file names, and run again: what was made and paid for is kept",
    )


def _not_opened(file: Path, error: Exception) -> ContentError:
    return ContentError(
        "Dagster's storage cannot be opened",
        where=str(file),
        why=_first_cause(error),
        hint="make room, start what that file names, or correct it, and run again: `ninja doctor` tries it",
    )


def _first_cause(error: Exception) -> str:
    """What the first cause of an error says, without the password of an address."""
    cause: BaseException = error
    while (deeper := cause.__cause__ or cause.__context__) is not None:
        cause = deeper
    said = without_login(" ".join(str(cause).split()))  # before it is cut off
    return said[:_SAID] or type(cause).__name__
