"""An error is told in four parts, and says what decides the next step."""

import pytest

from resources.core.errors import CapError, Charge, ContentError, LedgerError, MediaError, NinjaError, StudioError


def test_an_error_says_what_where_why_and_how_to_mend_it_and_leaves_out_what_it_does_not_know() -> None:
    assert str(ContentError("it is empty")) == "it is empty"
    whole = ContentError("it is empty", where="a.md:3", why="no words", hint="write some")
    assert str(whole) == "a.md:3: it is empty\n  why: no words\n  mend: write some"


@pytest.mark.parametrize("kind", [ContentError, MediaError, StudioError, CapError, LedgerError])
def test_nothing_is_worth_another_try_or_charged_unless_it_says_so(kind: type[NinjaError]) -> None:
    plain = kind("what")
    assert (plain.retryable, plain.charge) == (False, Charge.NONE)
    told = kind("what", retryable=True, charge=Charge.POSSIBLE)
    assert (told.retryable, told.charge) == (True, Charge.POSSIBLE)
    assert not kind("another").retryable
