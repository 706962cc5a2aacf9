"""The typed values that pass from asset to asset, beyond those of the seams."""

from collections.abc import Mapping

from resources.seams import Clip, Media, Receipt, Upload, Value
from resources.show.model import Format


class Uploads(Value):
    """Where the clip studio reads a turn's voice and its characters' pictures (None: a puppet needs none)."""

    voice: Upload
    portraits: Mapping[str, Upload | None]


class References(Value):
    """Where the clip studio reads the files of the show that a shot refers to, by slot."""

    files: Mapping[str, Upload]


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


class Composites(Value):
    """A segment as it is seen in each format of its episode, all of the same length."""

    by_format: Mapping[Format, Segment]
