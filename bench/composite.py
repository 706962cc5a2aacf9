"""What a composite costs beside its limit and beside the old way: `python -m bench.composite`.

All figures are CPU milliseconds of one output frame (1080×1920 at 30 fps, one thread), the least of five runs: other
programs lengthen the clock, hardly these. Python's own part is counted too; drawings that an episode's segments share
(portraits, overlay) are drawn once before.

The limit is what no editor can go under: both clips decoded at their own size and stacked, and the frames of the
composite encoded once, with the same preset, crf and thread. The encoder's part is measured on a lossless copy of the
composite, less the decoding of that copy. `bare` is the same without anything drawn on the clips: decode, stack,
encode. What lies between the two is what x264 takes for borders, tags and captions.

The old way is the owner's script: the composite encoded at preset fast crf 18, then encoded again, alike, to normalise
it. It is given the same frames, and its drawing and joining for nothing. Quality is SSIM against the lossless frames.
"""

import re
import resource
import tempfile
from collections.abc import Callable
from pathlib import Path

from resources.content.show import Format
from resources.core.library import Library
from resources.core.values import Media, Word
from resources.media.direction.director import SpokenTurn, plan
from resources.media.direction.styles import STYLES
from resources.media.direction.views import Stage
from resources.media.ffmpeg import run
from resources.media.picture.composite import composite
from resources.media.picture.composite_order import CastMember, CompositeOrder, PaneClip
from resources.media.profiles import ENCODER, Encoder, picture_coding
from resources.media.timebase import frames_of
from resources.providers.offline.puppets import portrait

SECONDS = 7.0  # an average turn of the example episode, with as many words
LIMIT_TARGET = 1.15
CAPTIONS_TARGET = 10  # per cent
OLD_TARGET = 0.14
_ONE = ("-threads", "1")
_STACK = ("-filter_complex", "vstack", "-filter_complex_threads", "1")
_NOWHERE = ("-f", "null", "-")
_OLD = Encoder(preset="fast", crf=18)
_LOSSLESS = Encoder(preset="ultrafast", crf=0)
_MOVE = "scale=1180:-2,crop=1080:960:'50+30*sin(t)':'30+20*cos(2*t)'"
_WORDS = "Three delays and counting. The price is $499.99, and it's not even the deluxe one. That is two horses!"


def clip(library: Library, folder: Path, name: str) -> Media:
    """A puppet's portrait that sways, at the size of a videochat pane."""
    picture, video = folder / f"{name}.png", folder / f"{name}.mp4"
    portrait(name, 1080, 960).save(picture)
    still = ["-loop", "1", "-framerate", "30", "-t", str(SECONDS), "-i", str(picture)]
    run([*still, "-vf", _MOVE, *coder(Encoder(preset="ultrafast", crf=20)), "-pix_fmt", "yuv420p", str(video)])
    return library.put(video)


def cpu(*works: Callable[[], object], rounds: int = 5, frames: int = frames_of(SECONDS)) -> list[float]:
    """CPU milliseconds an output frame of each work and the programs that it starts: the least of some rounds.

    They take turns, so that what else a machine does falls on all of them.
    """

    def spent() -> float:
        usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
        return sum(usage.ru_utime + usage.ru_stime for usage in usages)

    def once(work: Callable[[], object]) -> float:
        before = spent()
        work()
        return spent() - before

    spent_in = [[once(work) for work in works] for _ in range(rounds)]
    return [min(each) / frames * 1000 for each in zip(*spent_in, strict=True)]


def coder(encoder: Encoder) -> list[str]:
    """One thread of x264, with key frames as composites have them."""
    options = (part for name, value in picture_coding(encoder).items() for part in (f"-{name}", str(value)))
    return [*options, *_ONE]


def ssim(video: Path, exact: Path) -> float:
    """The mean structural similarity of a video's frames to those of a lossless one."""
    report = run(["-i", str(video), "-i", str(exact), "-lavfi", "ssim=stats_file=-", *_NOWHERE]).decode()
    values = [float(value) for value in re.findall(r"All:([\d.]+)", report)]
    return sum(values) / len(values)


def episode(library: Library, folder: Path) -> CompositeOrder:
    """A turn of a videochat with captions, in one shot."""
    clips = {label: PaneClip(video=clip(library, folder, label.lower())) for label in ("NINJA", "GLITCH")}
    voice = folder / "voice.wav"
    run(["-f", "lavfi", "-i", f"sine=300:d={SECONDS}", "-ar", "48000", str(voice)])
    return CompositeOrder(
        format=Format.SHORT,
        layout="videochat",
        cast=(
            CastMember(label="NINJA", name="Ninja", color="#22d3ee"),
            CastMember(label="GLITCH", name="Glitch", color="#ff4fd8"),
        ),
        speaker="NINJA",
        clips=clips,
        audio=library.put(voice),
        seconds=SECONDS,
        words=tuple(Word(text=word, start=i * 0.34, end=i * 0.34 + 0.32) for i, word in enumerate(_WORDS.split())),
    )


def directed(order: CompositeOrder) -> CompositeOrder:
    """The same turn as the lively director cuts it."""
    turn = SpokenTurn(number=1, turns=3, frames=frames_of(order.seconds), words=order.words, stressed=(9,), mood=True)
    size = order.format.clip_size
    stage = Stage(format=order.format, plain=order.layout, speaker=size, listener=size)
    return order.model_copy(update={"shots": plan(turn, STYLES["lively"], stage)})


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        library = Library(folder / "library")
        order = directed(episode(library, folder))
        exact, made, again, first = (folder / f"{each}.mp4" for each in ("exact", "made", "again", "first"))
        sources = [part for pane in order.clips.values() for part in (*_ONE, "-i", str(library.path(pane.video)))]
        composite(library, order, exact, encoder=_LOSSLESS)
        silent = order.model_copy(update={"captions": "off"})
        lossless, second = [*_ONE, "-i", str(exact), "-an"], folder / "second.mp4"
        best, without, bare, read, decoded, encoded, once, twice = cpu(
            lambda: composite(library, order, made, threads=1),
            lambda: composite(library, silent, again, threads=1),
            lambda: run([*sources, *_STACK, *coder(ENCODER), str(again)]),
            lambda: run([*sources, *_STACK, *_NOWHERE]),
            lambda: run([*lossless, *_NOWHERE]),
            lambda: run([*lossless, *coder(ENCODER), str(again)]),
            lambda: run([*lossless, *coder(_OLD), str(first)]),
            lambda: run([*_ONE, "-i", str(first), *coder(_OLD), str(second)]),
        )
        limit, old = read + encoded - decoded, read + once - decoded + twice
        print(
            f"{ENCODER.preset} crf {ENCODER.crf}: {best:.2f} ms, SSIM {ssim(made, exact):.4f}; "
            f"limit {limit:.2f}, ratio {best / limit:.2f} (target {LIMIT_TARGET}); "
            f"bare {bare:.2f}, ratio {best / bare:.2f}; "
            f"captions add {(best / without - 1) * 100:.0f} % (target {CAPTIONS_TARGET})"
        )
        print(
            f"the old way: {old:.2f} ms, SSIM {ssim(second, exact):.4f}; "
            f"ours of it: {best / old:.3f} (target {OLD_TARGET})"
        )


if __name__ == "__main__":
    main()
