"""What the edit decision list says: the segments of a cut, and the files that each is made of.

The finished segments are the upper track; below it lies what they are made of, so that a cut can be rebuilt by hand.
"""

from resources.core.values import Value


class Source(Value):
    """A file on a track: its path from the timeline's own folder, and its length. A loop is repeated by hand."""

    url: str
    seconds: float
    begins: int = 0  # frames into the segment
    frames: int | None = None  # that it is seen for; None: to the segment's end


class Shot(Value):
    """A segment in the timeline. `sources` by track: segments, speakers, listeners, shots, voices.

    `over`: the shots that are seen over it, those that begin first in front.
    """

    segment: str
    frames: int
    sources: dict[str, Source]
    over: tuple[Source, ...] = ()
