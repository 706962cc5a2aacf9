"""Which findings stop a run, of which mode and for which segments, and how they are told. The rules are lint's."""

import pytest

from resources.content.segments import Script
from resources.content.show import Show
from resources.core.errors import ContentError
from resources.core.names import Mode
from resources.models.loading import parse_script
from resources.purchasing.gate import Judgement, refuse_errors, scope
from resources.quality.lint import RULES, Finding, Severity
from resources.quality.lint.table import Ground

SHOW = Show(
    title="Small",
    characters={"NINJA": {"name": "Ninja", "puppet": "ninja"}, "GLITCH": {"name": "Glitch", "puppet": "glitch"}},
)
PLACES = next(name for name, rule in RULES.items() if rule.ground is Ground.PLACES)
FILES = next(name for name, rule in RULES.items() if rule.ground is Ground.FILES)


def finding(rule: str = FILES, severity: Severity = Severity.ERROR, where: str = "x.md:3") -> Finding:
    return Finding(rule, severity, where, f"{rule} is broken", "mend it", "a source")


def judged(mode: Mode, *findings: Finding) -> Judgement:
    return Judgement("demo", mode, findings)


def test_every_error_stops_a_paid_mode_and_no_warning_does() -> None:
    found = judged(Mode.DRAFT, finding(), finding(PLACES), finding(severity=Severity.WARNING))
    assert [each.rule for each in found.stops] == [FILES, PLACES]
    with pytest.raises(ContentError, match="2 errors"):
        found.refuse()
    judged(Mode.FINAL, finding(severity=Severity.WARNING)).refuse()


def test_a_rehearsal_is_stopped_only_by_what_it_could_not_be_made_without() -> None:
    found = judged(Mode.REHEARSAL, finding(), finding(PLACES))
    assert [each.rule for each in found.stops] == [PLACES]
    judged(Mode.REHEARSAL, finding()).refuse()


def test_what_goes_on_shows_all_of_it_as_warnings() -> None:
    found = judged(Mode.REHEARSAL, finding(), finding(severity=Severity.WARNING))
    assert [each.severity for each in found.shown()] == [Severity.WARNING, Severity.WARNING]
    assert len(found.errors) == len(found.warnings) == 1


def test_one_error_is_told_as_it_is_and_several_with_each_as_a_part() -> None:
    refuse_errors([], "demo")
    with pytest.raises(ContentError) as one:
        refuse_errors([finding()], "demo")
    assert (one.value.where, one.value.code, one.value.hint) == ("x.md:3", FILES, "mend it")
    with pytest.raises(ContentError) as two:
        refuse_errors([finding(), finding(PLACES, where="y.md:4")], "demo")
    assert [part.where for part in two.value.parts] == ["x.md:3", "y.md:4"]
    assert two.value.hint == "ninja lint demo"
    assert "nothing is bought" in str(two.value)


def chained() -> Script:
    lines = [
        "NINJA: One.",
        "BROLL {over: true}: A street at night.",
        "GLITCH: Two.",
        "IMAGE {name: map}: A map.",
        "BROLL {image: map}: It unfolds.",
    ]
    return parse_script("\n".join(lines), episode="demo", show=SHOW, where="demo.md")


def test_segments_are_judged_with_what_they_are_made_from_and_what_is_seen_over_them() -> None:
    script = chained()
    assert scope(script, None) == {"s01", "s02", "s03", "s04", "s05"}
    assert scope(script, ["s03"]) == {"s03"}
    assert scope(script, ["s01"]) == {"s01", "s02"}
    assert scope(script, ["s05"]) == {"s04", "s05"}
    assert scope(script, ["s99"]) == frozenset()
