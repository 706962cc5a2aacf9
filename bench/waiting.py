"""What a run holds that only waits for paid clips: its PSS, beside the least that Dagster holds in such a process.

    make bench      (or: python -m bench.waiting)

From a shell, with SQLite and a folder; `bench.machines` has it with PostgreSQL and an object store. What is loaded is
the larger part, so each is begun twice: modules are compiled the first time, which leaves holes in the heap.
"""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

from bench.machines import MB, pss
from tests.paid.runs import PaidStage
from tests.providers.client import Providers
from tests.providers.fixture import provider_process

TURNS = ("NINJA: One two three, here we go.", "GLITCH: Four five six, count!", "NINJA: Seven eight, done.")
CALM_SECONDS = 6.0  # after the last clip was asked for
TARGET_MB = 160
WITHOUT_DOCSTRINGS = {"PYTHONOPTIMIZE": "2"}
# A run of Dagster's in this process, on the storage of a home: no asset could hold less.
LEAST = """\
import dagster as dg, psutil
@dg.asset
def least():
    print(psutil.Process().memory_full_info().pss)
with dg.DagsterInstance.get() as instance:
    dg.materialize([least], instance=instance)
"""


def main() -> None:
    """Measure both, with docstrings and without."""
    with (
        tempfile.TemporaryDirectory(prefix="ninja-bench-") as name,
        provider_process(Path(name) / "providers", video_height=480, latency=3600) as providers,
    ):
        for number, (told, given) in enumerate({"": {}, ", without docstrings": WITHOUT_DOCSTRINGS}.items()):
            stage = _stage(Path(name) / f"{number}", providers)
            _row(f"Dagster and its SQLite storage{told}", _least(stage, given))
            _row(f"a run that waits{told}", _waiting(stage, providers, given), f"<= {TARGET_MB}")


def _stage(root: Path, providers: Providers) -> PaidStage:
    stage = PaidStage.build(root, providers, slots=4)
    for episode in ("first", "second"):
        stage.write_episode(episode, [f"{line[:-1]}, {root.name} {episode}." for line in TURNS])
    return stage


def _least(stage: PaidStage, given: dict[str, str]) -> float:
    for _ in range(2):
        told = subprocess.run(
            [sys.executable, "-c", LEAST],
            env={**stage.environment, **given},
            capture_output=True,
            text=True,
            check=True,
        )
    return float(told.stdout)


def _waiting(stage: PaidStage, providers: Providers, given: dict[str, str]) -> float:
    held = 0.0
    for episode in ("first", "second"):
        asked = len(providers.report().of("fal"))
        run = stage.ninja("produce", episode, "--mode", "draft", "--yes", "--json", **given)
        while len(providers.report().of("fal")) < asked + len(TURNS):
            assert run.alive(), run.end()
            time.sleep(0.5)
        run.sleep(CALM_SECONDS)
        held = pss(psutil.Process(run.pid))
        run.kill()
    return held


def _row(what: str, held: float, target: str = "") -> None:
    print(f"{what:<52}{held / MB:>6.0f} MB   {target}", flush=True)


if __name__ == "__main__":
    main()
