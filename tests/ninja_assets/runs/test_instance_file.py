"""What dagster.yaml asks for is looked at before Dagster is: a package that is missing, an address it cannot use."""

from pathlib import Path

import pytest

from ninja_assets.runs import instance_file
from ninja_assets.runs.home import dagster_home
from ninja_assets.runs.instance_file import check_instance_file, keeps_elsewhere, modules_of
from resources.core.errors import ContentError
from resources.core.settings import ROOT

POSTGRES = "storage: {postgres: {postgres_url: {env: STUDIO_URL}}}\n"


def written(folder: Path, text: str) -> Path:
    (folder / "dagster.yaml").write_text(text, encoding="utf-8")
    return folder / "dagster.yaml"


@pytest.fixture
def nothing_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(instance_file, "is_missing", lambda _: True)


@pytest.fixture
def all_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(instance_file, "is_missing", lambda _: False)


@pytest.mark.usefixtures("nothing_installed")
def test_a_package_that_is_missing_is_one_error_that_names_its_extra(tmp_path: Path) -> None:
    written(tmp_path, "run_launcher: {module: dagster_k8s.launcher, class: K8sRunLauncher}\n")
    with pytest.raises(ContentError, match="asks for dagster_k8s, which is not installed") as refused:
        dagster_home({"DAGSTER_HOME": str(tmp_path)})
    assert refused.value.hint == "python -m pip install 'ninja-assets[k8s]'"


@pytest.mark.usefixtures("nothing_installed")
def test_the_short_form_of_a_storage_stands_for_its_package(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match=r"dagster_postgres"):
        check_instance_file(written(tmp_path, POSTGRES), {})


@pytest.mark.usefixtures("all_installed")
def test_a_plain_address_is_told_before_dagster_fails_at_it(tmp_path: Path) -> None:
    file = written(tmp_path, POSTGRES)
    with pytest.raises(ContentError, match="plain postgresql://") as refused:
        check_instance_file(file, {"STUDIO_URL": "postgresql://ninja:very-secret@database/shows"})
    assert "very-secret" not in str(refused.value)
    check_instance_file(file, {"STUDIO_URL": "postgresql+psycopg2://ninja@database/shows"})


@pytest.mark.usefixtures("all_installed")
def test_a_variable_that_is_not_set_is_told_by_name(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match="takes STUDIO_URL from the environment, where it is not set") as refused:
        check_instance_file(written(tmp_path, POSTGRES), {})
    assert "export STUDIO_URL=" in str(refused.value.hint)


@pytest.mark.usefixtures("nothing_installed")
def test_a_file_of_one_machine_and_none_at_all_are_well(tmp_path: Path) -> None:
    check_instance_file(tmp_path / "dagster.yaml", {})
    check_instance_file(written(tmp_path, "telemetry: {enabled: false}\n"), {})
    check_instance_file(written(tmp_path, "run_launcher: {module: ninja_assets.runs.launcher, class: A}\n"), {})


def test_modules_are_found_in_any_place() -> None:
    asked = {"a": [{"module": "x.y"}], "storage": {"postgres": {"module": 3}}}
    assert list(modules_of(asked)) == ["x.y", "dagster_postgres"]


_LOGS = "compute_logs: {module: dagster_aws.s3.compute_log_manager, class: S3ComputeLogManager}\n"
_CHART = """\
run_storage: {module: dagster_postgres.run_storage, class: PostgresRunStorage, config: {}}
event_log_storage: {module: dagster_postgres.event_log, class: PostgresEventLogStorage, config: {}}
schedule_storage: {module: dagster_postgres.schedule_storage, class: PostgresScheduleStorage, config: {}}
"""
_LOCAL = "compute_logs: {module: dagster.core.storage.local_compute_log_manager, class: LocalComputeLogManager}\n"


@pytest.mark.parametrize(
    ("text", "elsewhere"),
    [
        (POSTGRES + _LOGS, True),
        (_CHART + _LOGS, True),
        (_CHART.replace("PostgresRunStorage", "SqliteRunStorage") + _LOGS, False),
        (_CHART.replace("run_storage:", "other:") + _LOGS, False),
        (POSTGRES, False),
        (POSTGRES + _LOCAL, False),
        (_LOGS, False),
        ("storage: {sqlite: {base_dir: /elsewhere}}\n" + _LOGS, False),
        ("", False),
        ("- storage\n", False),
        ("storage: [\n", False),
    ],
)
def test_dagster_keeps_nothing_in_its_home_only_where_both_its_runs_and_their_logs_have_another_place(
    text: str, elsewhere: bool, tmp_path: Path
) -> None:
    assert keeps_elsewhere(written(tmp_path, text)) is elsewhere
    assert not keeps_elsewhere(tmp_path / "none.yaml")


def test_the_studio_of_deploy_keeps_nothing_in_the_folder_of_its_image() -> None:
    assert keeps_elsewhere(ROOT / "deploy" / "dagster.yaml")
