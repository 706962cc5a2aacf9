"""The generated page of findings, and that every code that is raised stands in the one table."""

import ast
from pathlib import Path

from docs.write import findings
from resources.core.settings import ROOT
from resources.quality.lint.table import RULES

WRITTEN = ROOT / "docs" / "findings.md"


def test_the_written_page_is_what_the_table_says() -> None:
    assert WRITTEN.read_text(encoding="utf-8") == findings.page(), "run python -m docs.write.findings"


def codes_in(file: Path) -> set[str]:
    """The codes that a module gives to errors and mistakes."""
    return {
        keyword.value.value
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        for keyword in node.keywords
        if keyword.arg == "code" and isinstance(keyword.value, ast.Constant) and isinstance(keyword.value.value, str)
    }


def test_every_code_that_is_raised_is_in_the_table() -> None:
    files = [file for top in ("resources", "ninja_assets") for file in (ROOT / top).rglob("*.py")]
    raised = set().union(*map(codes_in, files))
    assert {"label-almost", "argument-empty", "image-huge"} <= raised
    assert raised <= set(RULES)
