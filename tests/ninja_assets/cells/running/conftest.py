"""A toy show, its studio as a run opens it, and an instance of Dagster that knows two episodes."""

from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from resources.studio import Studio
from tests.ninja_assets.cells.toy import Toy, open_instance


@pytest.fixture
def toy(tmp_path: Path) -> Toy:
    return Toy.build(tmp_path)


@pytest.fixture
def studio(toy: Toy) -> Iterator[Studio]:
    opened = toy.studio().open()
    yield opened
    opened.close()


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with open_instance("demo", "other") as ephemeral:
        yield ephemeral
