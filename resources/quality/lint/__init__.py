"""The linter: what would waste money or spoil a clip, told before anything is bought.

Findings are values with a rule, a place, a message, a mend and a source. Errors stop, warnings show; a show changes how
severe a rule is in `prompts.yaml`. Nothing here sends, buys or writes anything.
"""

from resources.quality.lint.finding import RULES, Finding, Report, Rule, Severity
from resources.quality.lint.request_rules import lint_request, lint_shot
from resources.quality.lint.script_rules import lint_script

__all__ = [
    "RULES",
    "Finding",
    "Report",
    "Rule",
    "Severity",
    "lint_request",
    "lint_script",
    "lint_shot",
]
