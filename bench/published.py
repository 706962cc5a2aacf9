"""What a final's files are beside those of a draft: `python -m bench.published`.

A turn as the lively director cuts it, clean and with grain, encoded
as a draft and as what is published. CPU milliseconds a frame on one thread, Mb/s, and VMAF against the grained frames.
"""

import re
import tempfile
from functools import partial
from pathlib import Path

import av

from bench.composite import coder, cpu, directed, episode
from resources.core.library import Library
from resources.media.ffmpeg import run
from resources.media.picture.composite import composite
from resources.media.profiles import ENCODER, PUBLISHED, Encoder

FRAMES = 90
LEAST_MBPS, MOST_MBPS, MOST_LOST = 8, 12, 0.5
_LOSSLESS = Encoder(preset="ultrafast", crf=0)
# Of the hard one a draft has about 30 Mb/s.
_GRAIN = {"none": "null", "soft": "noise=alls=3:allf=t", "hard": "noise=alls=4:allf=t"}


def vmaf(video: Path, exact: Path) -> float:
    """The mean VMAF of a video's frames."""
    report = run(
        ["-i", str(video), "-i", str(exact), "-lavfi", "libvmaf=log_path=/dev/stdout:log_fmt=csv", "-f", "null", "-"]
    )
    scores = [line.rstrip(",").split(",")[-1] for line in report.decode().splitlines() if re.match(r"\d+,", line)]
    return sum(map(float, scores)) / len(scores)


def rates(video: Path) -> tuple[float, float]:
    """The megabits a second of a video's pictures at 30 fps: of all, and of the second that has most."""
    with av.open(str(video)) as file:
        packets = [packet for packet in file.demux(video=0) if packet.size]
    sizes = [packet.size * 8 / 1e6 for packet in sorted(packets, key=lambda packet: packet.pts or 0)]
    seconds = [sum(sizes[begin : begin + 30]) for begin in range(len(sizes) - 29)]
    return sum(sizes) * 30 / len(sizes), max(seconds)


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        library = Library(folder / "library")
        whole, grained, made = (folder / f"{each}.mp4" for each in ("whole", "grained", "made"))
        composite(library, directed(episode(library, folder)), whole, encoder=_LOSSLESS)
        for grain, noise in _GRAIN.items():
            frames = ["-frames:v", str(FRAMES), "-an"]
            run(["-i", str(whole), "-vf", noise, *frames, *coder(_LOSSLESS), "-pix_fmt", "yuv420p", str(grained)])
            scores = []
            for encoder in (ENCODER, PUBLISHED):
                encode = ["-i", str(grained), *coder(encoder), str(made)]
                (spent,) = cpu(partial(run, encode), rounds=1, frames=FRAMES)
                rate, worst = rates(made)
                scores.append(vmaf(made, grained))
                print(
                    f"grain {grain}, {encoder.preset} crf {encoder.crf}: {spent:.0f} ms, {rate:.1f} Mb/s",
                    end="",
                    flush=True,
                )
                print(f", {worst:.1f} in its fullest second, VMAF {scores[-1]:.2f}")
            print(f"  lost: {scores[0] - scores[1]:.2f} (at most {MOST_LOST}; {LEAST_MBPS} to {MOST_MBPS} Mb/s)")


if __name__ == "__main__":
    main()
