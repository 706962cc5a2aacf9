"""The linter: what would waste money or spoil a clip, told before anything is bought.

Findings are values with a rule, a place, a message, a mend and a source. Errors stop, warnings show; a show changes how
severe a rule is in `prompts.yaml`. Nothing here sends, buys or writes anything.
"""

from resources.quality.lint.environment_rules import check_access, check_notify, check_places, check_programs
from resources.quality.lint.finding import Finding, Report, findings_of
from resources.quality.lint.linted_episode import Looked
from resources.quality.lint.request_rules import lint_request, lint_shot
from resources.quality.lint.script_rules import lint_script
from resources.quality.lint.table import RULES, Ground, Rule, Severity

__all__ = [
    "RULES",
    "Finding",
    "Ground",
    "Looked",
    "Report",
    "Rule",
    "Severity",
    "check_access",
    "check_notify",
    "check_places",
    "check_programs",
    "findings_of",
    "lint_request",
    "lint_script",
    "lint_shot",
]
