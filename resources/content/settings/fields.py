"""How one value of `show.yaml` is written: a colour, a time of day, a label, the file of a picture.

A value that is written otherwise is refused in words that say how it is written. What a value is for is not known here.
"""

import re
from datetime import time
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, WithJsonSchema
from pydantic_core import PydanticCustomError

from resources.core.names import is_label, label_key

PICTURE_SUFFIXES = (".png", ".jpg", ".jpeg")
SOUND_SUFFIXES = (".wav", ".flac", ".ogg", ".opus", ".mp3", ".m4a", ".aac")
FONT_SUFFIXES = (".ttf", ".otf")
SPEAKER_COLOR = "speaker"
NO_SOUND = Path("off")


class Strict(BaseModel):
    """A part of `show.yaml`: immutable; an unknown key is an error, and so is an endless number."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False, defer_build=True)


def _on_one_line(value: str) -> str:
    """A text without line breaks, tabs and blanks at its ends, which no plate shows; one of blanks is the linter's."""
    return " ".join(value.split()) or value


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


def _check_owner(value: str) -> str:
    # What Dagster takes (`validate_asset_owner`); all else it refuses with the whole graph.
    team = value.startswith("team:") and len(value) > len("team:")
    if not team and not re.fullmatch(r"\b[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,7}\b", value):
        raise PydanticCustomError("owner-unfit", "an owner is an e-mail address or team:name, such as team:studio")
    return value


Owner = Annotated[str, AfterValidator(_check_owner)]
OneLine = Annotated[str, AfterValidator(_on_one_line)]
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
