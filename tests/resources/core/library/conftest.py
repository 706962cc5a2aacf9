"""A library in a folder of its own."""

from pathlib import Path

import pytest

from resources.core.library import Library


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "library"


@pytest.fixture
def library(root: Path) -> Library:
    return Library(root, durable=False)
