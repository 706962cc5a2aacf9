"""Stand-ins of rehearsals: of each kind, as long as the shot will be, in its shape, and not twice the same."""

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from resources.content.shots import SHOTS, parse_shot
from resources.content.show import Format
from resources.core.library import Library
from resources.core.names import Mode
from resources.core.values import Cell, Footage, Media
from resources.media import ffmpeg
from resources.media.layouts import COVERED, LAYOUTS, above_captions, arrangement
from resources.media.picture.overlays import mark_box
from resources.media.probe import video_facts
from resources.models.references import fitted
from resources.providers.offline.slate import Slate, card
from resources.providers.offline.stand_ins import OfflineShotStudio, slips
from resources.purchasing.requests.briefs import ShotBrief

CELL = Cell(episode="x", segment="s01", mode=Mode.REHEARSAL)


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path / "library")


def files(library: Library, tmp_path: Path) -> tuple[Media, Media]:
    """A picture, and a clip of 1.5 s."""
    Image.effect_noise((600, 600), 90).convert("RGB").save(tmp_path / "a.png")
    source = "testsrc2=s=160x120:r=24:d=1.5"
    ffmpeg.run(["-f", "lavfi", "-i", source, "-pix_fmt", "yuv420p", "-preset", "ultrafast", str(tmp_path / "b.mp4")])
    return library.put(tmp_path / "a.png"), library.put(tmp_path / "b.mp4")


def shoot(library: Library, tmp_path: Path, label: str, text: str, **settings: Any) -> Footage:
    picture, clip = files(library, tmp_path)
    shot, shape = parse_shot(label, settings, text), Format.SQUARE
    given = {
        slot: fitted(library, shot, slot, clip if slot in shot.clip_slots else picture, format=shape, where="x")
        for slot in shot.needs()
    }
    order = ShotBrief(cell=CELL, shot=shot, format=shape, take=1, given=given)
    made = OfflineShotStudio(library).shoot(order)
    assert OfflineShotStudio(library).shoot(order).receipt.reused
    assert (made.receipt.cost_usd, made.receipt.provider) == (0, "offline")
    return made


@pytest.mark.parametrize(
    ("label", "settings", "frames"),
    [
        ("BROLL", {"seconds": 3}, 90),
        ("TRANSITION", {"start": "a.png", "end": "a.png", "seconds": 3}, 90),
        ("MOTION", {"image": "a.png", "video": "b.mp4"}, 45),
        ("EDIT", {"clip": "b.mp4"}, 45),
        ("OMNI", {"references": {"one": "a.png", "two": "a.png"}, "seconds": 3}, 90),
    ],
)
def test_a_clip_is_as_long_as_the_shot_will_be(
    library: Library, tmp_path: Path, label: str, settings: dict[str, Any], frames: int
) -> None:
    made = shoot(library, tmp_path, label, "A street at night.", **settings)
    facts = video_facts(library.path(made.media))
    assert (facts.frames, facts.fps, facts.width, facts.height) == (frames, 30.0, 1080, 1080)
    assert made.seconds == pytest.approx(frames / 30)
    assert not made.has_sound


@pytest.mark.parametrize("references", [{}, {"one": "a.png", "two": "a.png"}])
def test_a_picture_has_the_episodes_shape(library: Library, tmp_path: Path, references: dict[str, str]) -> None:
    made = shoot(library, tmp_path, "IMAGE", "A ninja.", references=references)
    with Image.open(library.path(made.media)) as picture:
        assert picture.size == (1080, 1080)
    assert (made.media.suffix, made.seconds) == (".png", None)


def test_timestamps_give_the_length_and_bad_letters_are_left_out(library: Library, tmp_path: Path) -> None:
    made = shoot(library, tmp_path, "BROLL", "[0:00-0:01] Goggles 🎮 \x00close.\n[0:01-0:03] The desk.")
    assert made.seconds == pytest.approx(3)


@pytest.mark.parametrize(("layout", "format"), [(name, shape) for name in LAYOUTS for shape in Format])
@pytest.mark.parametrize("words", [3, 200])
def test_a_card_stands_clear_of_captions_the_headline_and_the_mark(layout: str, format: Format, words: int) -> None:
    box, place = drawn_card(format, above_captions(layout, format), words), arrangement(layout, format)
    for other in (place.captions, place.title, mark_box(place.mark), *COVERED[format]):
        apart = other.x + other.width <= box[0] or box[2] <= other.x
        assert apart or other.y + other.height <= box[1] or box[3] <= other.y


@cache
def drawn_card(format: Format, within: tuple[int, int], words: int) -> tuple[int, int, int, int]:
    """The edges of a card: the corners of the viewfinder are lines of 4 pixels, what is wider is the card."""
    solid = np.asarray(card(Slate("broll", "A word. " * words, ["5 s"]), format, within).getchannel("A")) > 200
    rows, columns = (np.flatnonzero(solid.sum(axis=axis) > format.size[0] / 8) for axis in (1, 0))
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


@pytest.mark.parametrize("format", list(Format))
def test_a_card_of_each_kind_stays_inside_the_picture(format: Format) -> None:
    for kind in SHOTS:
        drawn = card(Slate(kind.lower(), "A word. " * 200, ["5 s"]), format)
        box = drawn.getchannel("A").getbbox()
        assert drawn.size == format.size
        assert box is not None
        assert 0 < box[0] < box[2] < format.size[0]
        assert 0 < box[1] < box[3] < format.size[1]


def test_a_stand_in_has_its_words_in_every_format_and_what_was_bought_has_none(
    library: Library, tmp_path: Path
) -> None:
    text = "[0:00-0:01] Goggles.\n[0:01-0:03] The desk."
    made = shoot(library, tmp_path, "BROLL", text)
    for format in Format:
        written = slips(library, parse_shot("BROLL", {}, text), made, format)
        assert [(slip.begins, slip.ends) for slip in written] == [(0, 1), (1, 3)]
        for slip in written:
            with Image.open(library.path(slip.picture)) as picture:
                assert (picture.size, picture.mode) == (format.size, "RGBA")
    bought = made.model_copy(update={"receipt": made.receipt.model_copy(update={"endpoint": "fal-ai/veo3"})})
    assert slips(library, parse_shot("BROLL", {}, text), bought, Format.LONG) == ()
