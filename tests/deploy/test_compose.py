"""The compose file: its keys are those of the specification, and everything that it names is there."""

import importlib.util
import re
from itertools import pairwise
from typing import Any

import pytest

from tests.deploy.files import known, parsed, text

COMPOSE = parsed("compose.yaml")
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = [name for name, service in SERVICES.items() if service.get("image") == "ninja-assets"]
# https://github.com/compose-spec/compose-spec/blob/main/05-services.md: those in use here.
TOP = {"name", "services", "volumes", "configs"}
KEYS = {
    *("image", "build", "user", "read_only", "restart", "init", "volumes", "environment", "depends_on", "command"),
    *("stop_grace_period", "healthcheck", "configs", "ports", "cpus"),
}
HEALTH = {"test", "interval", "timeout", "start_period", "retries", "disable"}
CONDITIONS = {"service_healthy", "service_started", "service_completed_successfully"}
# What compose itself fills in, and where a person is told of it.
EXAMPLE = set(re.findall(r"^([A-Z_]+)=", text("example.env"), re.MULTILINE))


def test_a_studio_of_two_workers_is_there() -> None:
    assert set(SERVICES) == {
        *("database", "store", "bucket", "broker", "code", "daemon", "desk", "worker-one", "worker-two"),
    }


def test_every_key_is_one_of_the_specification() -> None:
    assert {key for key in COMPOSE if not key.startswith("x-")} <= TOP
    for service in SERVICES.values():
        assert set(service) <= KEYS
        assert set(service.get("healthcheck", {})) <= HEALTH


def test_what_services_wait_for_and_keep_is_there() -> None:
    for service in SERVICES.values():
        for name, how in service.get("depends_on", {}).items():
            assert name in SERVICES
            assert how["condition"] in CONDITIONS
            assert how["condition"] != "service_healthy" or "healthcheck" in SERVICES[name] or name in OURS
        named = {each.partition(":")[0] for each in service.get("volumes", []) if not each.startswith(("/", "$"))}
        assert named <= set(COMPOSE["volumes"])
        assert {each["source"] for each in service.get("configs", [])} <= set(COMPOSE["configs"])


@pytest.mark.parametrize("name", OURS)
def test_the_program_knows_every_variable(name: str) -> None:
    assert set(SERVICES[name]["environment"]) <= known()


def test_every_value_that_compose_fills_in_is_told_in_the_example_or_has_a_default() -> None:
    for variable, rest in re.findall(r"\$\{([A-Z_]+)(:?[-?][^}]*)?\}", text("compose.yaml")):
        assert variable in EXAMPLE or rest.startswith(":-"), variable


def test_no_secret_stands_in_a_file() -> None:
    for service in SERVICES.values():
        for variable, value in service.get("environment", {}).items():
            if re.search(r"PASSWORD|SECRET|_KEY|_USER$|ACCESS", variable) and variable != "POSTGRES_USER":
                assert re.fullmatch(r"\$\{[A-Z_]+:[?-]\}", value), variable
            assert not re.search(r"://[^:/$]+:[^$@]+@", value), variable  # a password in an address
    assert not re.search(r"^(?!NINJA_SHOW_FOLDER)[A-Z_]+=\S", text("example.env"), re.MULTILINE)


@pytest.mark.parametrize("name", OURS)
def test_a_service_of_ours_writes_to_one_folder_as_any_user(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["user"].startswith("${NINJA_UID:-")
    assert [each for each in service["volumes"] if ":" not in each] == ["/scratch"]


def test_what_is_started_can_be_started() -> None:
    commands = {name: SERVICES[name].get("command", []) for name in OURS}
    modules = [after for words in commands.values() for word, after in pairwise(words) if word == "-m"]
    assert modules == ["ninja_assets.definitions"]
    assert all(importlib.util.find_spec(module) for module in modules)
    assert {words[0] for words in commands.values() if words} == {"celery", "dagster", "dagster-daemon", "python"}
    for name in ("worker-one", "worker-two"):
        words = commands[name]
        # A run waits for no other of its worker: without the second, a busy one takes as many as it makes at once.
        assert words[words.index("--prefetch-multiplier") + 1] == "1"
        assert "--disable-prefetch" in words
        assert words[words.index("--max-tasks-per-child") + 1] == "1"  # each run shares what its worker has loaded
        app = words[words.index("-A") + 1]
        assert importlib.util.find_spec(app)
        assert f"-A {app} " in SERVICES[name]["healthcheck"]["test"][1]
        assert words[words.index("-b") + 1] == SERVICES[name]["environment"]["NINJA_BROKER_URL"]


def test_the_workers_have_a_place_for_each_run_that_dagster_begins() -> None:
    """One that is begun and has none waits at the broker, and is ended after `start_timeout_seconds`."""
    places = 0
    for service in SERVICES.values():
        words = service.get("command", [])
        if "--concurrency" in words:
            places += int(words[words.index("--concurrency") + 1])
    assert places == parsed("dagster.yaml")["concurrency"]["runs"]["max_concurrent_runs"]


def test_the_code_is_where_the_workspace_says() -> None:
    [origin] = parsed("workspace.yaml")["load_from"]
    server = origin["grpc_server"]
    assert server["host"] in SERVICES
    words = SERVICES[server["host"]]["command"]
    assert words[words.index("--port") + 1] == str(server["port"])
    assert words[words.index("--location-name") + 1] == server["location_name"]


def test_ledger_and_dagster_have_a_database_each_on_the_one_server() -> None:
    environment = SERVICES["desk"]["environment"]
    ledger, dagster = environment["NINJA_LEDGER_URL"], environment["NINJA_DAGSTER_URL"]
    assert ledger.rpartition("/")[2] == SERVICES["database"]["environment"]["POSTGRES_DB"]
    assert f"CREATE DATABASE {dagster.rpartition('/')[2]};" == COMPOSE["configs"]["databases"]["content"]
    assert dagster.startswith("postgresql+psycopg2://")


def test_the_desk_is_open_to_this_machine_alone_and_answers_to_its_name() -> None:
    assert SERVICES["desk"]["ports"] == ["127.0.0.1:3000:3000"]
    assert "desk:3000" in SERVICES["desk"]["environment"]["NINJA_UI_HOSTS"]
