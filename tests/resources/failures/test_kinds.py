"""A row of the table and the symptoms that it fits; a failure as an error that leaves a studio."""

from dataclasses import replace

import pytest

from resources.core.errors import Charge, StudioError
from resources.failures import Kind, Provider, Step, Symptom, noticed
from resources.failures.kinds import Row

FAL = Provider.FAL
SEEN = Symptom(FAL, Step.RESULT, 422, "value_error; file_too_large", "Too LARGE a file")
ANY = Row(Kind.OTHER, "it failed", "run again")


@pytest.mark.parametrize(
    ("fitting", "missing"),
    [
        ({"provider": FAL}, {"provider": Provider.ELEVENLABS}),
        ({"steps": {Step.RESULT, Step.POLL}}, {"steps": {Step.POLL}}),
        ({"statuses": range(400, 500)}, {"statuses": range(500, 600)}),
        ({"statuses": (422,)}, {"statuses": (None,)}),
        ({"types": {"file_too_large"}}, {"types": {"file_too"}}),  # a word of the code, whole
        ({"types": {"value_error", "other"}}, {"types": {"large"}}),  # what is said is no type
        ({"says": "too large"}, {"says": "^too large"}),  # the code stands before the text
        ({"says": "^value_error"}, {"says": "small"}),
        ({"generated": False}, {"generated": True}),
    ],
)
def test_a_row_fits_what_it_names_and_nothing_else(fitting: dict[str, object], missing: dict[str, object]) -> None:
    assert ANY.fits(SEEN)
    assert replace(ANY, **fitting).fits(SEEN)  # type: ignore[arg-type]
    assert not replace(ANY, **missing).fits(SEEN)  # type: ignore[arg-type]


def test_a_row_fits_only_where_all_that_it_names_does() -> None:
    row = replace(ANY, provider=FAL, statuses=(422,), types={"file_too_large"}, generated=False)
    assert row.fits(SEEN)
    assert not row.fits(replace(SEEN, generated=True))
    assert not row.fits(replace(SEEN, status=400))
    assert not row.fits(replace(SEEN, code=""))


def test_a_failure_becomes_an_error_with_its_place_its_charge_and_its_mend() -> None:
    error = noticed(FAL, Step.POLL, Kind.DEADLINE, "after 900 s").error("request 7")
    assert isinstance(error, StudioError)
    assert (error.where, error.why, error.retryable, error.charge) == (
        "request 7",
        "after 900 s",
        True,
        Charge.POSSIBLE,
    )
    assert "run again" in str(error)


def test_the_commands_of_its_entry_stand_in_the_places_that_a_mend_leaves_for_them() -> None:
    failed = noticed(FAL, Step.RESULT, Kind.NO_RESULT)
    assert "{settle}" in failed.hint
    assert "`ninja ledger` lists the requests" in str(failed.error().hint)
    message = failed.error(commands={"settle": "`ninja ledger settle 7 charged`", "bring": ""})
    assert "`ninja ledger settle 7 charged`" in str(message.hint)
    assert failed.error(hint="do this").hint == "do this"
