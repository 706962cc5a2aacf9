"""The values between the graph and the studios: what an asset asks for, and what it gets back.

A mode chooses which studio stands behind each protocol; assets and the editor know only these. Every delivery carries
a Receipt, so what a thing cost is known wherever it goes. Media are referred to by content (`Media`), never by path.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Final, Self

from pydantic import BaseModel, ConfigDict

from resources.core.names import LISTENER_CLIPS, SHOTS, SPEAKER_CLIPS, TTS_AUDIO, Mode


class Value(BaseModel):
    """A typed value that is stored as JSON and read again."""

    # Validators are built when first used: a command uses few of the types that it imports.
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class Media(Value):
    """A file of the library, known by its content."""

    sha256: str
    suffix: str  # with the dot: .wav, .mp4, .png
    size: int  # bytes


class Word(Value):
    """A spoken word as captions show it, with its times in seconds from the start of its audio."""

    text: str
    start: float
    end: float

    def later(self, seconds: float) -> Self:
        """The same word in a sound that begins so much earlier."""
        return self.model_copy(update={"start": self.start + seconds, "end": self.end + seconds})


class Viseme(StrEnum):
    """A mouth shape that a viewer tells from others: the ten of Preston Blair, by the sounds that they stand for."""

    REST = "rest"
    MBP = "mbp"  # lips pressed
    FV = "fv"  # upper teeth on the lower lip
    L = "l"  # the tongue's tip behind the upper teeth: l, th
    ETC = "etc"  # teeth nearly closed: c d g k n r s t y z
    AI = "ai"  # wide open
    E = "e"  # spread
    OH = "o"  # round
    U = "u"  # a smaller round
    WQ = "wq"  # puckered


class MouthCue(Value):
    """A mouth shape, and the second from the start of its audio from which on it is held, until the next one."""

    shape: Viseme
    start: float


def sum_usd(amounts: Iterable[float]) -> float:
    """Dollars added, in whole millionths of one."""
    return round(sum(amounts), 6)


class Receipt(Value):
    """What a delivery cost and where it came from. Dollars are US dollars; seconds are wall-clock seconds."""

    provider: str  # offline, elevenlabs, fal
    endpoint: str = ""
    take: int = 1
    reused: bool = False  # it existed already: nothing was made or paid
    cost_usd: float = 0.0  # what this delivery cost now; 0 when reused
    estimated_usd: float = 0.0
    saved_usd: float = 0.0  # what reuse saved
    billed_units: float | None = None  # as the provider counts, in its own `unit`
    unit_price_usd: float | None = None  # of one such unit
    unit: str | None = None
    by_estimate: bool = False  # the provider's own sum is not known: the estimate counts
    flag: str | None = None  # how its bill differs from what was expected, or why it was not believed
    request_id: str | None = None
    queue_seconds: float | None = None
    render_seconds: float | None = None
    note: str | None = None  # a choice worth telling: the listener's plan, a padded turn

    @classmethod
    def sum_of(cls, receipts: Sequence[Self]) -> Self:
        """Several receipts as one: sums of dollars, the longest of the waits (they ran side by side), every request.

        Units are a sum where all are told and of one kind. At least one receipt is needed.
        """

        def each(values: Iterable[str | None], between: str = ", ") -> str | None:
            return between.join(dict.fromkeys(value for value in values if value)) or None

        def most(values: Iterable[float | None]) -> float | None:
            return max((value for value in values if value is not None), default=None)

        units = [one.billed_units for one in receipts if one.billed_units is not None]
        alike = len(units) == len(receipts) and len({one.unit for one in receipts}) == 1
        return cls(
            provider=each(one.provider for one in receipts) or "",
            endpoint=each(one.endpoint for one in receipts) or "",
            take=max(one.take for one in receipts),
            reused=all(one.reused for one in receipts),
            cost_usd=sum_usd(one.cost_usd for one in receipts),
            estimated_usd=sum_usd(one.estimated_usd for one in receipts),
            saved_usd=sum_usd(one.saved_usd for one in receipts),
            billed_units=sum_usd(units) if alike else None,
            unit_price_usd=most(one.unit_price_usd for one in receipts),
            unit=each(one.unit for one in receipts),
            by_estimate=any(one.by_estimate for one in receipts),
            flag=each((one.flag for one in receipts), "; "),
            request_id=each(one.request_id for one in receipts),
            queue_seconds=most(one.queue_seconds for one in receipts),
            render_seconds=most(one.render_seconds for one in receipts),
            note=each(one.note for one in receipts),
        )


class Part(StrEnum):
    """What of a cell can be made anew, as a new take."""

    VOICE = "voice"
    SPEAKER = "speaker"
    LISTENER = "listener"
    SHOT = "shot"


# What each asset that is bought makes of a cell, in the order in which they are made.
PART_OF: Final[Mapping[str, Part]] = {
    TTS_AUDIO: Part.VOICE,
    SPEAKER_CLIPS: Part.SPEAKER,
    LISTENER_CLIPS: Part.LISTENER,
    SHOTS: Part.SHOT,
}
# What a retake makes anew unless it says otherwise: the performance. Listeners' loops serve all segments and episodes.
PERFORMANCE = (Part.VOICE, Part.SPEAKER, Part.SHOT)


class Cell(Value):
    """Which cell of the graph an order is for: caps and the ledger count by it.

    `content` is what stands in the segment (`content_key`): a line that moves takes what it cost along.
    """

    episode: str
    segment: str
    mode: Mode
    content: str | None = None


class Voice(Value):
    """A raw voice recording with its words, as a voice studio delivers it."""

    audio: Media
    seconds: float  # measured from the decoded audio
    words: tuple[Word, ...]
    receipt: Receipt
    visemes: tuple[MouthCue, ...] | None = None  # None: the studio does not tell; mouths then follow the loudness


class VoiceTrack(Value):
    """A voice finished into its segment's sound: what the models hear, and what the final cut plays."""

    audio: Media  # 48 kHz mono WAV, 16 bit
    seconds: float  # of the whole track, pauses and padding included
    words: tuple[Word, ...]  # times count from the start of this track
    padded: bool  # silence was added at the end to reach the models' shortest length
    receipt: Receipt  # of the voice
    visemes: tuple[MouthCue, ...] | None = None  # as of `Voice`, counted from the start of this track
    origin: str | None = None  # the recording that it was made from, and how, as keys name it


class Upload(Value):
    """A file where the clip studio can read it. Offline, the URL is of the library itself and never expires."""

    url: str
    media: Media
    expires_at: datetime | None = None


class Clip(Value):
    """A moving picture, measured after delivery (never assumed). Its sound, if any, is not used."""

    video: Media
    seconds: float
    width: int
    height: int
    fps: float
    receipt: Receipt
    loops: bool = False  # first and last frame meet: it may be repeated without a jump

    @property
    def media(self) -> Media:
        """Its file, as of everything that has a picture."""
        return self.video


class Footage(Value):
    """What a shot became, measured after delivery: a clip, or a still picture, which has no `seconds` and no `fps`.

    `reason` says why this model made it.
    """

    media: Media
    width: int
    height: int
    receipt: Receipt
    seconds: float | None = None
    fps: float | None = None
    has_sound: bool = False
    reason: str = ""
