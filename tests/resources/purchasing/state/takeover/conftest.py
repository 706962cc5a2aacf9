from pathlib import Path

import pytest

from tests.fixtures.bought import bought_before
from tests.stage import Stage


@pytest.fixture
def before(tmp_path: Path) -> Stage:
    """What an earlier version left."""
    return Stage(bought_before(tmp_path))
