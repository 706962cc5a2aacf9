"""What the rehearsal's cast costs: `python -m bench.cast` (CPU ms a frame of the cut, drawing and encoding apart).

Cold is a first line: drawings rasterised, the way of the head painted. Warm is a line once others were drawn. CPU of
the process and of ffmpeg are compared, which other programs on the machine lengthen less than the clock. The scaling is
of the clock: one clip alone beside two clips at once, 2.00 is twice the frames in the same time; it says how far
drawing really runs side by side only where two cores are free.
"""

import resource
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from resources.media.timebase import FPS
from resources.providers.offline.puppets import PUPPETS, puppet
from resources.providers.offline.puppets.encode import encode
from resources.providers.offline.puppets.motion import speaking
from resources.providers.offline.puppets.parts import DRAWN_FPS, HELD, Pose
from resources.providers.offline.puppets.stage import Stage

WIDTH, HEIGHT = 1080, 960  # a pane of the videochat layout
FRAMES = 7 * FPS  # of the cut: a line of seven seconds
TARGET = 5.0  # ms of drawing a frame of the cut, warm


def line(seed: int) -> list[Pose]:
    """The drawings of a line that rises and falls as speech does."""
    time_axis = np.arange(FRAMES) / FPS
    loud = np.sin(2 * np.pi * 2.1 * time_axis) + 0.6 * np.sin(2 * np.pi * 3.7 * time_axis + 1)
    return speaking(np.clip(loud, 0, 1).astype(np.float32), FRAMES // HELD, (), seed)


def draw(stage: Stage, seed: int) -> None:
    """Draw a line and drop its frames."""
    for pose in line(seed):
        stage.paint(pose).tobytes()


def clip(stage: Stage, seed: int, target: Path) -> None:
    """Draw a line into a file, as the studio does."""
    encode((stage.paint(pose).tobytes() for pose in line(seed)), WIDTH, HEIGHT, DRAWN_FPS, target)


def cpu(work: Callable[[], object], who: int = resource.RUSAGE_SELF) -> float:
    """CPU milliseconds a frame of this process, or of the programs that it starts."""
    before = resource.getrusage(who)
    work()
    after = resource.getrusage(who)
    return (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) / FRAMES * 1000


def clock(work: Callable[[], object]) -> float:
    """Seconds on the clock: the least of three runs."""

    def once() -> float:
        start = time.perf_counter()
        work()
        return time.perf_counter() - start

    return min(once() for _ in range(3))


def two_at_once(stage: Stage, folder: Path) -> float:
    """How many times the frames of one clip two threads make in the time of one."""

    def both() -> None:
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda seed: clip(stage, seed, folder / f"{seed}.mp4"), (2, 3)))

    return 2 * clock(lambda: clip(stage, 2, folder / "alone.mp4")) / clock(both)


def main() -> None:
    """Measure both puppets and print."""
    with tempfile.TemporaryDirectory(prefix="ninja-bench-") as name:
        folder = Path(name)
        for puppet_name in sorted(PUPPETS):
            stage = Stage(puppet(puppet_name), WIDTH, HEIGHT)
            cold = cpu(lambda stage=stage: draw(stage, 1))
            warm = min(cpu(lambda stage=stage: draw(stage, 2)) for _ in range(3))
            coded = min(
                cpu(lambda stage=stage: clip(stage, 2, folder / "clip.mp4"), resource.RUSAGE_CHILDREN) for _ in range(2)
            )
            print(
                f"{puppet_name}: drawing warm {warm:.1f} ms (target {TARGET:g}), cold {cold:.1f}; encoding {coded:.1f}"
            )
            print(f"  two clips at once: {two_at_once(stage, folder):.2f} times the frames of one")
        print(f"memory at most {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
