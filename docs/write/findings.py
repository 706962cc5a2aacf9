"""The table of findings as Markdown: `docs/findings.md`, written by `python -m docs.write.findings`.

A test holds what is written to what is generated here, so it is never edited by hand.
"""

from collections.abc import Iterator
from pathlib import Path

from docs.write.markdown import linked
from resources.quality.lint.table import RULES, Ground


def page() -> str:
    """The whole of `docs/findings.md`."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield "# Findings"
    yield ""
    yield "Written by `python -m docs.write.findings` from the one table (`resources/quality/lint/table`); do not"
    yield "edit it by hand. `ninja lint EPISODE` tells what it finds, `ninja explain CODE` shows what stands here."
    yield ""
    yield "An error stops draft and final before anything is asked of a provider; a rehearsal shows it as a warning on"
    yield "the cell. What is marked with * a show makes harder, softer or silent in its `prompts.yaml`:"
    yield "`lint: {severity: {vague: error}}` (error, warning, off)."
    for ground in Ground:
        yield ""
        yield f"## {ground.value.capitalize()}"
        yield ""
        yield "| code | | finds | more | source |"
        yield "|---|---|---|---|---|"
        for rule in RULES.values():
            if rule.ground is ground:
                mark = "*" if rule.of_taste else ""
                cells = (f"`{rule.id}`{mark}", rule.severity.value, rule.about, rule.more, linked(rule.source))
                yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def main() -> None:
    """Write the page."""
    Path(__file__).parents[1].joinpath("findings.md").write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
