"""A shell's run by a live `ninja ui`: who is asked, what is followed, and what happens when it dies or is ended.

In the place of `ninja ui` stands a small server that makes what it is asked for in a thread; the real one is in the
crash test.
"""

import json
import logging
import os
import signal
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import dagster as dg
import pytest

from ninja_assets.build import build_defs
from ninja_assets.cells.consent.barrier import Barrier
from ninja_assets.desk.run_queue import RunQueue, live_queue
from ninja_assets.jobs import JOB_NAME
from ninja_assets.runs.host import HOST_TAG, this_host
from ninja_assets.runs.production import QUIET, TO_VOICE, check_order, produce
from ninja_assets.served import Served, find_served, identity_of, write_served
from resources.core.names import Mode
from resources.core.progress import LOGGER, Progress, Step, parse, progress_of, report
from tests.stage import Stage, build_stage, fill_home, open_home


@dataclass
class Studio:
    """A stage, its Dagster, and what stands in the place of `ninja ui`. `begins`: it makes what it is asked for."""

    stage: Stage
    instance: dg.DagsterInstance
    url: str = ""
    begins: bool = True
    on_launch: Any = None  # before the run is there
    loses_answers: bool = False
    beats_at: float = field(default_factory=time.time)
    asked: list[Mapping[str, str]] = field(default_factory=list)
    cancelled: list[str] = field(default_factory=list)
    threads: list[threading.Thread] = field(default_factory=list)

    def __getattr__(self, name: str) -> Any:  # the instance, with a daemon's heartbeat
        return getattr(self.instance, name)

    def get_daemon_heartbeats(self) -> Mapping[str, Any]:
        return {"QUEUED_RUN_COORDINATOR": SimpleNamespace(timestamp=self.beats_at)}

    @property
    def queue(self) -> RunQueue:
        return RunQueue(Served(self.url, os.getpid(), this_host()), self)  # type: ignore[arg-type]  # it is one

    def answer(self, variables: Mapping[str, Any]) -> dict[str, Any]:
        if "params" in variables:
            launched = {"run": {"runId": self.launch(**variables)}}
            return {"launchPipelineExecution": {} if self.loses_answers else launched}
        if "runs" in variables:
            self.cancelled += variables["runs"]
            for run in map(self.instance.get_run_by_id, variables["runs"]):
                assert run is not None
                self.instance.report_run_canceled(run)
            return {"terminateRuns": {"__typename": "TerminateRunsResult"}}
        node = {"name": "repo", "location": {"name": "place"}, "jobs": [{"name": JOB_NAME}]}
        return {"repositoriesOrError": {"nodes": [node]}}

    def launch(self, params: Mapping[str, Any]) -> str:
        tags = {tag["key"]: tag["value"] for tag in params["executionMetadata"]["tags"]}
        self.asked.append(tags)
        job, run_id = build_defs(settings=self.stage.settings()).resolve_job_def(JOB_NAME), str(uuid4())
        if self.on_launch is not None:
            self.on_launch(self)
        if not self.begins:
            self.instance.create_run_for_job(job, run_id=run_id, tags=tags)
            return run_id
        asked = [dg.AssetKey(each["path"]) for each in params["selector"]["assetSelection"]]
        config = {**params["runConfigData"], **QUIET}

        def make() -> None:
            job.execute_in_process(
                instance=self.instance,
                run_id=run_id,
                run_config=config,
                tags=tags,
                asset_selection=asked,
                raise_on_error=False,
            )

        thread = threading.Thread(target=make)
        self.threads.append(thread)
        thread.start()
        while self.instance.get_run_by_id(run_id) is None:
            thread.join(0.02)
        return run_id


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    stage = build_stage(tmp_path)
    stage.write_episode(text="NINJA: One two three.\n")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._send({"pid": os.getpid()})

        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            self._send({"data": opened.answer(asked["variables"])})

        def _send(self, document: Mapping[str, Any]) -> None:
            body = json.dumps(document).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    home = fill_home(tmp_path / "dagster_home")
    logs = {"managed_python_loggers": ["ninja"], "python_log_level": "INFO"}  # as the project's dagster.yaml has them
    with (
        open_home(home, events_in_memory=True, python_logs=logs) as instance,
        ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server,
    ):
        opened = Studio(stage, instance, f"http://127.0.0.1:{server.server_address[1]}")
        serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        serving.start()
        yield opened
        for thread in opened.threads:
            thread.join()
        server.shutdown()
        serving.join()


def test_the_run_is_asked_for_and_followed_to_its_end(studio: Studio, caplog: pytest.LogCaptureFixture) -> None:
    seen: list[Progress] = []
    watching = logging.Handler()
    watching.emit = lambda record: seen.append(progress) if (progress := progress_of(record)) else None  # type: ignore[method-assign]
    order = check_order(studio.stage.settings(), "demo")
    caplog.set_level(logging.INFO, LOGGER.name)
    LOGGER.addHandler(watching)
    try:
        made = produce(order, studio.instance, queue=studio.queue, agreed=True, assets=TO_VOICE)
    finally:
        LOGGER.removeHandler(watching)
    assert made.error is None
    assert [segment.speaker for segment in made.segments] == ["NINJA"]
    [tags] = studio.asked
    assert HOST_TAG not in tags
    assert Barrier.of(tags) == Barrier(agreed=True)
    # The thread is of this process, so what it reports is seen here, too: twice, where the shell follows it.
    made_marks = [progress for progress in seen if (progress.asset, progress.step) == ("tts_audio", Step.MADE)]
    assert len(made_marks) == 2
    assert {progress.segment for progress in made_marks} == {"s01"}


def test_a_run_whose_launch_was_not_answered_is_found_and_not_made_twice(studio: Studio) -> None:
    studio.loses_answers = True
    made = produce(check_order(studio.stage.settings(), "demo"), studio.instance, queue=studio.queue, assets=TO_VOICE)
    assert made.error is None
    assert [run.run_id for run in studio.instance.get_runs()] == [made.run_id]


def test_a_failure_is_told_as_the_runs_own(studio: Studio) -> None:
    order = check_order(studio.stage.settings(), "demo")
    studio.stage.write_episode(text="NINJA: One.\nNOBODY {take: x}: Two.\n")
    made = produce(order, studio.instance, queue=studio.queue)
    assert made.final_video is None
    assert "demo.md:2" in str(made.error)


def test_a_daemon_that_dies_before_it_begins_leaves_the_run_to_this_process(studio: Studio) -> None:
    studio.begins = False

    def die(_: Studio) -> None:
        studio.beats_at = 0

    studio.on_launch = die
    order = check_order(studio.stage.settings(), "demo")
    made = produce(order, studio.instance, queue=studio.queue, assets=TO_VOICE)
    assert made.error is None
    statuses = {run.status for run in studio.instance.get_runs()}
    assert statuses == {dg.DagsterRunStatus.CANCELED, dg.DagsterRunStatus.SUCCESS}


def test_a_run_that_somebody_else_cancels_says_so(studio: Studio) -> None:
    studio.begins = False
    queue, order = studio.queue, check_order(studio.stage.settings(), "demo")

    def cancel() -> None:
        while not (runs := studio.instance.get_runs()):
            time.sleep(0.01)
        studio.instance.report_run_canceled(runs[0])

    canceller = threading.Thread(target=cancel)
    canceller.start()
    made = produce(order, studio.instance, queue=queue)
    canceller.join()
    assert "cancelled" in str(made.error)


def test_ctrl_c_ends_the_run_too(studio: Studio) -> None:
    studio.begins = False
    studio.on_launch = lambda _: os.kill(os.getpid(), signal.SIGINT)  # while the shell waits for the answer
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # what runs in the background ignores it
    try:
        with pytest.raises(KeyboardInterrupt):
            produce(check_order(studio.stage.settings(), "demo"), studio.instance, queue=studio.queue)
    finally:
        signal.signal(signal.SIGINT, before)
    [run] = studio.instance.get_runs()
    assert studio.cancelled == [run.run_id]
    assert run.status is dg.DagsterRunStatus.CANCELED


# Whom it is asked of


def test_only_a_ninja_ui_of_this_show_code_places_and_keys_on_this_machine_is_asked(studio: Studio) -> None:
    settings, home = studio.stage.settings(), studio.stage.root / "dagster_home"
    environment = {"DAGSTER_HOME": str(home), "NINJA_SHOW": str(settings.show), "FAL_KEY": "a"}
    mine = identity_of(settings, environment)

    def found(served: Served) -> bool:
        write_served(home, served)
        return live_queue(settings, studio, environment) is not None  # type: ignore[arg-type]  # it is one

    assert live_queue(settings, studio.instance, environment) is None
    assert found(Served(studio.url, 1, this_host(), mine))
    assert not found(Served(studio.url, 1, "another-machine", mine))
    assert not found(Served("http://127.0.0.1:9", 1, this_host(), mine))
    assert not found(Served(studio.url, 1, this_host(), identity_of(settings, {**environment, "FAL_KEY": "b"})))
    other = build_stage(studio.stage.root / "other").settings(Mode.DRAFT)
    assert not found(Served(studio.url, 1, this_host(), identity_of(other, environment)))
    published = replace(settings, publish="s3://public/episodes")
    assert not found(Served(studio.url, 1, this_host(), identity_of(published, environment)))
    studio.beats_at -= 61
    assert not found(Served(studio.url, 1, this_host(), mine))


def test_what_is_said_of_a_ninja_ui_is_read_back_and_holds_no_key(tmp_path: Path) -> None:
    settings = build_stage(tmp_path).settings()
    identity = identity_of(settings, {"FAL_KEY": "very-secret"})
    write_served(tmp_path, Served("http://127.0.0.1:1", 2, "here", identity))
    assert find_served(tmp_path) == Served("http://127.0.0.1:1", 2, "here", identity)
    assert "very-secret" not in (tmp_path / "ui.json").read_text(encoding="utf-8")
    (tmp_path / "ui.json").write_text("{}", encoding="utf-8")
    assert find_served(tmp_path) is None


def test_what_a_shell_says_of_itself_holds_for_no_launch_of_the_pages() -> None:
    shell = {**Barrier(terminal=True, agreed=True).tags, "ninja/door": "shell"}
    assert Barrier.of(shell) == Barrier(terminal=True, agreed=True)
    assert Barrier.of({**shell, "dagster/parent_run_id": "r"}) == Barrier()
    assert Barrier.of(Barrier(agreed=True).tags) == Barrier()


@pytest.mark.parametrize("step", list(Step))
@pytest.mark.parametrize("detail", ["", "place 3", "two\nlines: of it"])
def test_a_message_is_the_progress_that_was_reported(step: Step, detail: str, caplog: pytest.LogCaptureFixture) -> None:
    progress = Progress("speaker_clips", "demo", "s03", step, detail)
    caplog.set_level(logging.INFO, "ninja")
    report(progress)
    assert parse(caplog.records[-1].getMessage(), "demo") == progress
    assert parse("s03 is as it was", "demo") is None
