"""A studio of several machines on this one: workers that share a database, an object store and a provider, and no disk.

Each has a home, a checkout of the show, a temporary folder, a Dagster home and an output of its own.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import dagster as dg
import httpx
import pytest

from ninja_assets.runs.produced import Production
from resources.core.names import EPISODE_ASSETS
from resources.core.settings import ROOT
from resources.purchasing.ledger import Entry, Ledger
from tests.paid.runs import NINJA, PaidStage, Run

PATIENCE_SECONDS = 60.0  # for an answer of a server on this machine, which may be busy
KEYS = {"AWS_ACCESS_KEY_ID": "loopback", "AWS_SECRET_ACCESS_KEY": "loopback", "AWS_DEFAULT_REGION": "us-east-1"}


@dataclass(frozen=True)
class ObjectStore:
    """The S3 server of a test, with one bucket."""

    url: str
    bucket: str = "studio"

    @property
    def environment(self) -> dict[str, str]:
        """By which its clients find it."""
        return {**KEYS, "AWS_ENDPOINT_URL": self.url}

    def make_bucket(self, name: str) -> None:
        """Make a bucket."""
        httpx.put(f"{self.url}/{name}", timeout=PATIENCE_SECONDS).raise_for_status()

    def buckets(self) -> list[str]:
        """The buckets that there are."""
        return sorted(str(name) for name in self.files.ls(""))

    def names(self, prefix: str = "", *, bucket: str | None = None) -> list[str]:
        """The objects of a bucket whose names begin so."""
        return [str(name) for name in self.files.find(f"{bucket or self.bucket}/{prefix}")]

    def read(self, name: str) -> bytes:
        """The content of an object."""
        return bytes(self.files.cat_file(name))

    def requests(self) -> dict[str, int]:
        """How many requests of each kind came since this was last asked."""
        return dict(httpx.get(f"{self.url}/_control/requests", timeout=PATIENCE_SECONDS).json())

    def break_off(self, how: str, of: str) -> None:
        """Let the next upload to an address that holds `of` end so: see `s3_server`."""
        asked = f"{self.url}/_control/break?{urlencode({'how': how, 'of': of})}"
        httpx.get(asked, timeout=PATIENCE_SECONDS).raise_for_status()

    def leave(self, how: str) -> None:
        """Answer no request any more: `slow` or `silent`, see `s3_server`."""
        httpx.get(f"{self.url}/_control/away?how={how}", timeout=PATIENCE_SECONDS).raise_for_status()

    def come_back(self) -> None:
        """Answer again."""
        httpx.get(f"{self.url}/_control/back", timeout=PATIENCE_SECONDS).raise_for_status()

    @property
    def files(self) -> Any:
        """The bucket as fsspec has it, for this process, which keeps no list of it."""
        import s3fs  # noqa: PLC0415  (only with `[s3]`)

        return s3fs.S3FileSystem(
            key=KEYS["AWS_ACCESS_KEY_ID"],
            secret=KEYS["AWS_SECRET_ACCESS_KEY"],
            endpoint_url=self.url,
            use_listings_cache=False,
            skip_instance_cache=True,
        )


@contextmanager
def object_store() -> Iterator[ObjectStore]:
    """An S3 server in a process of its own."""
    command = [sys.executable, "-m", "tests.machines.s3_server"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, env={**os.environ, **KEYS}) as process:
        try:
            assert process.stdout is not None
            store = ObjectStore(json.loads(process.stdout.readline())["url"])
            store.make_bucket(store.bucket)
            yield store
        finally:
            process.kill()


@dataclass(frozen=True)
class Worker:
    """One machine."""

    root: Path
    temporary: Path  # its folder for what it can do without
    shared: Mapping[str, str]  # the environment that all machines have

    @property
    def show(self) -> Path:
        """Its checkout of the show."""
        return self.root / "show"

    @property
    def output(self) -> Path:
        """What a person opens on it."""
        return self.root / "output"

    @property
    def environment(self) -> dict[str, str]:
        """The environment of what runs on it."""
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.root),
            "TMPDIR": str(self.temporary),
            "DAGSTER_HOME": str(self.root / "dagster_home"),
            "NINJA_SHOW": str(self.show),
            "NINJA_OUTPUT": str(self.output),
            **self.shared,
        }

    def ninja(self, *arguments: str, **environment: str) -> Run:
        """Begin a command on it."""
        return Run([*NINJA, *arguments], {**self.environment, **environment})

    def metadata(self) -> list[str]:
        """Every value of metadata that its cells show, as text."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("DAGSTER_HOME", self.environment["DAGSTER_HOME"])
            with dg.DagsterInstance.get() as instance:
                return [
                    str(value.value)
                    for name in EPISODE_ASSETS
                    for record in instance.fetch_materializations(dg.AssetKey(name), limit=100).records
                    if record.asset_materialization
                    for value in record.asset_materialization.metadata.values()
                ]

    def produce(self, episode: str, *options: str, **environment: str) -> Production:
        """Produce to the end, whatever it is."""
        return self.ninja("produce", episode, "--yes", "--json", *options, **environment).end().production


@dataclass
class Machines:
    """The studio. `stage` is the show that all workers have, and the providers that it buys from."""

    root: Path
    stage: PaidStage
    store: ObjectStore
    database: str
    temporary: str  # with a folder of each worker: short, as the addresses of sockets are
    workers: dict[str, Worker] = field(default_factory=dict)

    @property
    def library(self) -> str:
        """Where media live."""
        return f"s3://{self.store.bucket}/library"

    @property
    def shared(self) -> dict[str, str]:
        """The environment that all machines have."""
        return {
            **self.store.environment,
            **self.stage.providers.environment,
            "NINJA_LEDGER_URL": self.database,
            "NINJA_LIBRARY": self.library,
        }

    def worker(self, name: str) -> Worker:
        """A machine of that name, with the show as it is now; made when it is first asked for."""
        if name not in self.workers:
            worker = Worker(self.root / name, Path(self.temporary) / name, self.shared)
            shutil.copytree(self.stage.root / "show", worker.show)
            shutil.copytree(self.stage.root / "dagster_home", worker.root / "dagster_home")
            worker.temporary.mkdir(parents=True)
            self.workers[name] = worker
        return self.workers[name]

    def entries(self) -> list[Entry]:
        """Every row of the ledger."""
        with Ledger(self.database, caps=None) as ledger:
            return list(ledger.rows())

    def bought(self) -> int:
        """How many purchases the providers have taken; raises AssertionError for one that was made twice."""
        report = self.stage.providers.report()
        assert report.twice() == []
        return len(report.purchases)
