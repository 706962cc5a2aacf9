"""The studio of `deploy/compose.yaml` without containers: its commands and its environment, as processes on loopback.

What its addresses name (hosts, ports, folders of the image) is replaced by what stands for it here, and nothing else.
"""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from ninja_assets.desk.ports import take_port
from resources.core.settings import ROOT
from tests.deploy.files import parsed, text
from tests.machines.locked import locked, unlockable
from tests.machines.workers import KEYS, ObjectStore

REDIS = "NINJA_TEST_REDIS_URL"  # set by `make test-machines`
LOOPBACK = "127.0.0.1"
STOP_SECONDS = 60
DESK = json.loads(re.findall(r"^CMD (\[.*\])$", text("Dockerfile"), re.MULTILINE)[-1])  # what the image does by itself
DESK_HEALTH = json.loads(re.findall(r"^ +CMD (\[.*\])$", text("Dockerfile"), re.MULTILINE)[-1])


@dataclass(frozen=True)
class Studio:
    """Where the parts of the compose file are here."""

    root: Path
    show: Path
    ledger: str  # the addresses of two databases
    dagster: str
    store: ObjectStore
    broker: str
    code_port: int
    desk_port: int
    beside: Mapping[str, str]  # what the environment of all has beside that of the files
    runs: int | None  # that a worker makes at once; None: as many as the file says
    pids: dict[str, int] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """Where the desk is."""
        return f"http://{LOOPBACK}:{self.desk_port}"

    def environment(self, name: str) -> dict[str, str]:
        """The environment of a service, with a home, a scratch folder and a temporary folder of its own."""
        scratch = self.scratch / name
        scratch.mkdir(parents=True, exist_ok=True)
        here = {
            "NINJA_LEDGER_URL": self.ledger,
            "NINJA_DAGSTER_URL": self.dagster.replace("postgresql://", "postgresql+psycopg2://"),
            "NINJA_BROKER_URL": self.broker,
            "NINJA_LIBRARY": f"s3://{self.store.bucket}/library",
            "NINJA_UI_HOSTS": f"{LOOPBACK}:{self.desk_port}",
            "AWS_ENDPOINT_URL": self.store.url,
            **KEYS,
        }
        services = parsed("compose.yaml")["services"]
        written = services[name if name in services else "code"]["environment"]
        assert set(here) <= set(written)
        rest = {key: value for key, value in written.items() if key not in here and "${" not in value}
        image = {
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "HOME": str(scratch),
            "TMPDIR": str(scratch),
            "DAGSTER_HOME": str(self.home),
            "DAGSTER_DISABLE_TELEMETRY": "1",
            "PYTHONPATH": str(ROOT),  # this code, whatever else is installed
            "NINJA_SHOW": str(self.show),
            "NINJA_OUTPUT": str(scratch / "output"),
        }
        return {**image, **rest, **here, **self.beside}

    @property
    def scratch(self) -> Path:
        """The one folder that is written to, with a folder for each service."""
        return self.root / "scratch"

    def place(self, words: Sequence[str]) -> list[str]:
        """A command as a container runs it, where this system can make such a place."""
        return [*words] if unlockable(self.scratch) else [*locked(self.scratch), *words]

    @property
    def home(self) -> Path:
        """The folder that the image has as /opt/dagster."""
        return self.root / "opt"

    def words(self, words: Sequence[str]) -> list[str]:
        """A command of the compose file or the image, with what stands for its addresses here."""
        here = {
            "redis://broker:6379/0": self.broker,
            "0.0.0.0": LOOPBACK,  # noqa: S104  (it is replaced)
            "4000": f"{self.code_port}",
            "3000": f"{self.desk_port}",
            "/opt/dagster/workspace.yaml": str(self.home / "workspace.yaml"),
            f"http://{LOOPBACK}:3000/health": f"{self.url}/health",
        }
        return [re.sub("|".join(map(re.escape, here)), lambda found: here[found[0]], word) for word in words]

    def command(self, name: str) -> list[str]:
        """What a service runs."""
        words = self.words(parsed("compose.yaml")["services"][name].get("command", DESK))
        if self.runs and "--concurrency" in words:
            words[words.index("--concurrency") + 1] = f"{self.runs}"
        return words

    def health(self, name: str) -> list[str]:
        """What looks whether a service is well."""
        kind, *words = (
            parsed("compose.yaml")["services"][name].get("healthcheck", {}).get("test", ["CMD", *DESK_HEALTH])
        )
        return self.words(["sh", "-c", words[0].replace("$$", "$")] if kind == "CMD-SHELL" else words)

    def run(self, name: str, *words: str, **environment: str) -> "subprocess.CompletedProcess[str]":
        """Run a command to its end in the place of a service."""
        given = {**self.environment(name), **environment}
        return subprocess.run(
            self.place(words), cwd=ROOT, env=given, capture_output=True, text=True, check=False, timeout=300
        )

    def ask(self, query: str, **variables: object) -> dict[str, Any]:
        """The answer's data of a GraphQL query at the desk."""
        answer = httpx.post(f"{self.url}/graphql", json={"query": query, "variables": variables}, timeout=60)
        document: dict[str, Any] = answer.raise_for_status().json()
        assert "errors" not in document, document["errors"]
        data: dict[str, Any] = document["data"]
        return data

    def said(self, name: str) -> str:
        """What a service has written so far."""
        return (self.root / f"{name}.log").read_text(encoding="utf-8", errors="replace")


def broker() -> str:
    """The address of the Redis server of this session. The test is skipped where there is none."""
    if not os.environ.get(REDIS):
        pytest.skip(f"{REDIS} is not set: make test-machines starts a server")
    return os.environ[REDIS]


@contextmanager
def studio(
    root: Path,
    show: Path,
    databases: tuple[str, str],
    store: ObjectStore,
    *,
    runs: int | None = None,
    replaced: Mapping[str, str] | None = None,
    **beside: str,
) -> Iterator[Studio]:
    """The parts that are this project's, set up and started in their order; ended afterwards.

    `replaced`: lines of Dagster's settings, each with what stands for it here.
    """
    ports = take_port(LOOPBACK, 0), take_port(LOOPBACK, 0)
    found = Studio(root, show, *databases, store, broker(), *ports, beside, runs)
    found.home.mkdir()
    found.scratch.mkdir()
    settings = text("dagster.yaml").replace("/scratch", str(found.scratch))
    for line, instead in (replaced or {}).items():
        assert line in settings
        settings = settings.replace(line, instead)
    (found.home / "dagster.yaml").write_text(settings, encoding="utf-8")
    workspace = text("workspace.yaml").replace("host: code", f"host: {LOOPBACK}").replace("4000", f"{found.code_port}")
    (found.home / "workspace.yaml").write_text(workspace, encoding="utf-8")
    with ExitStack() as running:
        for name in ("code", "daemon", "desk", "worker-one", "worker-two"):
            running.enter_context(_service(found, name))
        yield found


@contextmanager
def _service(here: Studio, name: str) -> Iterator[None]:
    # Containers have names of their own; on one host the workers are told apart by theirs.
    words = [*here.command(name), *(["--hostname", f"{name}@%h"] if name.startswith("worker") else [])]
    with (here.root / f"{name}.log").open("wb") as log:
        process = subprocess.Popen(
            here.place(words), cwd=ROOT, env=here.environment(name), stdout=log, stderr=log, start_new_session=True
        )
        here.pids[name] = process.pid
        try:
            yield
        finally:
            process.terminate()
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
