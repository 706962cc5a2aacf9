"""The definitions as Dagster loads them: what there is, what depends on what, and that loading needs nothing."""

import os
import subprocess
import sys
from pathlib import Path

import dagster as dg
import pytest

from ninja_assets.build import build_defs
from ninja_assets.jobs import JOB_NAME
from resources.core import names
from resources.core.errors import ContentError
from resources.core.names import Mode
from resources.core.settings import ROOT, Settings
from resources.studio import PlacesResource
from tests.stage import SHOW, build_stage

MADE_FROM = {
    "script": set(),
    "tts_audio": {"script"},
    "uploaded_urls": {"tts_audio"},
    "speaker_clips": {"uploaded_urls"},
    "listener_clips": {"uploaded_urls"},
    "shots": {"uploaded_urls"},
    "composites": {"speaker_clips", "listener_clips", "shots"},
    "final_video": {"composites"},
}


@pytest.fixture(scope="module")
def defs(tmp_path_factory: pytest.TempPathFactory) -> dg.Definitions:
    return build_defs(settings=build_stage(tmp_path_factory.mktemp("defs")).settings())


def test_the_graph_is_the_designs(defs: dg.Definitions) -> None:
    graph = defs.resolve_asset_graph()
    found = {
        name: {parent.to_user_string() for parent in graph.get(dg.AssetKey(name)).parent_keys}
        for name in names.EPISODE_ASSETS
    }
    assert found == MADE_FROM


def test_all_assets_share_one_partitions_definition_in_one_run(defs: dg.Definitions) -> None:
    graph = defs.resolve_asset_graph()
    nodes = [graph.get(dg.AssetKey(name)) for name in names.EPISODE_ASSETS]
    assert len({node.partitions_def for node in nodes}) == 1
    assert {node.backfill_policy for node in nodes} == {dg.BackfillPolicy.single_run()}


def test_every_asset_tells_a_person_what_it_is(defs: dg.Definitions) -> None:
    graph = defs.resolve_asset_graph()
    for name in names.EPISODE_ASSETS:
        node = graph.get(dg.AssetKey(name))
        assert len(node.description or "") > 60, name
        assert node.group_name not in (None, "default"), name
        assert node.kinds, name
        assert node.owners == ["team:test"], name


def test_each_asset_stands_where_it_stood(defs: dg.Definitions) -> None:
    """A snapshot: keys, dependencies, partitions, what can be materialized, and which checks stand where."""
    graph = defs.resolve_asset_graph()
    found = {
        key.to_user_string(): (
            sorted(parent.to_user_string() for parent in graph.get(key).parent_keys),
            graph.get(key).partitions_def is not None,
            graph.get(key).is_materializable,
            sorted(check.name for check in graph.get(key).check_keys),
        )
        for key in graph.get_all_asset_keys()
    }
    clips = ["uploaded_urls"]
    assert found == {
        "script": ([], True, True, []),
        "tts_audio": (["script"], True, True, ["voice_says_the_line"]),
        "uploaded_urls": (["tts_audio"], True, True, []),
        "speaker_clips": (
            clips,
            True,
            True,
            ["lengths_match_the_voice", "lips_follow_the_speech", "no_frozen_picture"],
        ),
        "listener_clips": (clips, True, True, ["listener_keeps_silent", "no_frozen_picture"]),
        "shots": (clips, True, True, []),
        "composites": (
            ["listener_clips", "shots", "speaker_clips"],
            True,
            True,
            [
                "captions_fit",
                "lengths_match_the_voice",
                "no_black_frames",
                "rehearsal_mark",
                "streams_size_and_rate",
            ],
        ),
        "final_video": (
            ["composites"],
            True,
            True,
            ["joints_do_not_drift", "loudness_and_peaks", "music_is_heard", "rehearsal_mark", "streams_size_and_rate"],
        ),
        "cost_report": ([], False, False, []),
        "reconciliation": ([], False, False, []),
        "model_comparison": (clips, True, False, []),
    }


def test_what_is_drawn_or_mixed_here_has_the_version_of_its_code(defs: dg.Definitions) -> None:
    graph = defs.resolve_asset_graph()
    versions = {name: graph.get(dg.AssetKey(name)).code_version for name in names.EPISODE_ASSETS}
    assert [name for name, version in versions.items() if version is None] == ["script"]


def test_an_episode_has_one_job_and_each_report_has_its_own(defs: dg.Definitions) -> None:
    repository = defs.get_repository_def()
    jobs = {job.name for job in repository.get_all_jobs() if not job.name.startswith("__")}
    assert jobs == {JOB_NAME, "report_costs", "reconcile_books", "compare_models"}
    made = {key.to_user_string() for key in defs.resolve_job_def(JOB_NAME).asset_layer.executable_asset_keys}
    assert made == set(names.EPISODE_ASSETS)
    assert [schedule.name for schedule in repository.schedule_defs] == ["daily_episode", "daily_reconciliation"]
    sensors = ["archiving", "catching_up", "new_scripts", "notices", "open_requests"]
    assert [sensor.name for sensor in repository.sensor_defs] == sensors


def test_the_schedules_time_and_zone_are_the_shows(tmp_path: Path) -> None:
    stage = build_stage(tmp_path)
    stage.write_show(SHOW.rstrip() + '\n    schedule: {at: "07:45", timezone: Asia/Tokyo, enabled: true}\n')
    schedule = build_defs(settings=stage.settings()).get_repository_def().schedule_defs[0]
    assert (schedule.cron_schedule, schedule.execution_timezone) == ("45 7 * * *", "Asia/Tokyo")
    assert schedule.default_status is dg.DefaultScheduleStatus.RUNNING


def test_the_number_of_segments_is_a_setting_of_the_show(tmp_path: Path) -> None:
    stage = build_stage(tmp_path)
    stage.write_show(SHOW.replace("slots: 4", "slots: 200"))
    definition = build_defs(settings=stage.settings()).resolve_asset_graph().get(dg.AssetKey("script")).partitions_def
    assert isinstance(definition, dg.MultiPartitionsDefinition)
    assert definition.get_partitions_def_for_dimension("segment").get_partition_keys()[-1] == "s200"


def test_a_mistake_in_show_yaml_is_told_with_its_line(tmp_path: Path) -> None:
    stage = build_stage(tmp_path)
    stage.write_show(SHOW.replace("slots: 4", "slots: four"))
    with pytest.raises(ContentError) as refused:
        build_defs(settings=stage.settings())
    assert "show.yaml:2" in str(refused.value)


def test_the_definitions_load_in_a_fresh_interpreter_with_no_key(tmp_path: Path) -> None:
    stage = build_stage(tmp_path)
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "NINJA_SHOW": str(stage.show),
        "NINJA_OUTPUT": str(stage.output),
    }
    code = "from ninja_assets.definitions import defs; print(len(defs().resolve_asset_graph().get_all_asset_keys()))"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) >= len(names.EPISODE_ASSETS)
    assert not stage.output.exists(), "loading must leave nothing behind"


IMPORT_ALL = """
import importlib, os, pkgutil, sys
import docs, ninja_assets, resources

ROOT = os.path.realpath(sys.argv[1])
opened = []

def watch(event, arguments):
    path = os.path.realpath(arguments[0]) if event == "open" and isinstance(arguments[0], str) else ""
    installed = ("/__pycache__/", "/.venv/", ".egg-info/", "/__editable__")
    code = path.endswith(".py") or any(part in f"{path}/" for part in installed)
    if path.startswith(ROOT + "/") and not code:
        opened.append(path)

sys.addaudithook(watch)
names = [
    module.name
    for package in (docs, ninja_assets, resources)
    for module in pkgutil.walk_packages(package.__path__, package.__name__ + ".", onerror=print)
    if not module.name.endswith(".__main__") and ".migrations" not in module.name
]
for name in names:
    try:
        importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name not in ("celery", "dagster_celery"):  # of an extra
            raise
print(len(names), sorted(set(opened)))
"""


def test_importing_any_module_reads_no_file(tmp_path: Path) -> None:
    nothing = str(tmp_path / "nothing")
    done = subprocess.run(
        [sys.executable, "-c", IMPORT_ALL, str(ROOT)],
        env={"PATH": os.environ["PATH"], "NINJA_SHOW": nothing, "NINJA_OUTPUT": nothing, "DAGSTER_HOME": ""},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    count, _, opened = done.stdout.splitlines()[-1].partition(" ")
    assert int(count) > 150
    assert opened == "[]"


def test_resources_never_import_the_graph() -> None:
    for path in (ROOT / "resources").rglob("*.py"):
        assert "ninja_assets" not in path.read_text(encoding="utf-8").replace("`ninja_assets`", ""), path


def test_a_key_is_shown_by_its_name_and_never_by_its_value(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAL_AI_API_KEY", "very-secret-value")
    defs = build_defs(settings=build_stage(tmp_path).settings())
    job = defs.resolve_job_def(JOB_NAME)
    shown = repr(job.resource_defs["fal"].config_schema.default_value)
    assert "FAL_AI_API_KEY" in shown
    assert "very-secret-value" not in shown


@pytest.mark.parametrize("blank", ["", "\n"])  # a Secret that was made of a file ends with a line
def test_the_password_of_a_place_is_in_nothing_that_dagster_keeps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, blank: str
) -> None:
    address = "postgresql://studio:s3cr3t@db/books"
    monkeypatch.setenv("NINJA_LEDGER_URL", f"{address}{blank}")
    monkeypatch.setenv("NINJA_SHOW", str(build_stage(tmp_path).show))
    monkeypatch.setenv("NINJA_LIBRARY", f"s3://key:s3cr3t@media{blank}")
    monkeypatch.setenv("NINJA_PUBLISH", f"sftp://studio:s3cr3t@public/episodes/{blank}")
    snapshot = build_defs().resolve_job_def(JOB_NAME).get_job_snapshot()
    kept = dg.serialize_value(snapshot)
    assert "s3cr3t" not in kept
    assert "NINJA_LEDGER_URL" in kept
    places = PlacesResource.of(Settings.from_environment()).process_config_and_initialize()
    assert places.settings(Mode.DRAFT) == Settings.from_environment().in_mode(Mode.DRAFT)
    assert places.settings(Mode.DRAFT).ledger_url == address
