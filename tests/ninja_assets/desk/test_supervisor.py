"""The whole of `ninja ui`, as real processes that are killed: what heals, what is told, and that nothing is left."""

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest

from ninja_assets.desk.ports import take_port
from ninja_assets.jobs import JOB_NAME
from resources.core.settings import ROOT
from resources.models.loading import load_show
from resources.purchasing.books import open_state
from resources.purchasing.ledger.arrivals import Hooks
from tests.browser.server import NINJA, NinjaUi, is_alive, until
from tests.signer import Signer, signing

pytestmark = pytest.mark.crash

PATIENCE_SECONDS = 240.0

_LAUNCH = """mutation Launch($tags: [ExecutionTag!]!) { launchPipelineExecution(executionParams: {
    selector: {repositoryLocationName: "ninja_assets", repositoryName: "__repository__", pipelineName: "%s"}
    mode: "default" runConfigData: "{}" executionMetadata: {tags: $tags}
}) { __typename ... on LaunchRunSuccess { run { runId } } } }"""


def _slow(episode: str) -> str:
    """Far longer to make than anything needs to begin, on a busy machine, too: 200 s of sound, no line of it twice."""
    return "".join(
        f"NINJA: {f'{number} for the {episode}, and then we count on for as long as it takes to be killed. ' * 8}\n"
        for number in ("One", "Two", "Three", "Four")
    )


@pytest.fixture
def ui(tmp_path: Path) -> Iterator[NinjaUi]:
    served = NinjaUi(tmp_path)
    yield served
    served.lose_power()


def _named(ui: NinjaUi, *words: str) -> psutil.Process:
    return next(one for one in ui.processes() if all(word in " ".join(one.cmdline()) for word in words))


def _launch(ui: NinjaUi, episode: str) -> str:
    tags = {
        "dagster/asset_partition_range_start": f"{episode}|s01",
        "dagster/asset_partition_range_end": f"{episode}|s04",
    }
    answer = ui.ask(_LAUNCH % JOB_NAME, tags=[{"key": key, "value": value} for key, value in tags.items()])
    return str(answer["launchPipelineExecution"]["run"]["runId"])


def _status(ui: NinjaUi, run_id: str) -> str:
    return next(run.status for run in ui.runs() if run.run_id == run_id)


def test_what_dies_is_started_again_and_ctrl_c_leaves_nothing(ui: NinjaUi) -> None:
    ui.start()
    assert ui.url in ui.said

    daemon = _named(ui, "dagster-daemon")
    daemon.kill()
    until("the daemon", lambda: "the daemon ended (killed by SIGKILL)" in ui.said or None, PATIENCE_SECONDS)

    _named(ui, "api", "grpc").kill()
    until("the code server", lambda: "the code server ended" in ui.said or None, PATIENCE_SECONDS)
    until("the definitions", lambda: bool(ui.ask("{ assetNodes { id } }")["assetNodes"]) or None, PATIENCE_SECONDS)

    second = subprocess.run(
        [*NINJA, "ui", "--port", "0"], cwd=ROOT, env=ui.environment, capture_output=True, text=True, check=False
    )
    assert second.returncode == 2
    assert "this show is served already" in second.stderr
    assert ui.url in second.stderr

    taken = subprocess.run(
        [*NINJA, "ui", "--port", str(ui.port)],
        cwd=ROOT,
        env={**ui.environment, "DAGSTER_HOME": str(ui.home.with_name("other"))},
        capture_output=True,
        text=True,
        check=False,
    )
    assert taken.returncode == 2
    assert f"port {ui.port} of 127.0.0.1 is taken" in taken.stderr

    everything = ui.processes()
    assert ui.stop() == 0
    assert not [one for one in everything if is_alive(one)]
    assert not (ui.home / "ui.json").exists()


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="only Linux tells a process of its parent's death")
def test_a_supervisor_that_is_killed_takes_the_others_along(ui: NinjaUi) -> None:
    ui.start()
    everything = ui.processes()
    assert len(everything) == 5
    assert ui.process is not None
    ui.process.kill()
    ui.process.wait()
    until("the end of all", lambda: not [one for one in everything if is_alive(one)] or None, PATIENCE_SECONDS)


def test_runs_that_died_with_the_machine_are_ended_and_their_cells_can_be_launched(ui: NinjaUi) -> None:
    for episode in ("queued", "shell"):
        ui.stage.write_episode(episode, _slow(episode))
    ui.start()
    run_id = _launch(ui, "queued")
    until("the run", lambda: _status(ui, run_id) == "STARTED" or None, PATIENCE_SECONDS)
    command = [*NINJA, "produce", "shell"]
    elsewhere = {**ui.environment, "FAL_KEY": "another"}  # another key than the daemon has: a run of its own process
    with subprocess.Popen(command, cwd=ROOT, env=elsewhere, stderr=subprocess.DEVNULL) as shell:
        until("the shell's run", lambda: (len(ui.runs()) == 2 and _first_started(ui)) or None, PATIENCE_SECONDS)
        assert {run.status for run in ui.runs()} == {"STARTED"}
        for process in (*ui.processes(), psutil.Process(shell.pid)):
            os.kill(process.pid, signal.SIGKILL)
    assert ui.process is not None
    ui.process.wait()

    ui.start()
    until(
        "the end of both runs",
        lambda: {run.status for run in ui.runs()} == {"FAILURE"} or None,
        PATIENCE_SECONDS,
    )
    again = _launch(ui, "queued")
    until("the next run", lambda: _status(ui, again) == "STARTED" or None, PATIENCE_SECONDS)
    assert ui.stop(signal.SIGTERM) == 0
    assert "1 run(s) are cancelled" in ui.said
    ui.start()
    assert _status(ui, again) == "CANCELED"
    ui.stop()


def test_hooks_of_fal_come_in_by_a_server_of_their_own_which_is_kept_up(tmp_path: Path) -> None:
    with signing() as signer:
        port = take_port("127.0.0.1", 0)
        hooks_at = f"http://127.0.0.1:{port}"
        ours = {"NINJA_WEBHOOK_URL": "https://hooks.example", "NINJA_WEBHOOK_PORT": f"{port}"}
        served = NinjaUi(tmp_path, environment={**ours, "FAL_BASE_URL": signer.base_url})
        try:
            served.start()
            settings = served.stage.settings()
            with open_state(settings, load_show(settings.show)) as state:
                hooks = Hooks(state.store)
                address = f"{hooks_at}/fal/{hooks.expect(7)}"

                def send(by: Signer) -> int | None:
                    headers, body = by.hook("r1")
                    try:
                        return httpx.post(address, headers=headers, content=body).status_code
                    except httpx.TransportError:  # it is being started
                        return None

                assert until("the webhook server", lambda: send(Signer()), PATIENCE_SECONDS) == 403
                assert hooks.request_of(7) is None
                assert send(signer) == 200
                assert hooks.request_of(7) == "r1"
                assert {httpx.get(f"{hooks_at}{path}").status_code for path in ("/", "/desk/", "/graphql")} == {404}
                _named(served, "desk.hooks").kill()
                until("its end", lambda: "the webhook server ended (killed by SIGKILL)" in served.said or None, 60)
                assert until("the webhook server", lambda: send(signer), PATIENCE_SECONDS) == 200
            assert served.stop() == 0
        finally:
            served.lose_power()


def test_a_shells_episode_goes_through_the_queue_of_a_live_ui(ui: NinjaUi) -> None:
    ui.start()
    command = [*NINJA, "produce", "demo"]
    made = subprocess.run(command, cwd=ROOT, env=ui.environment, capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stderr
    assert f"made by `ninja ui`: {ui.url}" in made.stderr
    assert "s01 composites made" in made.stderr
    assert Path(made.stdout.strip()).name == "final.mp4"
    [run] = ui.runs_of("demo")
    assert (run.tags["ninja/door"], ":" in run.tags["ninja/host"]) == ("shell", False)
    ui.stop()


def _first_started(ui: NinjaUi) -> bool:
    return ui.runs()[0].status == "STARTED"
