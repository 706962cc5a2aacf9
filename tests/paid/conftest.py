"""A server in a process of its own, and a stage that buys from it."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.paid.runs import PaidStage
from tests.providers.fixture import provider_process

LINES = ["NINJA: [excited] One two three, here we go.", "GLITCH: Four five six, count!", "NINJA: Seven eight, done."]
MakeStage = Callable[..., PaidStage]


@pytest.fixture
def make_stage(tmp_path: Path) -> Iterator[MakeStage]:
    """Builds a stage with the episode `demo` of three lines; keywords are the server's settings."""
    with ExitStack() as stack:

        def make(**settings: Any) -> PaidStage:
            server = provider_process(tmp_path / "server", **{"video_height": 120, **settings})
            stage = PaidStage.build(tmp_path / "stage", stack.enter_context(server), slots=4)
            stage.write_episode("demo", LINES)
            return stage

        yield make
