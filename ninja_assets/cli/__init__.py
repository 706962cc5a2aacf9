"""The `ninja` command: a thin shell over the packages. Each command a module; what it decides lives elsewhere.

Exit status: 0 done, 1 a run failed or the linter found errors, 2 refused before anything was started, 130 interrupted.
"""

import sys

from resources.errors import NinjaError

REFUSED = 2
INTERRUPTED = 130


def main() -> None:
    """Run the command line; a refusal is told in the project's words, never as a traceback."""
    from ninja_assets.cli.app import app  # noqa: PLC0415  (what a refusal needs must not wait for Dagster's import)

    try:
        app()
    except NinjaError as error:
        sys.stderr.write(f"ninja: {error}\n")
        sys.exit(REFUSED)
