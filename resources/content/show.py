"""`show.yaml` as typed values: the cast, the look, the models, the schedule and the caps.

Only the shape and its rules live here; reading the file and naming the line of a mistake is `resources.content.loader`.
Every field a person may set is described, so that the docs and the errors can quote it.
"""

import re
from datetime import date, datetime, time
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from resources.core.names import DEFAULT_SHOW, MAX_SLOTS, SHOW_PATTERN, Mode, is_label, label_key

# The owner's proven prompt (docs/sources/avatars.md#proven-prompt).
EXPRESSIVE_PROMPT = (
    "Animated Pixar character speaking enthusiastically to camera. Expressive digital LED eyes that blink naturally, "
    "widen with excitement, and squint when smiling. Lively head movements and natural micro-expressions. "
    "Energetic YouTuber presentation style."
)
# Both halves are needed to keep a mouth still (docs/sources/avatars.md#listener).
LISTENING_PROMPT = (
    "Animated Pixar character seated at desk listening attentively. Mouth closed, subtle nodding, natural blinking, "
    "occasional smile. Relaxed but engaged."
)
PICTURE_SUFFIXES = (".png", ".jpg", ".jpeg")
SOUND_SUFFIXES = (".wav", ".flac", ".ogg", ".opus", ".mp3", ".m4a", ".aac")
FONT_SUFFIXES = (".ttf", ".otf")
SPEAKER_COLOR = "speaker"
NO_SOUND = Path("off")
LISTENING_NEGATIVE_PROMPT = "blur, distort, low quality, talking, speaking, mouth movement"


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


def _check_color(value: str) -> str:
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", value):
        raise ValueError("a colour is written as '#22d3ee'")
    return value.lower()


def _check_caption_color(value: str) -> str:
    return value if value == SPEAKER_COLOR else _check_color(value)


def _check_font(value: Path) -> Path:
    if value.suffix.lower() not in FONT_SUFFIXES:
        raise ValueError(f"{value.name!r} is no font: a file ending in {', '.join(FONT_SUFFIXES)} is needed")
    return value


def _check_zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError(f"{value!r} is not a time zone; use a name like 'Europe/Berlin'") from error
    return value


def _check_picture(value: Path) -> Path:
    if value.suffix.lower() not in PICTURE_SUFFIXES:
        raise ValueError(f"{value.name!r} is no picture: a PNG or JPEG is needed")
    return value


def _check_sound(value: Path) -> Path:
    if value != NO_SOUND and value.suffix.lower() not in SOUND_SUFFIXES:
        raise ValueError(f"{value.name!r} is no sound: a file ending in {', '.join(SOUND_SUFFIXES)} is needed, or off")
    return value


def _check_label(value: str) -> str:
    label = label_key(value)
    if not is_label(label):
        raise ValueError(f"{value!r} cannot be a label: use capitals, digits, '_' and '-', such as NINJA or KÄTHE")
    return label


def _read_clock(value: object) -> object:
    # pydantic alone would take a bare number for seconds after midnight.
    if isinstance(value, str):
        if not re.fullmatch(r"([01]?\d|2[0-3]):[0-5]\d", value):
            raise ValueError(f"{value!r} is not a time of day; write it as 06:30")
        hour, minute = value.split(":")
        return time(int(hour), int(minute))
    return value


def _read_approval(value: object) -> object:
    words = {"never": None, "always": 0}
    if isinstance(value, str):
        if value not in words:
            raise ValueError(f"{value!r} says no price: write never, always or {{above_usd: 1.00}}")
        return {"above_usd": words[value]}
    return value


def _complete_layouts(value: dict[Format, str]) -> dict[Format, str]:
    return {**DEFAULT_LAYOUTS, **value}


def _check_formats(value: tuple[Format, ...]) -> tuple[Format, ...]:
    if len(set(value)) < len(value):
        raise ValueError("a format is named twice")
    return value


def _check_owner(value: str) -> str:
    # What Dagster takes (`validate_asset_owner`); all else it refuses with the whole graph.
    team = value.startswith("team:") and len(value) > len("team:")
    if not team and not re.fullmatch(r"\b[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,7}\b", value):
        raise PydanticCustomError("owner-unfit", "an owner is an e-mail address or team:name, such as team:studio")
    return value


Formats = Annotated[tuple[Format, ...], Field(min_length=1), AfterValidator(_check_formats)]
Owner = Annotated[str, AfterValidator(_check_owner)]
Color = Annotated[str, AfterValidator(_check_color)]
CaptionColor = Annotated[str, AfterValidator(_check_caption_color)]
FontFile = Annotated[Path, AfterValidator(_check_font)]
Zone = Annotated[str, AfterValidator(_check_zone)]
Picture = Annotated[Path, AfterValidator(_check_picture)]
SoundFile = Annotated[Path, AfterValidator(_check_sound)]
Label = Annotated[str, AfterValidator(_check_label)]
Clock = Annotated[
    time, BeforeValidator(_read_clock), WithJsonSchema({"type": "string", "pattern": r"^([01]?\d|2[0-3]):[0-5]\d$"})
]
Layouts = Annotated[dict[Format, str], AfterValidator(_complete_layouts)]


class Strict(BaseModel):
    """A part of `show.yaml`: immutable; an unknown key is an error, and so is an endless number."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False, defer_build=True)


class OfflineVoice(Strict):
    """A voice of the offline speech engines: hibari-tts for English, eSpeak NG for everything.

    Rate, pitch and range are on eSpeak's scales for both.
    """

    voice: Literal["hibari-man", "hibari-woman", "espeak"] | None = Field(
        None, description="who speaks; without it, the neural man or woman that an English variant names, else eSpeak"
    )
    variant: str = Field("en-us+m3", description="eSpeak voice and variant, such as en-us+m3 or en-us+f5")
    rate: int = Field(172, ge=80, le=320, description="words per minute")
    pitch: int = Field(40, ge=0, le=99, description="eSpeak pitch")
    range: int = Field(65, ge=0, le=99, description="eSpeak pitch range; low is monotone")
    effect: Literal["warm", "bright", "none"] = Field("none", description="the colour given to the voice afterwards")


class ElevenLabsVoice(Strict):
    """A voice of ElevenLabs and how it is used. Ranges: the API reference of text-to-speech."""

    voice_id: str = Field(
        min_length=1,
        pattern=r"^[A-Za-z0-9]+$",
        description="the id in the ElevenLabs voice library: letters and digits",
    )
    model: str = Field("eleven_v3", description="model id; performance tags are kept for v3 and stripped for others")
    stability: float | None = Field(None, ge=0, le=1, description="v3: 0 creative, 0.5 natural, 1 robust")
    similarity_boost: float | None = Field(None, ge=0, le=1)
    style: float | None = Field(None, ge=0, le=1)
    speed: float | None = Field(None, ge=0.7, le=1.2)
    seed: int | None = Field(None, ge=0, le=4294967295, description="best effort, not a guarantee")
    language_code: str | None = Field(None, description="ISO 639-1, such as en")


class Voices(Strict):
    """The voice of a character, by studio."""

    offline: OfflineVoice = OfflineVoice()
    elevenlabs: ElevenLabsVoice | None = None


class Performance(Strict):
    """The components of an avatar's prompt that is not one text (docs/sources/avatars.md#four-components).

    The loader makes `prompt` of them: the category's own, each replaced by the one that is given here.
    """

    template: str | None = Field(None, description="a category of prompts.yaml, such as educational")
    subject: str | None = Field(None, description="who, and what they do")
    expression: str | None = Field(None, description="eyes, mouth, face")
    movement: str | None = Field(None, description="head, body, gestures")
    style: str | None = Field(None, description="the look and the manner")

    @property
    def in_components(self) -> bool:
        """Whether any component is given."""
        return any((self.template, self.subject, self.expression, self.movement, self.style))

    @model_validator(mode="after")
    def _said_in_one_way(self) -> Self:
        if self.in_components and "prompt" in self.model_fields_set:
            raise ValueError("give either `prompt`, or `template` and its components")
        return self


class Speaking(Performance):
    """How a character performs while it speaks."""

    prompt: str = Field(EXPRESSIVE_PROMPT, max_length=2500, description="performance prompt of the avatar model")
    model: str | None = Field(None, description="avatar endpoint for this character; overrides the mode's")


class Listening(Performance):
    """How a character reacts while another speaks."""

    prompt: str = Field(LISTENING_PROMPT, max_length=2500)
    negative_prompt: str = Field(LISTENING_NEGATIVE_PROMPT, max_length=2500)
    moods: dict[str, str] = Field(
        default_factory=dict, description="mood -> words added to the prompt; a turn chooses with {mood: amused}"
    )


class Character(Strict):
    """One member of the cast. Its key in `show.yaml` is its label in an episode file."""

    name: str = Field(min_length=1, max_length=24, description="the name on the screen")
    color: Color = Field("#22d3ee", description="border, name tag and captions")
    puppet: Literal["ninja", "glitch"] | None = Field(None, description="a character drawn by the project")
    image: Picture | None = Field(None, description="a PNG or JPEG in the show's folder: what the models animate")
    angles: dict[str, Picture] = Field(default_factory=dict, description="further pictures, by camera angle")
    voice: Voices = Voices()
    speaking: Speaking = Speaking()
    listening: Listening = Listening()

    @model_validator(mode="after")
    def _has_a_face(self) -> "Character":
        if self.puppet is None and self.image is None:
            raise ValueError("a character needs a `puppet` (ninja, glitch) or an `image` (a PNG or JPEG)")
        return self


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


class Caps(Strict):
    """The most that may be spent, in US dollars. Checked in the transaction that records the intent to buy."""

    segment_usd: float = Field(gt=0, description="for a segment's words, in every take and mode, wherever it stands")
    episode_usd: float = Field(gt=0, description="for an episode, in every take and mode")
    day_usd: float = Field(gt=0, description="of a calendar day, over all episodes")
    month_usd: float | None = Field(
        None, gt=0, description="of a calendar month, over all episodes; absent: no such cap"
    )


class Approval(Strict):
    """Above which price a person is asked. `never` and `always` are words for it in the file."""

    above_usd: float | None = Field(ge=0, description="US dollars: what costs more waits for a person; None: nothing")


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
            day = date.fromisoformat(episode)
        except ValueError:
            return None
        return datetime.combine(day, self.at, ZoneInfo(self.timezone))


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

    card_seconds: float = Field(0, ge=0, le=10, description="how long the episode's title stands over its first turn")
    lower_third_seconds: float = Field(
        0, ge=0, le=10, description="how long a character's first turn says who it is, and a chapter's first its name"
    )
    roles: dict[Label, str] = Field(
        default_factory=dict, description="what a lower third says below a character's name"
    )
    bug: str = Field("", max_length=24, description="a small line in the corner: the channel's name")
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
    ending_seconds: float = Field(0, ge=0, le=5, description="how long the last picture fades, or stands")
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


class Show(Strict):
    """The whole of `show.yaml`."""

    title: str = Field(min_length=1, max_length=100)
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
