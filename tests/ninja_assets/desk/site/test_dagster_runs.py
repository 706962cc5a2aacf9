"""What Dagster tells of an episode's runs that are under way."""

from pathlib import Path

import dagster as dg
import pytest

from ninja_assets.build import build_defs
from ninja_assets.cells.running.launch import run_tags
from ninja_assets.desk.site.dagster_runs import check_not_made_now, ended_run, last_run, live_runs
from ninja_assets.jobs import JOB_NAME, run_config
from ninja_assets.partitions import EPISODE, RANGE_END, RANGE_START, range_tags
from resources.core.errors import ContentError
from resources.core.names import CellKey, Mode
from resources.models.loading import load_show
from tests.stage import build_stage


def test_a_run_makes_its_own_segments_in_its_own_mode_until_it_has_ended(tmp_path: Path) -> None:
    stage = build_stage(tmp_path)
    settings, show, s02 = stage.settings(Mode.DRAFT), load_show(stage.show), CellKey("demo", "s02")
    with dg.DagsterInstance.ephemeral() as instance:
        instance.add_dynamic_partitions(EPISODE, ["demo"])
        run = dg.DagsterRun(
            job_name=JOB_NAME,
            run_id="00000000-0000-0000-0000-000000000001",
            status=dg.DagsterRunStatus.STARTED,
            tags=range_tags("demo", ["s01", "s02"]),
            run_config=run_config("draft", retake=["s01"]),
        )
        instance.add_run(run)
        [live] = live_runs(instance, show, settings)
        assert (live.mode, live.retake, live.cells) == ("draft", frozenset({"s01"}), (CellKey("demo", "s01"), s02))
        with pytest.raises(ContentError, match="a run is making s02"):
            check_not_made_now(instance, show, settings, "demo", "s02")
        with pytest.raises(ContentError, match="a run is making demo"):
            check_not_made_now(instance, show, settings, "demo")
        check_not_made_now(instance, show, settings, "demo", "s03")
        check_not_made_now(instance, show, settings, "other", "s02")
        check_not_made_now(instance, show, settings, "other")
        check_not_made_now(instance, show, settings.in_mode(Mode.FINAL), "demo", "s02")
        instance.report_run_canceled(run)
        check_not_made_now(instance, show, settings, "demo", "s02")


def test_a_run_that_is_executed_again_in_another_mode_is_of_that_one_before_it_begins(tmp_path: Path) -> None:
    stage = build_stage(tmp_path)
    with dg.DagsterInstance.ephemeral() as instance:
        first = {**range_tags("demo", ["s01"]), **run_tags([CellKey("demo", "s01")], "rehearsal")}
        waits = dg.DagsterRunStatus.NOT_STARTED
        instance.add_run(dg.DagsterRun(JOB_NAME, status=waits, tags=first, run_config=run_config("final")))
        [live] = live_runs(instance, load_show(stage.show), stage.settings())
        assert live.mode == "final"


def test_of_a_run_over_several_episodes_each_has_its_own_end(tmp_path: Path) -> None:
    stage = build_stage(tmp_path)
    stage.write_episode("good", "NINJA: One.\n")
    stage.write_episode("wrong", "NINJA: Two.\nNOBODY: Three.\n")
    with stage.instance() as instance:
        instance.add_dynamic_partitions(EPISODE, ["good", "wrong"])
        ended = (
            build_defs(settings=stage.settings())
            .resolve_job_def(JOB_NAME)
            .execute_in_process(
                instance=instance,
                tags={RANGE_START: "good|s01", RANGE_END: "wrong|s02"},
                asset_selection=[dg.AssetKey("script")],
                raise_on_error=False,
            )
        )
        good, wrong = (ended_run(instance, episode, Mode.REHEARSAL) for episode in ("good", "wrong"))
        assert (good.run_id, good.status, good.failures) == (ended.run_id, "SUCCESS", {})
        assert (wrong.run_id, wrong.status, list(wrong.failures)) == (ended.run_id, "FAILURE", ["s01", "s02"])
        assert "nobody is called 'NOBODY'" in wrong.failures["s01"]
        assert last_run(instance, "wrong", Mode.REHEARSAL) == (ended.run_id, "FAILURE")
        assert last_run(instance, "another", Mode.REHEARSAL) is None
