"""A library for the tests of this folder."""

from pathlib import Path

import pytest

from resources.core.library import Library


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path / "library")
