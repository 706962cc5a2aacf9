"""A whole rehearsal from the shell: how long it takes against how long it plays, and where the time goes.

    make bench        (or: python -m bench.rehearsal [EPISODE])

Each figure is of one run on this machine, now; the ratios are what to compare. The targets are the project's own.
"""

import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import dagster as dg

from bench.last_cells import last_cells
from resources.core.settings import ROOT, STATE_FOLDER

NINJA = [sys.executable, "-c", "from ninja_assets.cli import main; main()"]


def main(episode: str = "2026-11-20") -> None:
    """Rehearse into an empty folder, then again with nothing changed, then with many unused slots."""
    with tempfile.TemporaryDirectory(prefix="ninja-bench-") as name:
        folder = Path(name)
        first, wall = produce(folder, episode)
        again, second = produce(folder, episode)
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        last, mastering = _times(folder, str(first["run_id"]))
        seconds = float(str(first["seconds"]))
        overhead = wall - last["composites"]  # speech, drawing, encoding are done by then
        print(f"{episode}: {len(first['segments'])} segments, {seconds:.1f} s, {os.cpu_count()} cores")  # type: ignore[arg-type]
        _row("rehearsal, from command to path", f"{wall:.1f} s", f"{wall / seconds:.2f} x its length", "<= 0.80")
        for asset, spent in last.items():
            _row(f"  last cell of {asset}", f"{spent:.2f} s", f"{spent / wall:.0%}", "")
        _row("  before and after the segments", f"{overhead:.1f} s", f"{overhead / wall:.0%}", "")
        rest = overhead - mastering
        _row("  nor mastering, AAC and the ending", f"{rest:.1f} s", f"{rest / wall:.0%}", "<= 6 s")
        reused = all(segment["reused"] for segment in again["segments"])  # type: ignore[attr-defined]
        _row("again, nothing changed", f"{second:.1f} s", "all reused" if reused else "NOT REUSED", "<= 6 s")
        _row("largest process", f"{peak:.0f} MB", "", "<= 1000 MB")
        slot = _slot_seconds(folder, episode)
        _row(
            "an unused slot, all 8 assets",
            f"{1000 * slot:.0f} ms",
            f"{1000 * slot / 8:.1f} ms a cell",
            "<= 10 ms a cell",
        )


def _row(what: str, value: str, ratio: str, target: str) -> None:
    print(f"{what:<36}{value:>10}   {ratio:<22}{target}")


def environment(folder: Path, show: Path) -> dict[str, str]:
    home = folder / "dagster_home"
    home.mkdir(exist_ok=True)
    (home / "dagster.yaml").write_text((ROOT / "dagster_home" / "dagster.yaml").read_text())
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "DAGSTER_HOME": str(home),
        "NINJA_OUTPUT": str(folder / "output"),
        "NINJA_SHOW": str(show),
    }


def produce(folder: Path, episode: str, show: Path | None = None) -> tuple[dict[str, object], float]:
    """Rehearse an episode of a show, else of the example, into a folder; returns what it says, and the seconds it took.

    The example is copied without what its own state has made, which would be found again.
    """
    if show is None and not (show := folder / "show").exists():
        shutil.copytree(ROOT / "show", show, ignore=shutil.ignore_patterns(STATE_FOLDER))
    began = time.monotonic()
    done = subprocess.run(
        [*NINJA, "produce", episode, "--json"],
        env=environment(folder, show),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        check=True,
    )
    wall = time.monotonic() - began
    return json.loads(done.stdout.splitlines()[-1]), wall


def _times(folder: Path, run_id: str) -> tuple[dict[str, float], float]:
    """When each asset of a run had its last cell, and how long the cut's own encoding took, from Dagster's events."""
    os.environ["DAGSTER_HOME"] = str(folder / "dagster_home")
    with dg.DagsterInstance.get() as instance:
        last = last_cells(instance, run_id)
        events = instance.all_logs(run_id, of_type=dg.DagsterEventType.ASSET_MATERIALIZATION)
    cells = [event.asset_materialization for event in events if event.asset_materialization]
    mastering = [cell.metadata["render_seconds"].value for cell in cells if "render_seconds" in cell.metadata]
    return last, float(str(mastering[0]))


def _slot_seconds(folder: Path, episode: str) -> float:
    """What one more unused slot costs: the same unchanged episode in a show with 16 and with 64 slots."""
    walls = []
    for slots in (16, 64):
        show = folder / f"show-{slots}"
        shutil.copytree(folder / "show", show)
        settings = show / "show.yaml"
        settings.write_text(settings.read_text().replace("slots: 16", f"slots: {slots}"))
        walls.append(min(produce(folder, episode, show)[1] for _ in range(2)))
    return (walls[1] - walls[0]) / 48


if __name__ == "__main__":
    main(*sys.argv[1:])
