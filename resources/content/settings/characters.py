"""The cast in `show.yaml`: how each member looks and sounds, and how it performs while it speaks or listens."""

from typing import Literal, Self

from pydantic import Field, model_validator

from resources.content.settings.fields import Color, Picture, Strict

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
LISTENING_NEGATIVE_PROMPT = "blur, distort, low quality, talking, speaking, mouth movement"


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
