"""Rules, and how a show changes their severity."""

from dataclasses import FrozenInstanceError

import pytest

from resources.core.errors import ContentError
from resources.models.prompts.book import Book, shipped
from resources.quality.lint.finding import RULES, Report, Severity


def with_severity(**severity: str) -> Book:
    lint = shipped().lint.model_copy(
        update={"severity": {rule.replace("_", "-"): how for rule, how in severity.items()}}
    )
    return shipped().model_copy(update={"lint": lint})


def test_every_rule_says_what_it_knows_and_where_from() -> None:
    assert all(rule.id == name and rule.source and rule.about for name, rule in RULES.items())


def test_a_finding_has_everything_a_person_needs() -> None:
    report = Report(shipped())
    report.add("vague", "a.md:3", "'nice' says nothing", "say warm")
    (finding,) = report.findings
    assert str(finding) == (
        "a.md:3: warning: 'nice' says nothing [vague]\n  mend: say warm\n"
        "  source: docs/sources/avatars.md#mistakes, docs/sources/video.md#mistakes"
    )
    with pytest.raises(FrozenInstanceError):
        finding.rule = "x"  # type: ignore[misc]


def test_a_show_makes_a_rule_harder_softer_or_silent() -> None:
    report = Report(with_severity(vague="error", hands="off", mouth_open="warning"))
    for rule in ("vague", "hands", "mouth-open"):
        report.add(rule, "a", "b", "c")
    assert [(finding.rule, finding.severity) for finding in report.findings] == [
        ("vague", Severity.ERROR),
        ("mouth-open", Severity.WARNING),
    ]


def test_a_severity_for_a_rule_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ContentError, match="there is no rule 'vaque'"):
        Report(with_severity(vaque="off"))


def test_the_same_finding_is_told_once() -> None:
    report = Report(shipped())
    report.add("vague", "a", "b", "c")
    report.add("vague", "a", "b", "c")
    report.take(list(report.findings))
    assert len(report.findings) == 1
