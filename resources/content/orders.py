"""What a cell of the graph asks a studio for: a line to be spoken, a face, a shot; and where the files of it are read.

Values alone. What becomes of an order in a paid mode is `resources.purchasing.requests`; who takes it,
`resources.providers.protocols`.
"""

from collections.abc import Mapping

from resources.content.shots import AnyShot
from resources.content.show import Character, Format
from resources.core.values import Cell, Media, Upload, Value, Word


class FootageOrder(Value):
    """A shot to be made. `given` has the file of every slot that it needs, in the form that the slot takes."""

    cell: Cell
    shot: AnyShot
    format: Format
    take: int
    given: Mapping[str, Media]


class VoiceOrder(Value):
    """A line to be spoken."""

    cell: Cell
    label: str
    character: Character
    performance: str
    spoken: str
    take: int
    language: str


class SpeakerOrder(Value):
    """A clip of a character speaking. `width` x `height` is the pane it will fill, in pixels.

    `track` is the finished voice, and `audio` what of it the models are sent: in pieces cut from the track where it is
    too long for a model.
    """

    cell: Cell
    label: str
    character: Character
    track: Media
    audio: Upload
    image: Upload | None  # None: the character is a puppet
    seconds: float
    words: tuple[Word, ...]
    width: int
    height: int
    take: int
    model: str | None = None
    acting: str | None = None  # how this turn is performed, after the character's own way


class ListenerOrder(Value):
    """A clip of a character listening for `seconds`, mouth shut."""

    cell: Cell
    label: str
    character: Character
    image: Upload | None
    seconds: float
    width: int
    height: int
    mood: str | None
    take: int


class Uploads(Value):
    """Where the clip studio reads a turn's voice and its characters' pictures (None: a puppet needs none)."""

    voice: Upload
    portraits: Mapping[str, Upload | None]


class References(Value):
    """Where the clip studio reads the files of the show that a shot refers to, by slot."""

    files: Mapping[str, Upload]
