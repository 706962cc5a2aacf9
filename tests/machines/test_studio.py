"""The studio of `deploy/` at work: every command of its compose file but the databases', with Celery and Redis."""

from pathlib import Path

import httpx
import pytest

from ninja_assets.desk.site.graphql_launches import LAUNCH
from ninja_assets.jobs import JOB_NAME
from tests.browser.server import until
from tests.machines.studio import Studio, studio
from tests.machines.workers import ObjectStore
from tests.paid.runs import NINJA
from tests.postgres import fresh_database
from tests.stage import build_stage

pytestmark = pytest.mark.machines

EPISODES = ("demo", "second")
START_SECONDS = 300
RUN_SECONDS = 480
ENDED = {"SUCCESS", "FAILURE", "CANCELED"}
_EPISODES = "{ assetNodes { partitionKeysByDimension { name partitionKeys } } }"
_RUN = "query Run($id: ID!) { runOrError(runId: $id) { ... on Run { status tags { key value } } } }"


def known(here: Studio) -> set[str]:
    """The episodes that Dagster knows, by its sensor."""
    nodes = here.ask(_EPISODES)["assetNodes"]
    found = nodes[0]["partitionKeysByDimension"] if nodes else []
    return {key for one in found if one["name"] == "episode" for key in one["partitionKeys"]}


def launch(here: Studio, episode: str) -> str:
    """Launch an episode as Dagster's pages do."""
    tags = {
        "dagster/asset_partition_range_start": f"{episode}|s01",
        "dagster/asset_partition_range_end": f"{episode}|s04",
    }
    params = {
        "selector": {
            "repositoryLocationName": "ninja_assets",
            "repositoryName": "__repository__",
            "pipelineName": JOB_NAME,
        },
        "mode": "default",
        "runConfigData": "{}",
        "executionMetadata": {"tags": [{"key": key, "value": value} for key, value in tags.items()]},
    }
    return str(here.ask(LAUNCH, params=params)["launchPipelineExecution"]["run"]["runId"])


def look_after(here: Studio, name: str) -> None:
    """Look whether a service is well until it says so, as its container does: a busy machine may be late once."""
    words = [word.replace("celery@", f"{name}@") for word in here.health(name)]
    host = here.run(name, "hostname").stdout.strip()
    said: list[str] = []

    def well() -> bool | None:
        looked = here.run(name, *words, HOSTNAME=host)
        said.append(f"{looked.stdout}{looked.stderr}")
        return True if looked.returncode == 0 else None

    try:
        until(f"{name} is well", well, START_SECONDS)
    except AssertionError as error:
        raise AssertionError(said[-1]) from error


def test_two_celery_workers_make_what_the_desk_launches_and_every_health_check_is_well(
    tmp_path: Path, database: str, store: ObjectStore
) -> None:
    stage = build_stage(tmp_path / "content")
    stage.write_episode("second", "NINJA: This is the second one.\nGLITCH: I can count to two.\n")
    with fresh_database() as dagster, studio(tmp_path, stage.show, (database, dagster), store) as here:

        def served() -> bool | None:
            try:
                return known(here) >= set(EPISODES) or None
            except httpx.HTTPError:
                return None

        until("the desk and its sensor", served, START_SECONDS)
        runs = {episode: launch(here, episode) for episode in EPISODES}
        for episode, run_id in runs.items():

            def ended(run_id: str = run_id) -> str | None:
                status = str(here.ask(_RUN, id=run_id)["runOrError"]["status"])
                return status if status in ENDED else None

            assert until(f"the run of {episode}", ended, RUN_SECONDS) == "SUCCESS", here.said("worker-one")
        for name in ("code", "daemon", "desk", "worker-one", "worker-two"):
            look_after(here, name)
        for episode in EPISODES:
            opened = here.run("elsewhere", *NINJA, "open", episode)
            assert opened.returncode == 0, opened.stderr
            assert (here.scratch / "elsewhere" / "output" / episode / "rehearsal" / "final.mp4").is_file()
        again = here.run("desk", *NINJA, "produce", EPISODES[0])
        assert again.returncode == 0, again.stderr
        assert " 0 made" in again.stderr
        looked = here.run("desk", *NINJA, "doctor")
        assert looked.returncode == 0, looked.stdout
        assert [name for name in store.names() if "/compute-logs/" in name]
