"""An error is told in four parts, and says what decides the next step."""

import pytest

from resources.core.errors import (
    CapError,
    Charge,
    ContentError,
    LedgerError,
    MediaError,
    NinjaError,
    StudioError,
    without_login,
)


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


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("sftp://ninja:s3cr3t@host/library", "sftp://***@host/library"),
        ("s3://KEY:s3cr3t@media", "s3://***@media"),
        ("ftp://ninja:s3@cr3t@host:21/a@b:c@d", "ftp://***@host:21/a@b:c@d"),
        ("no host in ftp://ninja:s3cr3t@: try again", "no host in ftp://***@: try again"),
        ("postgresql://user@host/database", "postgresql://user@host/database"),
        ("s3://bucket/a:b@c", "s3://bucket/a:b@c"),
        ("sftp:/ninja:s3cr3t@host/library", "sftp:/***@host/library"),
        ("/a/folder:of@somebody", "/a/folder:of@somebody"),
    ],
)
def test_a_login_in_an_address_is_not_shown_and_all_else_is(address: str, shown: str) -> None:
    assert without_login(address) == shown


def test_no_part_of_an_error_shows_the_password_of_an_address() -> None:
    address = "sftp://ninja:s3cr3t@host/library"
    error = ContentError(
        f"{address} is away", where=address, why=f"no {address}", hint=f"export NINJA_LIBRARY={address}"
    )
    assert "s3cr3t" not in f"{error}{error.args}"
    assert error.where == "sftp://***@host/library"
