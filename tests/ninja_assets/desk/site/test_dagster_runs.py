"""What Dagster tells of an episode's runs that are under way."""

from pathlib import Path

import dagster as dg
import pytest

from ninja_assets.desk.site.dagster_runs import check_not_made_now, live_runs
from ninja_assets.jobs import JOB_NAME, run_config
from ninja_assets.partitions import EPISODE, range_tags
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
