"""Receipts that a library keeps: of which file, whole or left out, and on the disk before they count."""

import logging
import os
from pathlib import Path

import pytest

from resources.core.library import Library
from tests.resources.core.library.on_disk import opened_anew


def receipts_of(library: Library) -> list[tuple[str, bytes]]:
    """Every receipt that is whole: of which file, and what was told."""
    found = ((name.sha256, library.receipt(name)) for name in library.receipt_names())
    return sorted((sha256, content) for sha256, content in found if content is not None)


def test_receipts_are_kept_beside_the_media_and_found_by_file(root: Path, library: Library) -> None:
    one, two = "ab" * 32, "cd" * 32
    library.put_receipt(two, b'{"usd": 2}')
    library.put_receipt(one, b'{"usd": 1}')
    library.put_receipt(one, b'{"usd": 1}')
    library.put_receipt(one, b'{"usd": 3}')  # another purchase that brought the same file
    found = receipts_of(opened_anew(root))
    assert found == [(one, b'{"usd": 1}'), (one, b'{"usd": 3}'), (two, b'{"usd": 2}')]
    paths = list((root / "receipts" / "ab").iterdir())
    assert [path.name.startswith(one) for path in paths] == [True, True]


def test_a_library_without_receipts_has_none(library: Library) -> None:
    assert receipts_of(library) == []


def test_a_damaged_receipt_is_told_left_out_and_healed(
    root: Path, library: Library, caplog: pytest.LogCaptureFixture
) -> None:
    library.put_receipt("ab" * 32, b'{"usd": 1}')
    [path] = (root / "receipts" / "ab").iterdir()
    path.write_bytes(b'{"usd": 9}')
    with caplog.at_level(logging.WARNING):
        assert receipts_of(library) == []
    assert "is no whole receipt" in caplog.text
    library.put_receipt("ab" * 32, b'{"usd": 1}')
    assert len(receipts_of(library)) == 1


def test_a_receipt_is_on_the_disk_even_of_a_library_that_is_not_durable(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[int] = []
    monkeypatch.setattr(os, "fsync", synced.append)
    library.put_bytes(b"a rehearsal's", ".mp4")
    assert synced == []
    library.put_receipt("ab" * 32, b"{}")
    assert len(synced) >= 2  # the file and its folder
