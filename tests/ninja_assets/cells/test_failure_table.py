"""A failed run's table: what, why, whether another try helps, and what it would cost."""

from collections.abc import Collection
from dataclasses import replace
from typing import Any

import pytest

from ninja_assets.cells.failure_table import FAILED_CELLS, Failed, InVain, failure_of
from resources.core.errors import CapError, Charge, MediaLostError, NinjaError, StudioError, WaitingError
from resources.core.names import FINAL_VIDEO, CellKey, Mode
from resources.core.values import Part
from resources.purchasing.accounts.charges import Charges
from resources.purchasing.requests.takes import asks_again


def _failed(segment: str, again_usd: float | None, *, retryable: bool = True) -> Failed:
    error = StudioError("fal.ai is busy", hint="run again", retryable=retryable, charge=Charge.NONE)
    return Failed("speaker_clips", CellKey("demo", segment), error, again_usd)


def _again(episode: str, besides: Collection[str]) -> str:
    left = {"s01", "s02"} - set(besides)
    return asks_again(episode, Mode.DRAFT, anew={(segment, Part.SPEAKER) for segment in left})


def test_equal_failures_are_one_row_with_the_cost_of_trying_all_again() -> None:
    failure = failure_of([_failed("s01", 0.25), _failed("s02", 0.5)], mode=Mode.DRAFT, again=_again, done=3)
    table = str(failure.metadata["failed"].value)
    assert "| s01, s02 | speaker_clips | fal.ai is busy | no | can help | $0.75 | run again |" in table
    assert "another try: can help, it costs $0.75" in str(failure.description)
    assert len(table.splitlines()) == 3


def test_a_rehearsal_that_fails_as_nobody_foresaw_was_charged_nothing() -> None:
    failed = [Failed("final_video", CellKey("demo", "s01"), ValueError("a picture is too high"))]
    said = {mode: str(failure_of(failed, mode=mode, again=_again, done=1).description) for mode in Mode}
    assert "charged: no;" in said[Mode.REHEARSAL]
    assert "charged: possibly;" in said[Mode.DRAFT]


def test_what_waits_for_a_person_is_not_told_as_failed() -> None:
    waits = [Failed("clips", CellKey("demo", f"s0{n}"), WaitingError("waiting for approval of $0.68")) for n in (1, 2)]
    assert str(failure_of(waits, mode=Mode.DRAFT, again=_again, done=8).description).startswith(
        "2 waiting for you, 8 done and kept."
    )
    mixed = str(failure_of([*waits, _failed("s03", 0.25)], mode=Mode.DRAFT, again=_again, done=8).description)
    assert mixed.startswith("2 waiting for you, 1 failed, 8 done and kept.")


def test_a_price_that_waits_is_not_saidto_cost_nothing() -> None:
    waits = Failed("the price of the clips", CellKey("demo", "s01"), WaitingError("waiting for approval of $0.68"))
    said = str(failure_of([waits], mode=Mode.DRAFT, again=_again, done=8).description)
    assert "waiting for approval of $0.68" in said
    assert "it costs the sum above" in said


def test_a_cost_that_is_not_known_for_all_is_not_made_up() -> None:
    failure = failure_of([_failed("s01", 0.25), _failed("s02", None)], mode=Mode.DRAFT, again=_again, done=0)
    assert "an unknown sum" in str(failure.description)


@pytest.mark.parametrize(
    "error",
    [WaitingError("waiting for approval of $0.68"), CapError("today would come to $40")],
    ids=["waits", "capped"],
)
def test_what_waits_or_a_cap_refused_names_its_own_next_command_alone(error: NinjaError) -> None:
    error.hint = "ninja produce demo --mode draft --segments s01 --retake --retake-of shot"
    refused = Failed("the price of the clips", CellKey("demo", "s01"), error)
    assert "again:" not in str(failure_of([refused], done=1, mode=Mode.DRAFT, again=_again).description)
    both = [refused, _failed("s02", 0.25)]
    assert str(failure_of(both, done=1, mode=Mode.DRAFT, again=_again).description).endswith(
        "again: ninja produce demo --mode draft --segments s02 --retake --retake-of speaker"
    )


def test_only_failures_that_another_try_can_help_are_tried_again() -> None:
    assert (
        failure_of([_failed("s01", 0.0, retryable=False)], mode=Mode.DRAFT, again=_again, done=0).allow_retries is False
    )
    assert failure_of([_failed("s01", 0.0)], mode=Mode.DRAFT, again=_again, done=0).allow_retries is True


def test_what_a_cap_refused_is_marked_for_programs() -> None:
    capped = Failed("speaker_clips", CellKey("demo", "s01"), CapError("today would come to $40"), 0.25)
    metadata = (
        failure_of([capped, _failed("s02", 0.25)], mode=Mode.DRAFT, again=_again, done=0).metadata[FAILED_CELLS].value
    )
    assert isinstance(metadata, list)
    assert [cell["capped"] for cell in metadata] == [True, False]


def test_what_failed_cells_were_charged_is_in_the_table_and_for_programs() -> None:
    charges = [Charges(charged_usd=0.13), Charges(charged_usd=0.07, possibly_usd=0.2)]
    failed = [replace(_failed(f"s0{n}", 0.25), charges=each) for n, each in enumerate(charges, start=1)]
    failure = failure_of(failed, mode=Mode.DRAFT, again=_again, done=1)
    assert "| $0.20 and possibly $0.20 |" in str(failure.metadata["failed"].value)
    assert "charged: $0.20 and possibly $0.20; another try" in str(failure.description)
    assert (failure.metadata["charged_usd"].value, failure.metadata["possibly_charged_usd"].value) == (0.2, 0.2)
    metadata = failure.metadata[FAILED_CELLS].value
    assert isinstance(metadata, list)
    assert metadata[1] == {
        "episode": "demo",
        "segment": "s02",
        "asset": "speaker_clips",
        "error": "fal.ai is busy",
        "next": "run again",
        "retryable": True,
        "capped": False,
        "charged_usd": 0.07,
        "possibly_usd": 0.2,
        "before_usd": 0.0,
        "requests": [],
        "known": True,
    }


def test_what_brings_a_lost_file_back_is_the_command_that_launches_its_episode_again() -> None:
    lost = Failed("composites", CellKey("demo", "s01"), MediaLostError("a file is missing", hint="run it again"), 0.0)
    waits = Failed("clips", CellKey("demo", "s02"), WaitingError("waiting for approval of $0.68"))
    failure = failure_of([lost, waits], mode=Mode.DRAFT, again=_again, done=0)
    command = str(failure.description).splitlines()[-1].removeprefix("again: ")
    assert command == "ninja produce demo --mode draft --segments s01 --retake --retake-of speaker"
    cells: Any = failure.metadata[FAILED_CELLS].value
    assert cells[0]["next"].startswith(f"`{command}`: what was made here is made again")
    assert str(failure.description).count(command) == 2


@pytest.mark.parametrize(
    ("charges", "message"),
    [
        (Charges(), "no"),
        (Charges(known=False), "possibly"),
        (Charges(possibly_usd=0.2, requests=("r1",)), "possibly $0.20 (request r1)"),
        (Charges(before_usd=0.13, requests=("r1",)), "no; before this run: $0.13 (request r1)"),
    ],
)
def test_what_it_was_charged_is_the_ledgers_word_and_the_errors_only_where_no_ledger_tells(
    charges: Charges, message: str
) -> None:
    lost = StudioError("the answer was lost", charge=Charge.POSSIBLE, retryable=True)
    failure = failure_of(
        [Failed("tts_audio", CellKey("demo", "s01"), lost, 0.0, charges)], done=0, mode=Mode.DRAFT, again=_again
    )
    assert f"    charged: {message}; another try" in str(failure.description)
    assert str(failure.description).splitlines()[-1] == f"again: {_again('demo', ())}"


def test_of_several_episodes_each_segment_is_told_with_its_own() -> None:
    failed = [_failed("s01", 0.25), replace(_failed("s01", 0.5), cell=CellKey("other", "s01"))]
    in_vain = [InVain("composites", each.cell, frozenset()) for each in failed]
    in_vain.append(InVain(FINAL_VIDEO, failed[1].cell, frozenset()))
    failure = failure_of(failed, mode=Mode.DRAFT, again=_again, done=3, in_vain=in_vain, several=True)
    said = str(failure.description).splitlines()
    assert "demo s01 speaker_clips: fal.ai is busy" in said
    assert "other s01 speaker_clips: fal.ai is busy" in said
    assert [line for line in said if "not begun" in line] == [
        "not begun: composites of s01 of demo",
        "not begun: composites of s01 of other",
        "not begun: the cut of other",
    ]
    assert "| other s01 | speaker_clips | fal.ai is busy |" in str(failure.metadata["failed"].value)
    cells: Any = failure.metadata[FAILED_CELLS].value
    assert [(cell["episode"], cell["segment"]) for cell in cells] == [("demo", "s01"), ("other", "s01")]
