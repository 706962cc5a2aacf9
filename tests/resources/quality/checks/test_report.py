"""Which finding stops a cut and which only warns: what protects the viewer, and what a person may overrule."""

import pytest

from resources.core.errors import MediaError
from resources.core.names import Mode
from resources.core.values import Value
from resources.quality.checks.report import CHECKS, Finding, stop_if_unfit

STOPS = {
    "lengths_match_the_voice",
    "streams_size_and_rate",
    "no_black_frames",
    "joints_do_not_drift",
    "loudness_and_peaks",
    "rehearsal_mark",
}
WARNS = {
    "voice_says_the_line",
    "no_frozen_picture",
    "lips_follow_the_speech",
    "listener_keeps_silent",
    "captions_fit",
    "music_is_heard",
}


def finding(check: str, segment: str = "s02", *, passed: bool = False, shape: str = "") -> Finding:
    """One with figures."""
    return Finding(check=check, segment=segment, passed=passed, message=f"{check} by 3 frames", shape=shape)


def test_every_check_stops_or_warns() -> None:
    assert {check.name for check in CHECKS} == STOPS | WARNS


@pytest.mark.parametrize("check", sorted(STOPS))
def test_what_would_harm_the_viewer_stops_the_cut_by_name_place_and_figures(check: str) -> None:
    with pytest.raises(MediaError, match="the cut of demo is not fit to be seen: s02") as refused:
        stop_if_unfit([finding(check), finding("lips_follow_the_speech", "s01")], episode="demo", mode=Mode.DRAFT)
    assert refused.value.why == f"s02 {check}: {check} by 3 frames"


@pytest.mark.parametrize("check", sorted(WARNS))
def test_what_a_person_may_overrule_stops_nothing(check: str) -> None:
    stop_if_unfit([finding(check)], episode="demo", mode=Mode.DRAFT)


def test_what_passed_stops_nothing() -> None:
    stop_if_unfit([finding(check.name, passed=True) for check in CHECKS], episode="demo", mode=Mode.DRAFT)


def test_every_place_is_named_once_with_its_format_and_the_whole_cut_by_its_name() -> None:
    unfit = [
        finding("no_black_frames", shape="long"),
        finding("streams_size_and_rate", shape="long"),
        finding("rehearsal_mark", ""),
    ]
    with pytest.raises(MediaError) as refused:
        stop_if_unfit(unfit, episode="demo", mode=Mode.DRAFT)
    assert refused.value.what.endswith(": s02 (long), whole cut")
    assert str(refused.value.why).count("; ") == 2


def test_the_next_command_is_of_the_segments_at_fault_or_joins_the_whole_cut_again() -> None:
    with pytest.raises(MediaError) as refused:
        stop_if_unfit(
            [finding("no_black_frames"), finding("joints_do_not_drift", "s10")], episode="demo", mode=Mode.FINAL
        )
    assert "ninja produce demo --mode final --segments s02,s10 --retake" in str(refused.value.hint)
    assert "sound" not in str(refused.value.hint)
    with pytest.raises(MediaError) as refused:
        stop_if_unfit([finding("loudness_and_peaks", "")], episode="demo", mode=Mode.DRAFT)
    assert "retake" not in str(refused.value.hint)
    assert str(refused.value.hint).startswith("see to `sound` in show.yaml")
    assert "ninja produce demo --mode draft" in str(refused.value.hint)


class Kept(Value):
    """What has findings, as a record has."""

    findings: tuple[Finding, ...]


def test_a_finding_is_stored_under_the_names_that_records_of_earlier_versions_have() -> None:
    """A record's digest says what is current: another name would make every cut look changed."""
    stored = {"check": "lengths", "segment": "s02", "passed": True, "told": "equal", "shape": "", "asset": ""}
    kept = Kept.model_validate({"findings": [stored]})
    assert kept.findings[0].message == "equal"
    assert kept.model_dump(mode="json") == {"findings": [stored]}
    assert Kept.model_validate_json(kept.model_dump_json()) == kept
