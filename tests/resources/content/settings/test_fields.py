"""How one value of show.yaml is written, and in which words another way is refused."""

from datetime import time
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from resources.content.settings.fields import (
    CaptionColor,
    Clock,
    Color,
    FontFile,
    Label,
    Owner,
    Picture,
    SoundFile,
    Strict,
    Zone,
)


class Part(Strict):
    share: float = 0.0


@pytest.mark.parametrize(
    ("kind", "written", "value"),
    [
        (Color, "#22D3EE", "#22d3ee"),
        (CaptionColor, "speaker", "speaker"),
        (Clock, "6:30", time(6, 30)),
        (Zone, "Europe/Berlin", "Europe/Berlin"),
        (Label, "KA\u0308THE", "KÄTHE"),
        (Picture, "a/face.JPG", Path("a/face.JPG")),
        (SoundFile, "off", Path("off")),
        (FontFile, "fonts/own.otf", Path("fonts/own.otf")),
        (Owner, "team:studio", "team:studio"),
    ],
)
def test_a_value_is_read_as_it_is_written(kind: Any, written: str, value: object) -> None:
    assert TypeAdapter(kind).validate_python(written) == value


@pytest.mark.parametrize(
    ("kind", "written", "words"),
    [
        (Color, "22d3ee", "written as '#22d3ee'"),
        (CaptionColor, "red", "written as '#22d3ee'"),
        (Clock, "24:00", "write it as 06:30"),
        (Zone, "Berlin", "such as|like 'Europe/Berlin'"),
        (Label, "a b", "use capitals, digits"),
        (Picture, "face.gif", "a PNG or JPEG is needed"),
        (SoundFile, "music.mid", "or off"),
        (FontFile, "own.woff", "is no font"),
        (Owner, "me", "an e-mail address or team:name"),
    ],
)
def test_another_way_is_refused_in_words_that_say_the_right_one(kind: Any, written: str, words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        TypeAdapter(kind).validate_python(written)


@pytest.mark.parametrize("given", [{"shares": 1}, {"share": float("inf")}])
def test_a_part_takes_no_unknown_key_and_no_endless_number(given: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Part.model_validate(given)
