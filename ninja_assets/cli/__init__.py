"""The `ninja` command: a thin shell over the packages. Each command a module; what it decides lives elsewhere.

Exit status: 0 done, 1 a run failed or the linter found errors, 2 refused before anything was started, 3 the person
declined the price, 130 interrupted.
"""

import atexit
import gc
import json
import sys
from io import TextIOWrapper

from resources.core.errors import NinjaError

REFUSED = 2
DECLINED = 3
INTERRUPTED = 130
_OBJECTS = 100_000  # new ones between two searches for garbage


def main() -> None:
    """Run the command line; a refusal is told in the project's words, never as a traceback."""
    _let_what_is_imported_live()
    _write_what_the_terminal_can()
    from ninja_assets.cli.app import app  # noqa: PLC0415  (what a refusal needs must not wait for Dagster's import)

    try:
        app()
    except NinjaError as error:
        sys.stderr.write(f"ninja: {error}\n")
        if "--json" in sys.argv:
            from ninja_assets.cli.refusal import refusal  # noqa: PLC0415

            print(json.dumps(refusal(error)))  # noqa: T201  (the result, on stdout)
        sys.exit(REFUSED)


def _write_what_the_terminal_can() -> None:
    """A terminal that knows ASCII alone gets other letters as escapes, and no traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper) and "utf" not in stream.encoding.lower():
            stream.reconfigure(errors="backslashreplace")


def _let_what_is_imported_live() -> None:
    """Search less for garbage: Dagster's imports make half a million objects that live as long as the command.

    With Python's own threshold of 700 new objects an unchanged episode spent a fifth of its time searching them.
    """
    gc.set_threshold(_OBJECTS, 20, 20)
    atexit.register(gc.freeze)  # the end of the process searches them once more otherwise
