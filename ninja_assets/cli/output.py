"""What a command prints for programs: one JSON object, as the last line of stdout, told in docs/json.md.

Every object has `schema`, the version of all of them; a key that is there keeps its meaning within it. An object with
`refusal` says that nothing was started.
"""

import json
import sys
from collections.abc import Mapping
from enum import Enum
from typing import Any, Final

from pydantic import BaseModel

from resources.core.errors import NinjaError

SCHEMA: Final = 1
JSON_OPTION: Final = "--json"


class Voice(Enum):
    """How much is said beside results, questions and errors: `-q` and `-v`."""

    QUIET = "quiet"
    PLAIN = "plain"
    VERBOSE = "verbose"


_voice = Voice.PLAIN


def speak(voice: Voice) -> None:
    """Say as much from now on."""
    global _voice  # noqa: PLW0603  (it is the process's, chosen once at the command line)
    _voice = voice


def quiet() -> bool:
    """Whether nothing but results, questions and errors is said."""
    return _voice is Voice.QUIET


def print_json(document: Mapping[str, Any] | BaseModel) -> None:
    """Print the command's one object."""
    facts = document.model_dump(mode="json") if isinstance(document, BaseModel) else document
    sys.stdout.write(json.dumps({"schema": SCHEMA, **facts}) + "\n")


def refuse(error: NinjaError, status: int) -> None:
    """Tell a refusal: on stderr for a person, and on stdout where JSON was asked for."""
    sys.stderr.write(f"ninja: {error}\n")
    if JSON_OPTION in sys.argv:
        from resources.quality.lint import findings_of  # noqa: PLC0415  (only a refusal needs the table)

        refusal = {"what": error.what, "where": error.where, "why": error.why, "mend": error.hint}
        findings = [found.as_json() for found in findings_of(error)]
        print_json({"status": status, "error": str(error), "refusal": refusal, "findings": findings})
