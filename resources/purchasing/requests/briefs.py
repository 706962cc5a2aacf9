"""What a studio is asked to make: a line to be spoken, a face that speaks or listens, a shot. And where files are read.

Values alone, the same in every mode. In a paid mode a brief carries the requests that it is bought as, built by
`segment_requests`; in a rehearsal it has none. Who takes briefs is `resources.providers.protocols`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from resources.content.settings.characters import Character
from resources.content.shots import AnyShot
from resources.content.show import Format
from resources.core.values import Cell, Media, MouthCue, Upload, Value, Word
from resources.purchasing.requests.request import Request


@dataclass(frozen=True)
class VoiceBrief:
    """A line to be spoken."""

    cell: Cell
    label: str
    character: Character
    performance: str  # with its [tags]
    spoken: str
    take: int
    language: str
    requests: tuple[Request, ...] = ()


@dataclass(frozen=True)
class SpeakerBrief:
    """A clip of a character speaking a finished voice. `width` x `height` is the pane it will fill, in pixels."""

    cell: Cell
    label: str
    character: Character
    track: Media
    image: Media | None  # None: the character is a puppet
    seconds: float
    words: tuple[Word, ...]
    width: int
    height: int
    take: int
    model: str | None = None  # the turn's own avatar endpoint
    acting: str | None = None  # how this turn is performed, after the character's own way
    visemes: tuple[MouthCue, ...] | None = None  # None: the voice does not tell; mouths then follow the loudness
    origins: Mapping[str, str] = field(default_factory=dict)  # sha256 of a file that was made -> from what
    requests: tuple[Request, ...] = ()  # several for a turn that is too long for its model: its pieces, in their order


@dataclass(frozen=True)
class ListenerBrief:
    """A clip of a character listening for `seconds`, mouth shut. `width` x `height` is its pane, in pixels."""

    cell: Cell
    label: str
    character: Character
    image: Media | None  # None: the character is a puppet
    seconds: float
    width: int
    height: int
    mood: str | None
    take: int
    origins: Mapping[str, str] = field(default_factory=dict)  # sha256 of a file that was made -> from what
    requests: tuple[Request, ...] = ()


@dataclass(frozen=True)
class ShotBrief:
    """A shot to be made. `given` has the file of every slot that it needs, in the form that the slot takes."""

    cell: Cell
    shot: AnyShot
    format: Format
    take: int
    given: Mapping[str, Media]
    origins: Mapping[str, str] = field(default_factory=dict)  # sha256 of a file that was made -> from what
    requests: tuple[Request, ...] = ()


class Uploads(Value):
    """Where the clip studio reads a turn's voice and its characters' pictures (None: a puppet needs none)."""

    voice: Upload
    portraits: Mapping[str, Upload | None]

    def picture(self, label: str) -> Media | None:
        """A character's picture by content; None for a puppet."""
        upload = self.portraits[label]
        return upload.media if upload else None

    @property
    def media(self) -> Mapping[str, Media]:
        """The pictures by label, of characters that have one."""
        return {label: upload.media for label, upload in self.portraits.items() if upload}


class References(Value):
    """Where the clip studio reads the files of the show that a shot refers to, by slot."""

    files: Mapping[str, Upload]

    @property
    def media(self) -> Mapping[str, Media]:
        """The files by slot."""
        return {slot: upload.media for slot, upload in self.files.items()}
