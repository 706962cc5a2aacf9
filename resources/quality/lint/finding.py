"""Findings, and how they are collected. Every code is in the table of `rules`; what it looks for, in the others."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from resources.core.errors import ContentError, NinjaError
from resources.core.text.diagnostics import nearest
from resources.models.prompts.book import Book
from resources.quality.lint.table import RULES, Rule, Severity

__all__ = ["RULES", "Finding", "Report", "Rule", "Severity", "findings_of"]


@dataclass(frozen=True)
class Finding:
    """One place where a rule is broken. `where` is `file:line`, a request's name, or a variable of the environment.

    `segment` is where of an episode it was met first; "" for what is no one segment's.
    """

    rule: str
    severity: Severity
    where: str
    message: str
    hint: str
    source: str
    why: str = ""
    segment: str = field(default="", compare=False)

    @classmethod
    def of(cls, rule: str, where: str, message: str, hint: str, *, why: str = "", segment: str = "") -> "Finding":
        """Where a rule is broken, as severe as its row in the table says."""
        row = RULES[rule]
        return cls(rule, row.severity, where, message, hint, row.source, why, segment)

    def __str__(self) -> str:
        why = f"  why: {self.why}\n" if self.why else ""
        return (
            f"{self.where}: {self.severity}: {self.message} [{self.rule}]\n{why}  mend: {self.hint}\n"
            f"  source: {self.source}"
        )

    def as_json(self) -> dict[str, Any]:
        """The finding as `--json` shows it."""
        file, _, line = self.where.rpartition(":")
        placed = file and line.isdecimal()
        return {
            "code": self.rule,
            "severity": self.severity.value,
            "where": self.where,
            "file": file if placed else None,
            "line": int(line) if placed else None,
            "what": self.message,
            "why": self.why or None,
            "mend": self.hint or None,
            "source": self.source,
            "segment": self.segment or None,
            "rule": self.rule,
            "message": self.message,
        }

    def as_warning(self) -> "Finding":
        """The same, where it stops nothing."""
        return replace(self, severity=Severity.WARNING)

    def as_error(self) -> ContentError:
        """The finding as a refusal."""
        return ContentError(
            f"{self.message} [{self.rule}]",
            where=self.where or None,
            why=self.why or f"nothing is bought before it is mended ({self.source})",
            hint=self.hint or None,
            code=self.rule,
        )


def findings_of(error: NinjaError, code: str = "refused") -> list[Finding]:
    """What a reader refused, each part of it as a finding, under its own code or else `code`."""
    rules = [(part, RULES[part.code or error.code or code]) for part in error.parts or (error,)]
    return [
        Finding(
            rule.id,
            Severity.ERROR,
            part.where or "",
            part.what,
            part.hint or f"ninja explain {rule.id}",
            rule.source,
            part.why or "",
        )
        for part, rule in rules
    ]


@dataclass
class Report:
    """Collects findings as severe as the show wants them; a rule that is off finds nothing.

    `segment` is the one that is looked at.
    """

    book: Book
    findings: list[Finding] = field(default_factory=list)
    segment: str = ""

    def __post_init__(self) -> None:
        taste = [rule.id for rule in RULES.values() if rule.of_taste]
        for rule in self.book.lint.severity:
            if rule not in RULES:
                raise ContentError(
                    f"lint.severity: there is no rule {rule!r}",
                    where="prompts.yaml",
                    hint=f"{nearest(rule, taste)}rules: {', '.join(taste)}",
                    code="prompts-wrong",
                )
            if rule not in taste:
                raise ContentError(
                    f"lint.severity: {rule} is a fact, and cannot be changed",
                    where="prompts.yaml",
                    hint=f"those that can: {', '.join(taste)}",
                    code="prompts-wrong",
                )

    def add(self, rule: str, where: str, message: str, hint: str, why: str = "") -> None:
        """Note a finding, once."""
        wished = self.book.lint.severity.get(rule, RULES[rule].severity.value)
        if wished != "off":
            self.take(
                [Finding(rule, Severity(wished), where, message, hint, RULES[rule].source, why, segment=self.segment)]
            )

    def take(self, findings: Iterable[Finding]) -> None:
        """Add findings, each once."""
        self.findings += [
            replace(finding, segment=finding.segment or self.segment)
            for finding in findings
            if finding not in self.findings
        ]
