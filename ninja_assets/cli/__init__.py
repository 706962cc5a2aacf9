"""The `ninja` command: a thin shell over the packages. Each command a module; what it decides lives elsewhere.

Exit status: 0 done, 1 a run failed, the linter found errors or nobody could be told the result, 2 refused before
anything was started, 3 a person has not approved the price, 130 interrupted.
"""

import os
import sys
import traceback
from enum import StrEnum
from pathlib import Path

from ninja_assets.cli.output import refuse
from ninja_assets.cli.terminal import OutputLostError, end_with_the_terminal, ready_streams
from resources.core.errors import ContentError, NinjaError
from resources.core.memory import keep_one_arena, let_what_is_imported_live
from resources.core.text.env_file import read_env_file
from resources.core.text.json_log import log_as_asked

UNTOLD = 1
REFUSED = 2
DECLINED = 3
INTERRUPTED = 130
# What their errors are, where imported.
_OF_DATABASES = (
    ("sqlalchemy.exc", "SQLAlchemyError"),
    ("sqlite3", "Error"),
    ("dagster_postgres.utils", "DagsterPostgresException"),
)


class Stop(StrEnum):
    """Where a production may end on purpose."""

    VOICE = "voice"


def main() -> None:
    """Run the command line; a refusal is told in the project's words, never as a traceback."""
    let_what_is_imported_live()
    keep_one_arena()
    ready_streams()
    end_with_the_terminal()
    _look_for_no_plugins()
    try:
        read_env_file()
        log_as_asked()
        status = _run()
        sys.stdout.flush()
        sys.exit(status)
    except OutputLostError as error:
        refuse(error, UNTOLD)
        sys.exit(UNTOLD)
    except BrokenPipeError:  # who reads had enough
        sys.exit(UNTOLD)
    except KeyboardInterrupt:
        sys.stderr.write("\nInterrupted.\n")
        sys.exit(INTERRUPTED)
    except NinjaError as error:
        refuse(error, REFUSED)
    except OSError as error:
        if "-v" in sys.argv or "--verbose" in sys.argv:
            traceback.print_exc()
        refuse(_in_our_words(error), REFUSED)
    except Exception as error:
        if not _is_of_a_database(error):
            raise
        from ninja_assets.runs.home import storage_failed  # noqa: PLC0415  (only who has opened Dagster's needs it)

        refuse(storage_failed(error), REFUSED)
    sys.exit(REFUSED)


def _is_of_a_database(error: Exception) -> bool:
    """Whether Dagster's storage failed: the project's own says so itself, in an error of the project."""
    kinds = (getattr(sys.modules.get(name), kind, ()) for name, kind in _OF_DATABASES)
    return any(isinstance(error, kind) for kind in kinds)


def _run() -> int:
    """Run the command that was asked for, and return its exit status. Raises ContentError for one that is not there."""
    # What a refusal needs must not wait for what commands are made of, and that not for Dagster.
    from typer import Abort, TyperException  # noqa: PLC0415

    from ninja_assets.cli.app import app  # noqa: PLC0415
    from ninja_assets.cli.options import what_was_wrong  # noqa: PLC0415

    try:
        return int(app(standalone_mode=False) or 0)
    except Abort:
        return INTERRUPTED
    except TyperException as error:
        if (wrong := what_was_wrong(error)) is not None:
            raise wrong from None
        return REFUSED


def _in_our_words(error: OSError) -> ContentError:
    try:
        Path.cwd()
    except OSError:
        return ContentError("the working directory is no more", hint="cd ~, or into the folder of the show")
    place = None if error.filename is None else f"{error.filename}"
    return ContentError(error.strerror or str(error), where=place, hint="ninja doctor")


def _look_for_no_plugins() -> None:
    """Pydantic reads what every installed package says of itself, to find plugins that nothing here uses."""
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
