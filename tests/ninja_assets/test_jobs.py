"""What a schedule or a sensor asks for."""

from pathlib import Path

import dagster as dg

from ninja_assets.build import build_defs
from ninja_assets.cells.running.launch import run_tags
from ninja_assets.jobs import JOB_NAME, episode_request, runs_of
from resources.core.names import CellKey, Mode
from tests.stage import build_stage


def test_a_request_can_be_sent_from_the_code_server_to_the_daemon() -> None:
    request = episode_request("daily", "demo", ["s01", "s02", "s03"], Mode.DRAFT)
    assert dg.deserialize_value(dg.serialize_value(request), dg.RunRequest) == request


def test_a_request_is_one_run_over_all_segments_in_its_mode() -> None:
    request = episode_request("daily", "demo", ["s01", "s02", "s03"], Mode.DRAFT)
    assert request.tags["dagster/asset_partition_range_start"] == "demo|s01"
    assert request.tags["dagster/asset_partition_range_end"] == "demo|s03"
    assert request.run_config == {"resources": {"studio": {"config": {"mode": "draft"}}}}


def test_the_runs_of_an_episode_are_its_own_and_those_that_made_it_among_others_the_newest_first(
    tmp_path: Path,
) -> None:
    stage = build_stage(tmp_path)
    job = build_defs(settings=stage.settings()).resolve_job_def(JOB_NAME)
    monday, tuesday = CellKey("monday", "s01"), CellKey("tuesday", "s01")
    launched = [([monday], "draft"), ([monday, tuesday], "draft"), ([tuesday], "draft"), ([monday], "final")]
    with stage.instance() as instance:
        runs = [instance.create_run_for_job(job, tags=run_tags(cells, mode)).run_id for cells, mode in launched]

        def found(episode: str, limit: int | None = None) -> list[int]:
            wanted = runs_of(instance, episode, Mode.DRAFT, job_name=JOB_NAME, limit=limit)
            return [runs.index(run.run_id) for run in wanted]

        assert (found("monday"), found("tuesday"), found("wednesday")) == ([1, 0], [2, 1], [])
        assert (found("monday", 1), found("tuesday", 1)) == ([1], [2])
        assert runs_of(instance, "monday", Mode.DRAFT, job_name="another") == []
