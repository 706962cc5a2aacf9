"""The `ninja` command: a thin shell over the packages. Each command a module; what it decides lives elsewhere.

Exit status: 0 done, 1 a run failed or the linter found errors, 2 refused before anything was started, 3 a person
has not approved the price, 130 interrupted.
"""

import atexit
import gc
import sys
from enum import StrEnum

from resources.core.errors import NinjaError

REFUSED = 2
DECLINED = 3
INTERRUPTED = 130
_OBJECTS = 100_000  # new ones between two searches for garbage


class Stop(StrEnum):
    """Where a production may end on purpose."""

    VOICE = "voice"


def main() -> None:
    """Run the command line; a refusal is told in the project's words, never as a traceback."""
    _let_what_is_imported_live()
    from ninja_assets.cli.app import app  # noqa: PLC0415  (what a refusal needs must not wait for Dagster's import)

    try:
        app()
    except NinjaError as error:
        sys.stderr.write(f"ninja: {error}\n")
        sys.exit(REFUSED)


def _let_what_is_imported_live() -> None:
    """Search less for garbage: Dagster's imports make half a million objects that live as long as the command.

    With Python's own threshold of 700 new objects an unchanged episode spent a fifth of its time searching them.
    """
    gc.set_threshold(_OBJECTS, 20, 20)
    atexit.register(gc.freeze)  # the end of the process searches them once more otherwise
