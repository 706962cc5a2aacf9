"""The studio of a run: what a mode chooses, what is refused before anything is opened, what is closed after it."""

import os
import threading
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from resources.core.errors import ContentError, StudioError
from resources.core.names import Mode
from resources.providers.elevenlabs.resource import ElevenLabsResource
from resources.providers.fal.resource import FalResource
from resources.providers.fal.wire import client as client_module
from resources.studio import PlacesResource, StudioResource
from tests.stage import PAID_SHOW, Stage, build_stage, paid_show


def studio_of(stage: Stage, *, key: str = "", **config: Any) -> StudioResource:
    """The resource as a run has it, with one key for both providers."""
    return StudioResource(
        places=PlacesResource.of(stage.settings()),
        fal=FalResource(key=key, base_url="http://127.0.0.1:9"),
        elevenlabs=ElevenLabsResource(api_key=key, base_url="http://127.0.0.1:9"),
        **config,
    )


def test_a_rehearsal_needs_no_key_and_has_nothing_to_buy(tmp_path: Path) -> None:
    stage = build_stage(tmp_path)
    studio = studio_of(stage).open()
    assert (studio.mode, studio.market) == (Mode.REHEARSAL, None)
    assert {
        type(part).__module__.split(".")[2] for part in (studio.voice, studio.uploads, studio.clips, studio.shots)
    } == {"offline"}
    studio.stop()


@pytest.fixture
def unpointed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that has talked to no server of fal.ai yet."""
    monkeypatch.setattr(client_module, "_pointed_at", [])


@pytest.mark.usefixtures("unpointed")
@pytest.mark.parametrize("mode", [Mode.DRAFT, Mode.FINAL])
def test_a_paid_mode_is_opened_with_its_own_models_and_sends_nothing(tmp_path: Path, mode: Mode) -> None:
    stage = paid_show(tmp_path)
    resource = studio_of(stage, key="a-key-of-no-account", mode=mode.value)
    studio = resource.open()
    assert studio.market is not None
    assert studio.market.models == studio.show.models[mode]
    assert studio.workers == 2 * studio.show.slots
    studio.stop()


def test_it_is_opened_once_however_many_ask(tmp_path: Path) -> None:
    resource = studio_of(build_stage(tmp_path))
    assert resource.open() is resource.open()


def test_what_is_made_anew_is_what_the_launch_says_and_by_default_the_performance(tmp_path: Path) -> None:
    stage = build_stage(tmp_path)
    assert studio_of(stage).open().retake == frozenset()
    assert studio_of(stage).open().retake_of == {"voice", "speaker", "shot"}
    chosen = studio_of(stage, retake=["s02"], retake_of=["listener"]).open()
    assert [*chosen.retake, *chosen.retake_of] == ["s02", "listener"]


def test_what_is_left_empty_in_the_launchpad_is_taken_by_dagster_and_judged_here(tmp_path: Path) -> None:
    seen: list[tuple[frozenset[str], frozenset[str]]] = []

    @dg.op
    def look(studio: StudioResource) -> None:
        opened = studio.open()
        seen.append((opened.retake, opened.retake_of))

    job = dg.GraphDefinition("empty", node_defs=[look]).to_job(
        resource_defs={"studio": studio_of(build_stage(tmp_path))}
    )
    empty = {"resources": {"studio": {"config": {"retake": None, "retake_of": None}}}}
    assert dg.validate_run_config(job, empty)
    assert job.execute_in_process(run_config=empty).success
    assert seen == [(frozenset(), frozenset({"voice", "speaker", "shot"}))]
    nothing = {"resources": {"studio": {"config": {"mode": None}}}}
    with pytest.raises(ContentError, match="no mode is named"):
        job.execute_in_process(run_config=nothing)


@pytest.mark.parametrize(
    ("config", "says"),
    [
        ({"mode": "Final"}, "there is no mode 'Final'"),
        ({"mode": ""}, "use one of rehearsal, draft, final"),
        ({"mode": None}, "write one of rehearsal, draft, final, or leave mode out"),
        ({"retake": ["s02"], "retake_of": []}, "nothing of s02 is to be made anew"),
        ({"retake": ["3"]}, "'3' is not a segment"),
        ({"retake": ["s02", "all"]}, "'all' is not a segment"),
        ({"retake": ["s02"], "retake_of": ["everything"]}, "nothing called everything can be made anew"),
        ({"retake_of": ["voice"]}, "retake names no segment"),
        ({"retake_of": []}, "retake names no segment"),
    ],
)
def test_a_launch_that_cannot_be_meant_is_refused(tmp_path: Path, config: dict[str, Any], says: str) -> None:
    with pytest.raises(ContentError) as refused:
        studio_of(build_stage(tmp_path), **config).open()
    assert says in str(refused.value)


@pytest.mark.parametrize(
    ("line", "mode", "says"),
    [("caps:", "draft", "draft mode needs caps"), ("final:", "final", "which models final mode uses")],
)
def test_a_paid_mode_that_the_show_does_not_set_up_is_refused_with_the_lines_to_add(
    tmp_path: Path, line: str, mode: str, says: str
) -> None:
    stage = paid_show(tmp_path)
    stage.write_show("\n".join(each for each in PAID_SHOW.splitlines() if not each.strip().startswith(line)))
    with pytest.raises(ContentError, match=says) as refused:
        studio_of(stage, key="a-key", mode=mode).open()
    assert "add to show.yaml" in str(refused.value.hint)


def test_a_paid_mode_without_a_key_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StudioError, match="no key"):
        studio_of(paid_show(tmp_path), mode="draft").open()


def test_places_are_those_of_the_settings_in_the_mode_of_the_run(tmp_path: Path) -> None:
    settings = build_stage(tmp_path).settings()
    assert PlacesResource.of(settings).settings(Mode.FINAL) == settings.in_mode(Mode.FINAL)


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
        assert opened.market is not None
        assert opened.market.ledger.rows() == []
        if fails:
            raise dg.Failure("as told")

    @dg.job(resource_defs={"studio": resource}, executor_def=dg.in_process_executor)
    def work() -> None:
        use()

    return work.execute_in_process(raise_on_error=False)


@pytest.mark.usefixtures("unpointed")
@pytest.mark.parametrize("fails", [False, True], ids=["a run that ends well", "a run that fails"])
def test_a_run_leaves_no_open_ledger_and_no_thread(tmp_path: Path, fails: bool) -> None:
    before = set(threading.enumerate())
    result = run_with(studio_of(paid_show(tmp_path), key="a-key-of-no-account", mode="draft"), fails=fails)
    assert result.success is not fails
    assert {thread for thread in threading.enumerate() if thread not in before and thread.is_alive()} == set()
    assert open_files(tmp_path) == []
