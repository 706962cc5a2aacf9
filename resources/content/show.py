"""`show.yaml` as typed values: the look, the sound, the models, the schedule, the caps and, in `settings`, the cast.

Only the shape and its rules live here; reading the file and naming the line of a mistake is `resources.content.loader`.
Every field a person may set is described, so that the docs and the errors can quote it.
"""

from datetime import UTC, date, datetime, time
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, Field, field_validator, model_validator

from resources.content.settings.characters import Character
from resources.content.settings.fields import (
    NO_SOUND,
    CaptionColor,
    Clock,
    Color,
    FontFile,
    Label,
    OneLine,
    Owner,
    Picture,
    SoundFile,
    Strict,
    Zone,
)
from resources.core.names import DEFAULT_SHOW, MAX_SLOTS, SHOW_PATTERN, Mode


class Format(StrEnum):
    """The shape of an episode's picture."""

    SHORT = "short"  # 9:16
    LONG = "long"  # 16:9
    SQUARE = "square"  # 1:1

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return {Format.SHORT: (1080, 1920), Format.LONG: (1920, 1080), Format.SQUARE: (1080, 1080)}[self]

    @property
    def clip_size(self) -> tuple[int, int]:
        """Width and height of the clips: half the picture. Layouts crop from them, so a layout never remakes a clip."""
        return {Format.SHORT: (1080, 960), Format.LONG: (960, 1080), Format.SQUARE: (1080, 1080)}[self]


class Quality(StrEnum):
    """How good it has to be."""

    DRAFT = "draft"
    STANDARD = "standard"
    BEST = "best"


DEFAULT_LAYOUTS = {Format.SHORT: "videochat", Format.LONG: "newsdesk", Format.SQUARE: "videochat"}


def _complete_layouts(value: dict[Format, str]) -> dict[Format, str]:
    return {**DEFAULT_LAYOUTS, **value}


def _check_formats(value: tuple[Format, ...]) -> tuple[Format, ...]:
    if len(set(value)) < len(value):
        raise ValueError("a format is named twice")
    return value


Formats = Annotated[tuple[Format, ...], Field(min_length=1), AfterValidator(_check_formats)]
Layouts = Annotated[dict[Format, str], AfterValidator(_complete_layouts)]


def _read_approval(value: object) -> object:
    words = {"never": None, "always": 0}
    if isinstance(value, str):
        if value not in words:
            raise ValueError(f"{value!r} says no price: write never, always or {{above_usd: 1.00}}")
        return {"above_usd": words[value]}
    return value


class Camera(Strict):
    """A camera that a turn can ask for: a layout, and the picture of the speaker that it sees."""

    layout: str | None = Field(None, description="a layout's name; without it the format's own")
    angle: str | None = Field(None, description="a key of the characters' `angles`; without it the front picture")
    zoom: float = Field(1, ge=1, le=2, description="how much nearer it is to the speaker")


class ListenerPlan(StrEnum):
    """The ways to get a listener, cheapest first."""

    LIBRARY = "library"  # a loop already bought for this character and mood
    LOOP = "loop"  # a new 5 s clip whose end frame is its start frame
    TRIM = "trim"  # a new 10 s clip, trimmed
    SILENT_AVATAR = "silent_avatar"  # Avatar Standard on a 60 Hz tone: the length is exact


AUTO = "auto"


class ModeModels(Strict):
    """Which models a paid mode uses."""

    speaker: str = Field(AUTO, description="avatar endpoint; auto: what the decision tree chooses")
    listener: str = Field(
        "fal-ai/kling-video/v2.5-turbo/standard/image-to-video", description="image-to-video endpoint"
    )
    listener_plans: tuple[ListenerPlan, ...] = Field(
        (ListenerPlan.LIBRARY, ListenerPlan.LOOP), min_length=1, description="what the show allows for listeners"
    )


_MOST_USD = 100_000  # of a cap, in US dollars: more was meant as none, and stands for a slip of the hand


class Caps(Strict):
    """The most that may be spent, in US dollars. Checked in the transaction that records the intent to buy."""

    segment_usd: float = Field(
        gt=0, le=_MOST_USD, description="for a segment's words, in every take and mode, wherever it stands"
    )
    episode_usd: float = Field(gt=0, le=_MOST_USD, description="for an episode, in every take and mode")
    day_usd: float = Field(gt=0, le=_MOST_USD, description="of a calendar day, over all episodes")
    month_usd: float | None = Field(
        None, gt=0, le=_MOST_USD, description="of a calendar month, over all episodes; absent: no such cap"
    )


# How a show without caps is mended: amounts for episodes of a few turns, for a person to change.
CAPS_HINT = "add to show.yaml: caps: {segment_usd: 2.50, episode_usd: 15.00, day_usd: 30.00}"


class Approval(Strict):
    """Above which price a person is asked. `never` and `always` are words for it in the file."""

    above_usd: float | None = Field(
        ge=0, le=_MOST_USD, description="US dollars: what costs more waits for a person; None: nothing"
    )


class Schedule(Strict):
    """The daily run."""

    at: Clock = Field(time(6, 30), description="local time of day, HH:MM")
    timezone: Zone = Field("UTC", description="IANA name, such as Europe/Berlin")
    mode: Mode = Mode.REHEARSAL
    enabled: bool = Field(False, description="start the schedule switched on")
    catch_up: bool = Field(False, description="also launch days that were missed while Dagster was off")

    def due(self, episode: str) -> datetime | None:
        """When an episode that is named after a day is launched; None for one with another name."""
        try:
            return self.due_on(date.fromisoformat(episode))
        except ValueError:
            return None

    def due_on(self, day: date) -> datetime:
        """When the episode of a day is launched, in UTC: moments of one zone are subtracted by its clock's hands."""
        local = datetime.combine(day, self.at, ZoneInfo(self.timezone))
        # Where clocks are put back, a day has a time twice: Dagster's schedules have the second one.
        return max(local.replace(fold=fold).astimezone(UTC) for fold in (0, 1))

    def local(self, moment: datetime) -> datetime:
        """An aware moment as the schedule's own clock shows it."""
        return moment.astimezone(ZoneInfo(self.timezone))


class Sensor(Strict):
    """What happens when a new episode file appears."""

    launch: bool = Field(False, description="launch a run of a new episode; off: it is registered only")
    mode: Mode = Mode.REHEARSAL


class Archiving(Strict):
    """When a published episode is put away by itself."""

    after_days: int | None = Field(
        None, ge=1, le=3650, description="days after a final cut was last made or changed; absent: never"
    )


class Notify(Strict):
    """Who is told of an episode that failed, waits or is missing. `notify: [...]` gives the addresses alone."""

    to: tuple[Annotated[str, Field(min_length=1, max_length=2000)], ...] = Field(
        (), description="addresses of Apprise, such as tgram://${NINJA_TELEGRAM}/4711; ${NAME} is of the environment"
    )
    desk: str | None = Field(
        None,
        pattern=r"^https?://\S+$",
        description="the http(s) address where others open the desk; absent: where `ninja ui` serves it",
    )

    @model_validator(mode="before")
    @classmethod
    def _addresses_alone(cls, value: object) -> object:
        """`notify: [...]` says the addresses alone."""
        return {"to": value} if isinstance(value, list | tuple) else value


class Ui(Strict):
    """What Dagster's pages may do."""

    paid: bool = Field(
        True, description="false: draft and final are launched by a shell, the schedule and the sensor only"
    )


class CaptionSettings(Strict):
    """Burned-in captions: a style, and what this show has otherwise."""

    style: Literal["karaoke", "pop", "classic", "box", "word", "keywords", "typewriter", "minimal", "off"] = "karaoke"
    font: FontFile | None = Field(None, description="a font in the show's folder; without it the project's own")
    size: float = Field(1, ge=0.6, le=1.6, description="of the style's size")
    place: Literal["top", "middle", "bottom"] = Field("middle", description="of the room that a layout has for them")
    case: Literal["written", "upper"] | None = Field(None, description="without it, as the style has it")
    color: CaptionColor | None = Field(None, description="of the letters: #rrggbb or speaker")
    accent: CaptionColor | None = Field(None, description="of the spoken word or what matters: #rrggbb or speaker")
    stroke: float = Field(1, ge=0, le=2, description="of the style's outline")
    stroke_color: Color | None = Field(None, description="of the outline")


class TransitionSettings(Strict):
    """How one turn goes over into the next: in the pause after a turn's last word, and no turn changes its length."""

    style: Literal["cut", "crossfade", "wipe"] = "cut"
    seconds: float = Field(0.2, ge=0.05, le=2, description="at most the pause: pacing.tail_seconds")


class Direction(Strict):
    """How turns that ask for no camera are shot: by a director's style, or by cameras of the show's own."""

    style: Literal["plain", "calm", "lively", "news"] = Field(
        "plain", description="who cuts a turn into shots; plain: nobody, each is one shot in the format's layout"
    )
    opening: str | None = Field(None, description="the camera of an episode's first turn")
    closing: str | None = Field(None, description="the camera of its last turn")
    turns: str | None = Field(None, description="the camera of all others")

    @model_validator(mode="before")
    @classmethod
    def _by_name(cls, value: object) -> object:
        """`direction: lively` says the style alone."""
        return {"style": value} if isinstance(value, str) else value

    @property
    def cameras(self) -> dict[str, str]:
        """The cameras that it names, by setting."""
        named = {"opening": self.opening, "closing": self.closing, "turns": self.turns}
        return {setting: camera for setting, camera in named.items() if camera}


class TitleSettings(Strict):
    """What is written over the picture besides captions and name tags."""

    card_seconds: float = Field(
        0, ge=0, le=10, description="how long the episode's title stands, from its first turn on"
    )
    lower_third_seconds: float = Field(
        0, ge=0, le=10, description="how long a character's first turn says who it is, and a chapter's first its name"
    )
    roles: dict[Label, OneLine] = Field(
        default_factory=dict, description="what a lower third says below a character's name"
    )
    bug: OneLine = Field("", max_length=24, description="a small line in the corner: the channel's name")
    progress: bool = Field(False, description="a bar at the upper edge that runs by the time of the whole cut")


class Look(Strict):
    """How the picture is composed."""

    layouts: Layouts = Field(default_factory=lambda: dict(DEFAULT_LAYOUTS), description="the layout of each format")
    direction: Direction = Direction()
    titles: TitleSettings = TitleSettings()
    overlays: dict[Format, Picture] = Field(
        default_factory=dict, description="your own transparent PNG for a format, in place of borders, tags and bug"
    )
    captions: CaptionSettings = CaptionSettings()
    transition: TransitionSettings = TransitionSettings()
    ending: Literal["fade", "loop", "hold"] | None = Field(
        None,
        description="after the last turn: the last picture fades to black, or stands, for ending_seconds, or the end "
        "leads into the beginning; without it a Short loops that has no ending_seconds, and all else fades",
    )
    ending_seconds: float | None = Field(
        None, ge=0, le=5, description="how long the last picture fades, or stands: a second where `ending` asks for it"
    )
    rehearsal_size: Literal["full", "half"] = Field(
        "full", description="how large a rehearsal is drawn: as published, or half as wide and high, which is faster"
    )


class Pacing(Strict):
    """The silence around a turn. A change here makes new voice tracks and so, in paid modes, new clips."""

    lead_seconds: float = Field(0.06, ge=0, le=2, description="silence before the first word")
    tail_seconds: float = Field(0.25, ge=0.15, le=2, description="silence after the last word, so that lips close")


class SoundChoice(Strict):
    """Music by file, in the show's folder; `off` is none. An episode may choose its own."""

    bed: SoundFile | None = Field(None, description="music under the whole cut, repeated as often as it takes")
    opening: SoundFile | None = Field(None, description="a sting whose hit falls on the first word")
    closing: SoundFile | None = Field(None, description="a sting from the last word on, or that ends with the cut")

    @property
    def files(self) -> tuple[Path, ...]:
        """The files that are named, below the show's folder."""
        named = (self.bed, self.opening, self.closing)
        return tuple(path for path in named if path is not None and path != NO_SOUND)


class Sound(SoundChoice):
    """The music of every episode, and how loud it plays: in LU below the loudness of the speech."""

    bed_under_speech_lu: float = Field(20, ge=18, le=40, description="the bed while anybody speaks")
    bed_in_pauses_lu: float = Field(10, ge=3, le=40, description="the bed in pauses of 0.8 s and more")
    stings_lu: float = Field(10, ge=0, le=40, description="the stings")
    room_tone_lu: float | None = Field(
        None, ge=25, le=70, description="the tone of a room under everything, so that pauses are not dead; None: none"
    )

    @model_validator(mode="after")
    def _makes_way(self) -> "Sound":
        if self.bed_in_pauses_lu > self.bed_under_speech_lu:
            raise ValueError("the bed is louder under speech than in pauses: make bed_in_pauses_lu the smaller one")
        return self


class Publish(Strict):
    """What the publishing bundle of a final cut says."""

    description: str = Field("", max_length=4000, description="the text before the chapters")
    disclosure: str = Field(
        "The characters and voices in this video are AI-generated.",
        min_length=1,
        max_length=300,
        description="the line that says so; it cannot be left out",
    )
    tags: tuple[str, ...] = Field((), description="tags of the video; the first three become hashtags")

    @field_validator("disclosure")
    @classmethod
    def _says_something(cls, value: str) -> str:
        if not any(sign.isalnum() for sign in value):
            raise ValueError("the line says nothing: write that characters and voices are AI-generated")
        return value


class Show(Strict):
    """The whole of `show.yaml`."""

    title: OneLine = Field(min_length=1, max_length=100)
    id: str = Field(
        DEFAULT_SHOW,
        pattern=f"^{SHOW_PATTERN.pattern}$",
        description="what tells it from other shows of a database: a-z, 0-9 and -; moving its folder changes nothing",
    )
    slots: int = Field(16, ge=1, le=MAX_SLOTS, description="segments an episode can have: s01 … sNN")
    formats: Formats = Field(
        (Format.SHORT,),
        description="what an episode is cut in, from the same clips; the first is what they are made for",
    )
    owners: tuple[Owner, ...] = Field((), description="Dagster owners of the assets: an e-mail or team:name")
    language: str = Field("en", description="ISO 639-1 code of what is spoken")
    characters: dict[Label, Character] = Field(min_length=1)
    cameras: dict[str, Camera] = Field(default_factory=dict)
    look: Look = Look()
    pacing: Pacing = Pacing()
    sound: Sound = Sound()
    publish: Publish = Publish()
    models: dict[Mode, ModeModels] = Field(default_factory=dict)
    caps: Caps | None = Field(None, description="needed for draft and final")
    approval: Annotated[Approval, BeforeValidator(_read_approval)] | None = Field(
        None, description="when a person is asked for the price of the clips, in draft and final, whoever launched them"
    )
    schedule: Schedule = Schedule()
    sensor: Sensor = Sensor()
    archive: Archiving = Archiving()
    notify: Notify = Notify()
    ui: Ui = Ui()

    @property
    def files(self) -> tuple[Path, ...]:
        """Every file that it names: absolute once it is loaded, but for sounds, whose paths start at its folder."""
        looks = (character.image for character in self.characters.values())
        angles = (picture for character in self.characters.values() for picture in character.angles.values())
        named = (*looks, *angles, *self.look.overlays.values(), self.look.captions.font, *self.sound.files)
        return tuple(path for path in named if path is not None)

    def shrink(self, mode: Mode) -> int:
        """What a mode's pictures are smaller by than they are published."""
        return 2 if not mode.paid and self.look.rehearsal_size == "half" else 1
