"""A refusal as `--json` shows it: one object on stdout, whoever refused. Its words for people go to stderr."""

from typing import Any

from resources.core.errors import NinjaError


def refusal(error: NinjaError) -> dict[str, Any]:
    """What was refused: `error` in one text, and `findings`, each with code, file, line, what, why and mend."""
    from resources.quality.lint import findings_of  # noqa: PLC0415  (only a refusal needs the table)

    return {"error": str(error), "findings": [found.told() for found in findings_of(error)]}
