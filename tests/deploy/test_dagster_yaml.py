"""Dagster's settings for a studio of several machines: loaded by a real instance, with the limits that they say."""

import importlib
import os
from pathlib import Path

import dagster as dg
import pytest
import yaml

from ninja_assets.cells.running.launch import EPISODE_TAG, MODE_TAG
from ninja_assets.runs.instance_file import check_instance_file, modules_of
from resources.core.extras import EXTRAS
from tests.deploy.files import parsed, text
from tests.postgres import fresh_database

INSTALLED = all(importlib.util.find_spec(module) for module in ("dagster_postgres", "dagster_aws", "dagster_celery"))
needs_extras = pytest.mark.skipif(not INSTALLED, reason="pip install 'ninja-assets[postgres,s3,celery]'")


def test_every_package_that_it_names_has_an_extra() -> None:
    names = {module.partition(".")[0] for module in modules_of(parsed("dagster.yaml"))} - {"dagster"}
    assert names == {"dagster_postgres", "dagster_aws", "dagster_celery"}
    assert names <= set(EXTRAS)


@needs_extras
def test_every_class_that_it_names_can_be_imported() -> None:
    for asked in parsed("dagster.yaml").values():
        if isinstance(asked, dict) and "module" in asked:
            assert hasattr(importlib.import_module(asked["module"]), asked["class"])


def test_an_episode_is_made_by_one_run_and_paid_runs_are_limited() -> None:
    limits = parsed("dagster.yaml")["concurrency"]["runs"]["tag_concurrency_limits"]
    by_key = {(each["key"], str(each["value"])): each["limit"] for each in limits}
    assert by_key[EPISODE_TAG, "{'applyLimitPerUniqueValue': True}"] == 1
    assert {value for key, value in by_key if key == MODE_TAG} == {"draft", "final"}
    [helm] = [parsed("helm-values.yaml")["dagsterDaemon"]["runCoordinator"]["config"]["queuedRunCoordinator"]]
    assert helm["tagConcurrencyLimits"] == limits


def opened(folder: Path, settings: str) -> dg.DagsterInstance:
    """An instance by those settings, with the folder of the image in the place of a test."""
    (folder / "dagster.yaml").write_text(settings.replace("/scratch", str(folder)), encoding="utf-8")
    return dg.DagsterInstance.from_config(str(folder))


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.setenv("NINJA_LOGS_BUCKET", "studio")
    monkeypatch.setenv("NINJA_BROKER_URL", "redis://127.0.0.1:9/0")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):  # else boto3 asks the machine's cloud for them
        monkeypatch.setenv(name, "loopback")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    return monkeypatch


@needs_extras
def test_all_but_the_storage_loads(tmp_path: Path, environment: pytest.MonkeyPatch) -> None:
    settings = yaml.safe_load(text("dagster.yaml"))
    del settings["storage"]
    with opened(tmp_path, yaml.safe_dump(settings)) as instance:
        assert type(instance.run_launcher).__name__ == "WatchedCeleryRunLauncher"
        assert type(instance.compute_log_manager).__name__ == "S3ComputeLogManager"
        assert instance.run_monitoring_enabled
        assert instance.run_monitoring_max_runtime_seconds == 14400
        assert instance.run_retries_enabled
        assert not instance.run_retries_retry_on_asset_or_op_failure
        assert instance.get_concurrency_config().run_queue_config.max_concurrent_runs == 30  # type: ignore[union-attr]


@needs_extras
@pytest.mark.machines
def test_it_opens_its_storage_in_postgresql(tmp_path: Path, environment: pytest.MonkeyPatch) -> None:
    with fresh_database() as address:
        url = address.replace("postgresql://", "postgresql+psycopg2://", 1)
        environment.setenv("NINJA_DAGSTER_URL", url)
        with opened(tmp_path, text("dagster.yaml")) as instance:
            check_instance_file(tmp_path / "dagster.yaml", os.environ)
            assert instance.get_runs_count() == 0
            instance.add_dynamic_partitions("episode", ["demo"])
            assert instance.get_dynamic_partitions("episode") == ["demo"]
