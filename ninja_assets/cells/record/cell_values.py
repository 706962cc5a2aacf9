"""The typed values that pass from asset to asset, beyond those of `resources/core/values.py`."""

from collections.abc import Mapping, Sequence

from resources.content.show import Format
from resources.core.values import Clip, Media, Receipt, Value, Word
from resources.media.direction.framings import Shot
from resources.media.joining.join import Place
from resources.media.timebase import FPS
from resources.media.typography.subtitles import Spoken
from resources.quality.checks.report import Finding


class Listeners(Value):
    """The clips of those who listen, by label."""

    clips: Mapping[str, Clip]


class Segment(Value):
    """A segment's finished picture and sound in one format: H.264 and FLAC, exactly `frames` frames."""

    video: Media
    poster: Media
    frames: int
    seconds: float
    receipt: Receipt
    shots: tuple[Shot, ...] = ()  # how it is framed; a shot in the whole picture has none
    opening: int = 0  # frames before its voice begins
    sooner: int = 0  # frames by which it ends before its voice does

    def spoken(self, words: Sequence[Word]) -> tuple[Word, ...]:
        """The words of its voice with times from its own start."""
        return tuple(word.later(self.opening / FPS) for word in words)


class Composites(Value):
    """A segment as it is seen in each format of its episode, all of the same length.

    `progress`: how much of the cut is over where it begins and where it ends, as its bar was drawn.
    """

    by_format: Mapping[Format, Segment]
    progress: tuple[float, float] | None = None


class ShownCut(Value):
    """A finished cut in one format, with its pictures, its words and all that its checks found.

    `spoken` is None of a cut that an earlier version made.
    """

    video: Media
    board: Media
    wave: Media
    seconds: float
    places: Mapping[str, Place]  # by segment
    findings: tuple[Finding, ...]
    spoken: tuple[Spoken, ...] | None = None


class Cuts(Value):
    """An episode's cuts: a record of the whole episode, beside the place of each cell."""

    by_format: Mapping[Format, ShownCut]
