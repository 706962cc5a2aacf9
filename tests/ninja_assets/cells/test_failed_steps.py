"""What failed steps told is read again as it was told, of a run in this process and from Dagster's log alike."""

import dagster as dg

from ninja_assets.cells.failed_steps import NO_REASON, FailedStep, failed_steps, how_ended, waited, why_failed
from ninja_assets.cells.failure_table import FAILED_CELLS

CELLS = [{"segment": "s01", "asset": "tts_audio"}]


@dg.op
def foreseen() -> None:
    raise dg.Failure("no voice", metadata={FAILED_CELLS: dg.MetadataValue.json(CELLS)}, allow_retries=False)


@dg.op
def unforeseen() -> None:
    raise ZeroDivisionError("nobody thought of it")


@dg.job
def both() -> None:
    foreseen()
    unforeseen()


def test_a_failed_step_tells_its_words_and_its_cells_and_one_that_nobody_foresaw_its_error() -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        result = both.execute_in_process(instance=instance, raise_on_error=False)
        found = failed_steps(instance, result.run_id)
        assert sorted((step.description, step.cells) for step in found) == [("", []), ("no voice", CELLS)]
        [strange] = [step for step in found if not step.description]
        assert "nobody thought of it" in why_failed([strange])
        here = [FailedStep.of(event) for event in result.all_events if event.is_step_failure]
        assert [step.cells for step in here] == [step.cells for step in found]
        assert how_ended(instance, result.run_id)


def test_what_waits_for_a_person_is_told_from_what_failed() -> None:
    said = ("waiting for approval of $8.40", "s01: listen first: almost nothing is heard", "it cannot be read")
    assert [waited({"error": words}) for words in said] == [True, True, False]
    assert not waited({})


def test_a_run_without_a_failed_step_has_no_reason_of_its_own() -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        assert failed_steps(instance, "unknown") == []
        assert how_ended(instance, "unknown") == ""
    assert why_failed([]) == NO_REASON
