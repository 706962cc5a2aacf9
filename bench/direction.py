"""How often the picture of a rehearsal changes, and whether it ever jumps: `python -m bench.direction [EPISODE]`.

Changes of framing are as the metadata of the composites list them. Beside them, what is seen: a frame that differs from
the one before by over 4 of 255 in mean luma at 90x160 and by over 4 times the median of the second around it. Where the
metadata list no change at such a frame, the picture jumps.
"""

import os
import sys
import tempfile
from itertools import pairwise
from pathlib import Path

import av
import dagster as dg
import numpy as np
from numpy.typing import NDArray

from bench.rehearsal import produce
from resources.media.joining.join import LOOP
from resources.media.timebase import FPS

CHANGES, LONGEST = 17, 5.0  # at least; seconds at most
_LUMA, _USUAL = 4, 4


def listed(folder: Path, run_id: str, shape: str) -> tuple[list[int], int]:
    """The frames of a format's cut at which the framing changes, by the metadata, and how many frames there are."""
    os.environ["DAGSTER_HOME"] = str(folder / "dagster_home")
    with dg.DagsterInstance.get() as instance:
        logs = instance.all_logs(run_id, of_type=dg.DagsterEventType.ASSET_MATERIALIZATION)
    cells = [log.asset_materialization for log in logs if log.asset_materialization]
    made = {
        str(cell.partition): (shots, cell.metadata["frames"])
        for cell in cells
        if cell.asset_key.path == ["composites"]
        and (shots := cell.metadata.get("shots") or cell.metadata.get(f"shots_{shape}"))
    }
    changes, first, before = [], 0, ""
    for cell in sorted(made):
        shots, frames = made[cell]
        for shot in str(shots.value).splitlines():
            seconds, framing = shot.split(" s ", 1)
            at, look = first + round(float(seconds) * FPS), framing.split(":")[0]
            if at and look != before:
                changes.append(at)
            before = look
        first += int(str(frames.value))
    return changes, first


def seen(video: Path) -> list[int]:
    """The frames that are another picture than the one before."""
    with av.open(str(video)) as file:
        small = [frame.reformat(90, 160, format="gray").to_ndarray().astype(float) for frame in file.decode(video=0)]
    steps = np.array([np.abs(after - one).mean() for one, after in pairwise(small)])
    usual = np.array([_around(steps, at) for at in range(len(steps))])
    return [int(at) + 1 for at in np.flatnonzero((steps > _LUMA) & (steps > _USUAL * usual))]


def _around(steps: NDArray[np.float64], at: int) -> float:
    return float(np.median(steps[max(0, at - FPS // 2) : at + FPS // 2]))


def main(episode: str = "2026-11-20") -> None:
    """Rehearse an episode, and print how its picture changes in each format."""
    with tempfile.TemporaryDirectory(prefix="ninja-bench-") as name:
        folder = Path(name)
        done, _ = produce(folder, episode)
        for shape, video in done["videos"].items():  # type: ignore[attr-defined]
            print(f"{episode}, {shape}:")
            _print(*listed(folder, str(done["run_id"]), shape), seen(Path(video)))


def _print(changes: list[int], frames: int, found: list[int]) -> None:
    gaps = np.diff([0, *changes, frames]) / FPS
    # A loop's last frames go over into its first one: a transition, no jump.
    last = frames - LOOP.frames - 1
    jumps = [at for at in found if at < last and not any(abs(at - change) <= 1 for change in changes)]
    print(f"  {frames / FPS:.1f} s, {len(changes)} changes of framing (at least {CHANGES})")
    print(f"  the longest time without one: {gaps.max():.1f} s (at most {LONGEST:g}); the shortest: {gaps.min():.1f} s")
    print(f"  pictures seen to change: {len(found)}; jumps in an unchanged framing: {len(jumps)} (none)")
    for at in jumps:
        print(f"    at {at / FPS:.2f} s")


if __name__ == "__main__":
    main(*sys.argv[1:])
