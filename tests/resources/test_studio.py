"""The studio of a run: opened once, stopped by an interruption, closed with the run."""

import os
import threading
from pathlib import Path

import dagster as dg
import pytest

from resources.core.errors import ContentError
from resources.providers.elevenlabs.resource import ElevenLabsResource
from resources.providers.fal.resource import FalResource
from resources.studio import PlacesResource, StudioResource
from tests.stage import Stage, build_stage, paid_show


def studio_of(stage: Stage, mode: str) -> StudioResource:
    return StudioResource(
        mode=mode,
        places=PlacesResource.of(stage.settings()),
        fal=FalResource(key="key:secret"),
        elevenlabs=ElevenLabsResource(api_key="key"),
    )


def open_files(folder: Path) -> list[str]:
    """The files below a folder that this process has open; none where the system does not tell."""
    told = Path("/proc/self/fd")
    links = [os.path.realpath(each) for each in told.iterdir()] if told.exists() else []
    return [link for link in links if link.startswith(str(folder))]


def run_with(resource: StudioResource, *, fails: bool = False) -> dg.ExecuteInProcessResult:
    """A run that opens a paid studio, and the same one again."""

    @dg.op
    def use(studio: StudioResource) -> None:
        opened = studio.open()
        assert studio.open() is opened
        assert opened.orders is not None
        assert opened.orders.ledger.rows() == []
        if fails:
            raise dg.Failure("as told")

    @dg.job(resource_defs={"studio": resource}, executor_def=dg.in_process_executor)
    def work() -> None:
        use()

    return work.execute_in_process(raise_on_error=False)


@pytest.mark.parametrize("fails", [False, True], ids=["a run that ends well", "a run that fails"])
def test_a_run_leaves_no_open_ledger_and_no_thread(tmp_path: Path, fails: bool) -> None:
    before = set(threading.enumerate())
    result = run_with(studio_of(paid_show(tmp_path), "draft"), fails=fails)
    assert result.success is not fails
    assert {thread for thread in threading.enumerate() if thread not in before and thread.is_alive()} == set()
    assert open_files(tmp_path) == []


def test_a_rehearsal_opens_nothing_that_would_have_to_be_closed(tmp_path: Path) -> None:
    studio = studio_of(build_stage(tmp_path), "rehearsal").open()
    assert studio.orders is None
    studio.close()
    studio.close()


def test_a_mode_that_there_is_not_is_refused_with_those_that_there_are(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match="rehearsal, draft, final"):
        studio_of(build_stage(tmp_path), "dream").open()
