"""Whether a face goes on from turn to turn: `python -m bench.joints [EPISODE]`.

A face's step at a joint is the mean difference, of 255, between its last picture in a turn and its first in the next,
in its own clips at 72x64 grey: crops and changes of framing do not count. Its ordinary motion is how far it is from
where it was half a second before, as the median over its clips. A listener goes on in its loop, and begins where its
loop is most like who has just spoken; where a clip begins that was made for a voice, there is no choice.
"""

import os
import re
import sys
import tempfile
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import av
import dagster as dg
import numpy as np
from numpy.typing import NDArray

from bench.rehearsal import produce
from resources.media.timebase import FPS

MOST = 1.5  # times the ordinary motion
_SIZE = (72, 64)

Frames = NDArray[np.int16]


def cells(folder: Path, run_id: str) -> dict[str, dict[str, str]]:
    """What the composites of a run say, by segment."""
    os.environ["DAGSTER_HOME"] = str(folder / "dagster_home")
    with dg.DagsterInstance.get() as instance:
        logs = instance.all_logs(run_id, of_type=dg.DagsterEventType.ASSET_MATERIALIZATION)
    made = [log.asset_materialization for log in logs if log.asset_materialization]
    return {
        str(cell.partition).rpartition("|")[2]: {name: str(value.value) for name, value in cell.metadata.items()}
        for cell in made
        if cell.asset_key.path == ["composites"] and "faces" in cell.metadata
    }


def small(path: Path) -> Frames:
    """A clip's frames at 30 a second, small and grey."""
    with av.open(str(path)) as file:
        stream = file.streams.video[0]
        stream.thread_type = "AUTO"
        grey = [frame.reformat(*_SIZE, format="gray").to_ndarray().astype(np.int16) for frame in file.decode(stream)]
        rate = float(stream.average_rate or FPS)
    wanted = [min(int(at * rate / FPS + 1e-6), len(grey) - 1) for at in range(round(len(grey) * FPS / rate))]
    return np.stack([grey[at] for at in wanted])


class Face(NamedTuple):
    """A face in a segment: its clip, which frames of it are seen first and last, and for how many frames before that it
    is seen as in the turn before."""

    clip: Frames
    first: int
    last: int
    goes_on: int


def faces(folder: Path, message: dict[str, str]) -> dict[str, Face]:
    """The faces of a segment by label."""
    frames, found = int(message["frames"]), {}
    for label, name, begins, after in re.findall(
        r"(\S+): (\S+) from ([\d.]+) s(?: after ([\d.]+) s)?", message["faces"]
    ):
        clip = small(folder / name)
        first = round(float(begins) * FPS)
        opening = round(float(message.get("voice_begins_at", 0)) * FPS) if name.startswith("speaker") else 0
        goes_on = round(float(after or 0) * FPS)
        loops = "listener" in name
        last = first + frames - (goes_on if loops else opening) - 1
        found[label] = Face(clip, first % len(clip), last % len(clip) if loops else min(last, len(clip) - 1), goes_on)
    return found


def ordinary(clip: Frames) -> float:
    """How far a face is from where it was half a second ago: the median over its clip."""
    half = FPS // 2
    return float(np.median(np.abs(clip[half:] - clip[:-half]).mean(axis=(1, 2))))


def main(episode: str = "first-light") -> None:
    """Rehearse an episode, and print the step of each face at each joint."""
    with tempfile.TemporaryDirectory(prefix="ninja-bench-") as name:
        folder = Path(name)
        done, _ = produce(folder, episode)
        shown = cells(folder, str(done["run_id"]))
        output = Path(str(done["final_video"])).parent
        seen = {segment: faces(output / segment, shown[segment]) for segment in sorted(shown)}
    usual = float(np.median([ordinary(clip) for each in seen.values() for clip, *_ in each.values()]))
    steps = []
    for (before, one), (after, other) in pairwise(seen.items()):
        for label in sorted(one.keys() & other.keys()):
            face, then = one[label], other[label]
            last = (face.last + then.goes_on) % len(face.clip)
            steps.append(
                (float(np.abs(then.clip[then.first] - face.clip[last]).mean()), f"{before} to {after}, {label}")
            )
    print(f"{episode}: {len(steps)} faces at joints; ordinary motion {usual:.2f} of 255")
    for step, where in sorted(steps, reverse=True)[:4]:
        print(f"  {where}: a step of {step:.2f}, {step / usual:.2f} times it (at most {MOST})")


if __name__ == "__main__":
    main(*sys.argv[1:])
