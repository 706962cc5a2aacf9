"""What a composite costs beside its limit and beside the old way: `python bench/composite.py` (CPU ms an output frame).

The limit is what no editor can go under: its two clips decoded once, its own frames encoded once at the same preset.
The old way encodes twice at preset fast crf 18: once to compose (without captions or overlay), once to normalise.
CPU seconds of one run of the script are compared, least of three: other programs lengthen the clock, hardly these.
"""

import resource
import tempfile
from collections.abc import Callable
from pathlib import Path

from resources.library import Library
from resources.media.composite import ENCODERS, CastMember, CompositeOrder, PaneClip, composite, frames_of
from resources.media.ffmpeg import run
from resources.offline.puppets import portrait
from resources.seams import Media, Word
from resources.show.model import Format

SECONDS = 5.0
TARGET = 1.15
_ONE = ("-threads", "1")
_MOVE = "scale=1180:-2,crop=1080:960:'50+30*sin(t)':'30+20*cos(2*t)'"
_WORDS = "Three delays and counting. The price is $499.99, and it's not even the deluxe one."


def clip(library: Library, folder: Path, name: str) -> Media:
    """A puppet's portrait that sways, at the size of a videochat pane."""
    picture, video = folder / f"{name}.png", folder / f"{name}.mp4"
    portrait(name, 1080, 960).save(picture)
    still = ["-loop", "1", "-framerate", "30", "-t", str(SECONDS), "-i", str(picture)]
    run(
        [
            *still,
            "-vf",
            _MOVE,
            "-c:v",
            "libx264",
            "-preset",
            "ultrafast",
            "-crf",
            "20",
            "-pix_fmt",
            "yuv420p",
            str(video),
        ]
    )
    return library.put(video)


def cpu(work: Callable[[], object]) -> float:
    """CPU milliseconds an output frame of the programs that `work` starts: the least of three runs."""

    def once() -> float:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        work()
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    return min(once() for _ in range(3)) / frames_of(SECONDS) * 1000


def encode(video: Path, preset: str, crf: int) -> Callable[[], object]:
    """Decode a video and encode its frames."""
    coder = ["-c:v", "libx264", "-preset", preset, "-crf", str(crf), *_ONE]
    return lambda: run([*_ONE, "-i", str(video), "-an", *coder, str(video.with_name("again.mp4"))])


def decode(*videos: Path) -> float:
    """CPU of decoding videos and nothing else."""
    return sum(cpu(lambda video=video: run([*_ONE, "-i", str(video), "-an", "-f", "null", "-"])) for video in videos)


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        library = Library(folder / "library")
        clips = {label: clip(library, folder, label.lower()) for label in ("NINJA", "GLITCH")}
        voice = folder / "voice.wav"
        run(["-f", "lavfi", "-i", f"sine=300:d={SECONDS}", "-ar", "48000", str(voice)])
        order = CompositeOrder(
            format=Format.SHORT,
            layout="videochat",
            cast=(
                CastMember(label="NINJA", name="Ninja", color="#22d3ee"),
                CastMember(label="GLITCH", name="Glitch", color="#ff4fd8"),
            ),
            speaker="NINJA",
            clips={label: PaneClip(video=media) for label, media in clips.items()},
            audio=library.put(voice),
            seconds=SECONDS,
            words=tuple(Word(text=word, start=i * 0.3, end=i * 0.3 + 0.28) for i, word in enumerate(_WORDS.split())),
        )
        sources = [library.path(media) for media in clips.values()]
        read = decode(*sources)
        for rehearsal, encoder in ENCODERS.items():
            wanted = order.model_copy(update={"rehearsal": rehearsal})
            target = folder / "made.mp4"
            ours = cpu(lambda wanted=wanted, target=target: composite(library, wanted, target, threads=1))
            bare = wanted.model_copy(update={"captions": "off"})
            silent = cpu(lambda bare=bare: composite(library, bare, folder / "bare.mp4", threads=1))
            limit = read + cpu(encode(target, encoder.preset, encoder.crf)) - decode(target)
            print(f"{encoder.preset} crf {encoder.crf}: {ours:.1f} ms, limit {limit:.1f}, ratio {ours / limit:.2f}")
            print(f"  (target {TARGET}); captions add {(ours / silent - 1) * 100:.0f} % (target 10)")
        stack = ["-i", str(sources[0]), "-i", str(sources[1]), "-filter_complex", "vstack"]
        first = folder / "first.mp4"
        old = cpu(lambda: run([*stack, "-c:v", "libx264", "-preset", "fast", "-crf", "18", str(first)]))
        old += cpu(encode(first, "fast", 18))
        print(f"the old way: {old:.1f} ms, ours at {encoder.preset} is {ours / old:.2f} of it")


if __name__ == "__main__":
    main()
