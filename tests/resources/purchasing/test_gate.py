"""Which findings stop a run, of which mode and for which segments, and how they are told. The rules are lint's."""

from dataclasses import replace
from pathlib import Path

import pytest

from resources.content.segments import Script
from resources.content.show import Show
from resources.core.errors import ContentError
from resources.core.names import Mode
from resources.core.settings import Settings
from resources.models.loading import parse_script
from resources.purchasing.gate import Judgement, missing_buckets, refuse_errors, scope
from resources.quality.lint import RULES, Finding, Severity
from resources.quality.lint.table import Ground
from tests.resources.core.library import bucket
from tests.resources.core.library.bucket import Bucket, counted

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


@pytest.mark.parametrize("rule", ["font-unreadable", "sound-silent", "sound-unreadable", "text-undrawable"])
def test_what_would_end_a_rehearsal_at_its_cut_stops_it_before_a_picture_is_drawn(rule: str) -> None:
    assert judged(Mode.REHEARSAL, finding(rule)).stops
    assert not judged(Mode.REHEARSAL, finding(rule, Severity.WARNING)).stops


def test_what_goes_on_shows_all_of_it_as_warnings() -> None:
    found = judged(Mode.REHEARSAL, finding(), finding(severity=Severity.WARNING))
    assert [each.severity for each in found.shown()] == [Severity.WARNING, Severity.WARNING]
    assert len(found.errors) == len(found.warnings) == 1


def test_one_error_is_told_as_it_is_and_several_with_each_as_a_part() -> None:
    refuse_errors([], "demo", Mode.DRAFT)
    with pytest.raises(ContentError) as one:
        refuse_errors([finding()], "demo", Mode.DRAFT)
    assert (one.value.where, one.value.code, one.value.hint) == ("x.md:3", FILES, "mend it")
    with pytest.raises(ContentError) as two:
        refuse_errors([finding(), finding(PLACES, where="y.md:4")], "demo", Mode.DRAFT)
    assert [part.where for part in two.value.parts] == ["x.md:3", "y.md:4"]
    assert two.value.hint == "ninja lint demo --mode draft"
    assert "nothing is bought" in str(two.value)


def test_the_command_that_shows_what_was_refused_asks_in_the_mode_that_was_refused() -> None:
    """A rehearsal prices nothing: without the mode it would say that all is well of what a cap refuses."""
    for mode, command in (
        (Mode.REHEARSAL, "ninja lint demo"),
        (Mode.DRAFT, "ninja lint demo --mode draft"),
        (Mode.FINAL, "ninja lint demo --mode final"),
    ):
        with pytest.raises(ContentError) as refused:
            judged(mode, finding(PLACES), finding(PLACES, where="y.md:4")).refuse()
        assert refused.value.hint == command


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


def test_a_bucket_without_its_keys_is_found_before_anything_is_made_or_bought(tmp_path: Path) -> None:
    bucket.empty()
    Bucket.keyless.add("no-keys")
    settings = Settings(
        show=tmp_path,
        output=tmp_path,
        library="bucket://no-keys/media",
        ledger_url="sqlite:///ledger.db",
        mode=Mode.REHEARSAL,
    )
    [found] = missing_buckets(settings)
    assert (found.severity, found.where) == (Severity.ERROR, "NINJA_LIBRARY")
    assert "no keys for the bucket no-keys" in found.message
    assert "AWS_ACCESS_KEY_ID" in found.hint


def test_a_bucket_that_is_missing_is_found_before_anything_is_made_or_bought(tmp_path: Path) -> None:
    bucket.empty()
    settings = Settings(
        show=tmp_path,
        output=tmp_path,
        library="bucket://no-library/media",
        ledger_url="sqlite:///ledger.db",
        mode=Mode.DRAFT,
        publish="bucket://no-episodes/shows",
    )
    Bucket.missing.update({"no-library", "no-episodes"})
    found = missing_buckets(settings)
    assert [(each.where, each.severity) for each in found] == [
        ("NINJA_LIBRARY", Severity.ERROR),
        ("NINJA_PUBLISH", Severity.ERROR),
    ]
    assert "there is no bucket no-episodes" in found[1].message
    assert "NINJA_PUBLISH" in found[1].hint
    rehearsed = missing_buckets(replace(settings, mode=Mode.REHEARSAL))  # which is never published
    assert [each.where for each in rehearsed] == ["NINJA_LIBRARY"]
    assert missing_buckets(settings, {"NINJA_LIBRARY", "NINJA_PUBLISH"}) == []


def test_a_bucket_that_is_there_is_asked_for_once_and_a_server_that_is_away_is_no_finding(tmp_path: Path) -> None:
    bucket.empty()
    settings = Settings(
        show=tmp_path, output=tmp_path, library="bucket://there/media", ledger_url="sqlite:///l.db", mode=Mode.DRAFT
    )
    Bucket.away.append("there")
    with counted() as requests:
        assert missing_buckets(settings) == []
        assert missing_buckets(settings) == []
        assert missing_buckets(settings) == []
    assert requests == {"BUCKET": 2}
    assert missing_buckets(replace(settings, library=str(tmp_path))) == []
