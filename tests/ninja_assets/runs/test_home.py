"""Where Dagster keeps a show's runs."""

import logging
import stat
from pathlib import Path

import dagster as dg
import pytest

from ninja_assets.runs import instance_file
from ninja_assets.runs.home import dagster_home, dagster_instance, own_settings, ready_home
from resources.core.errors import ContentError
from resources.core.settings import ROOT


def test_the_example_has_the_projects_own_and_a_new_home_says_the_same() -> None:
    environment: dict[str, str] = {"NINJA_SHOW": str(ROOT / "show")}
    assert dagster_home(environment) == ROOT / "dagster_home"
    assert environment["DAGSTER_HOME"] == str(ROOT / "dagster_home")
    assert own_settings() == (ROOT / "dagster_home" / "dagster.yaml").read_text(encoding="utf-8")


def test_another_show_has_its_own_in_its_state_folder(tmp_path: Path) -> None:
    environment = {"NINJA_SHOW": str(tmp_path)}
    home = dagster_home(environment)
    assert home == tmp_path / ".state" / "dagster"
    assert (home / "dagster.yaml").read_text(encoding="utf-8") == own_settings()
    assert stat.S_IMODE(home.parent.stat().st_mode) == 0o700
    (home / "dagster.yaml").write_text("a person's\n", encoding="utf-8")
    assert dagster_home({"NINJA_SHOW": str(tmp_path)}) == home
    assert (home / "dagster.yaml").read_text(encoding="utf-8") == "a person's\n"


def test_a_home_that_is_named_is_taken_as_it_is(tmp_path: Path) -> None:
    assert dagster_home({"DAGSTER_HOME": str(tmp_path)}) == tmp_path
    assert list(tmp_path.iterdir()) == []


def test_a_show_in_which_nothing_can_be_made_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    with pytest.raises(ContentError, match="no place"):
        dagster_home({"NINJA_SHOW": str(file)})


def test_a_home_that_cannot_be_made_is_told_with_the_setting_that_names_it(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    with pytest.raises(ContentError, match="no place: DAGSTER_HOME") as refused:
        ready_home({"DAGSTER_HOME": str(file / "home")})
    assert refused.value.where == str(file / "home")
    assert "another one" in str(refused.value.hint)


@pytest.mark.parametrize("elsewhere", [True, False])
def test_a_home_where_nobody_may_write_is_enough_where_dagster_keeps_nothing_in_it(
    elsewhere: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(instance_file, "is_missing", lambda _: False)
    storage = "storage: {postgres: {postgres_url: postgresql+psycopg2://database/dagster}}\n" if elsewhere else ""
    logs = "compute_logs: {module: dagster_aws.s3.compute_log_manager, class: S3ComputeLogManager}\n"
    (tmp_path / "dagster.yaml").write_text(storage + logs, encoding="utf-8")
    (tmp_path / ".opening.lock").mkdir()  # no file can be made there, by root neither
    if elsewhere:
        assert ready_home({"DAGSTER_HOME": str(tmp_path)}) == tmp_path
    else:
        with pytest.raises(ContentError, match="no place: DAGSTER_HOME"):
            ready_home({"DAGSTER_HOME": str(tmp_path)})


# The event log that earlier versions had

OLD_LOG = """\
event_log_storage:
  module: ninja_assets.storage
  class: PooledSqliteEventLog
  config:
    base_dir:
      env: DAGSTER_HOME
"""


@pytest.mark.parametrize("after", ["", "# what follows\nnux:\n  enabled: false\n", "\n\nnux: {enabled: false}\n"])
def test_a_home_elsewhere_that_names_the_old_event_log_is_told_the_lines_to_delete(tmp_path: Path, after: str) -> None:
    file = tmp_path / "dagster.yaml"
    file.write_text(f"telemetry: {{enabled: false}}\n# its own\n{OLD_LOG}{after}", encoding="utf-8")
    with pytest.raises(ContentError) as refused:
        ready_home({"DAGSTER_HOME": str(tmp_path)})
    assert refused.value.where == f"{file}:3"
    assert refused.value.hint == f"delete these lines (3 to 8):\n{OLD_LOG.rstrip()}"
    lines = file.read_text(encoding="utf-8").splitlines()
    file.write_text("\n".join(lines[:2] + lines[8:]), encoding="utf-8")
    assert ready_home({"DAGSTER_HOME": str(tmp_path)}) == tmp_path


def test_a_home_that_the_project_made_is_brought_to_this_version(tmp_path: Path) -> None:
    home = tmp_path / ".state" / "dagster"
    home.mkdir(parents=True)
    (home / "dagster.yaml").write_text(f"a: 1\n{OLD_LOG}# a person's\nb: 2\n", encoding="utf-8")
    ready_home({"NINJA_SHOW": str(tmp_path)})
    assert (home / "dagster.yaml").read_text(encoding="utf-8") == "a: 1\n# a person's\nb: 2\n"


def test_the_events_of_earlier_versions_are_where_dagster_looks(tmp_path: Path) -> None:
    with dg.DagsterInstance.local_temp(str(tmp_path)) as instance:
        instance.report_runless_asset_event(dg.AssetMaterialization("clips", partition="demo|s01"))
    (tmp_path / "history" / "runs").rename(tmp_path / "events")  # as the old event log had them
    ready_home({"DAGSTER_HOME": str(tmp_path)})
    assert not (tmp_path / "events").exists()
    with dg.DagsterInstance.local_temp(str(tmp_path)) as instance:
        assert instance.get_materialized_partitions(dg.AssetKey("clips")) == {"demo|s01"}


def test_dagster_opens_a_home_with_the_projects_settings_and_captures_no_output(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    (tmp_path / "dagster.yaml").write_text(own_settings(), encoding="utf-8")
    with dg.DagsterInstance.get() as instance:
        assert type(instance.compute_log_manager).__name__ == "NoOpComputeLogManager"
        assert "SqliteEventLogStorage" in type(instance.event_log_storage).__name__


def test_a_storage_that_cannot_be_opened_is_told_in_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "dagster.yaml").write_text("storage: {sqlite: {base_dirr: /x}}\n", encoding="utf-8")
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    with pytest.raises(ContentError, match="Dagster's storage cannot be opened") as refused:
        dagster_instance()
    assert "base_dirr" in str(refused.value.why)
    assert "ninja doctor" in str(refused.value.hint)


def test_a_storage_that_tries_again_before_it_gives_up_is_told_by_its_error_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    driver = 'import logging\nlogging.warning("Retrying failed connection")\nraise RuntimeError("connection refused")\n'
    (tmp_path / "retrying_storage.py").write_text(driver, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    asked = "run_storage: {module: retrying_storage, class: Storage}\n"
    (tmp_path / "dagster.yaml").write_text(asked, encoding="utf-8")
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    with pytest.raises(ContentError, match="connection refused") as refused:
        dagster_instance()
    assert "Retrying" not in caplog.text + str(refused.value)
    logging.warning("said later")
    assert "said later" in caplog.text
