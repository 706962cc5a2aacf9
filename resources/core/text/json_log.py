"""Log lines as JSON, one object a line, where the environment asks for it: for machines that collect what programs say.

The project's own logger alone; Dagster's processes have `--log-format json` for theirs.
"""

import json
import logging
import os
import sys
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Final

from resources.core.errors import ContentError
from resources.core.progress import LOGGER, progress_of

VARIABLE: Final = "NINJA_LOG"
_FORMS: Final = ("text", "json")


class JsonLines(logging.Formatter):
    """`time`, `level`, `logger`, `message`, of progress its fields, and the trace of an error."""

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        progress = progress_of(record)
        said: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **(asdict(progress) if progress else {}),
        }
        if record.exc_info:
            said["trace"] = self.formatException(record.exc_info)
        return json.dumps(said, ensure_ascii=False)


def logs_json(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether NINJA_LOG asks for JSON. Raises ContentError for what it does not know."""
    form = environment.get(VARIABLE, "").strip() or _FORMS[0]
    if form not in _FORMS:
        raise ContentError(f"there is no form of logs {form!r}", where=VARIABLE, hint=f"export {VARIABLE}=json")
    return form == "json"


def log_as_asked(environment: Mapping[str, str] = os.environ) -> None:
    """Write the project's log to stderr as JSON, where that is asked for. Asked twice, it is written once."""
    if not logs_json(environment) or any(isinstance(each.formatter, JsonLines) for each in LOGGER.handlers):
        return
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    LOGGER.addHandler(handler)
    LOGGER.setLevel(min(LOGGER.level or logging.INFO, logging.INFO))
