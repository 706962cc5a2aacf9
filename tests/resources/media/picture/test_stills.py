import io
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from resources.core.errors import MediaError
from resources.core.library import Library
from resources.core.values import Word
from resources.media.ffmpeg import run
from resources.media.picture.composite import composite
from resources.media.picture.stills import METADATA_LIMIT, Tile, data_uri, poster, still, storyboard, waveform, webp
from resources.media.typography.text import fitted
from tests.resources.media.footage import burst, clip, order, voice, wav


def noise(size: tuple[int, int]) -> Image.Image:
    return Image.fromarray(np.random.default_rng(1).integers(0, 255, (size[1], size[0], 3), dtype=np.uint8))


def test_a_poster_is_a_detailed_frame_within_a_word(tmp_path: Path) -> None:
    video = tmp_path / "v.mp4"
    detailed = "testsrc2=s=320x180:r=30:d=2"
    graph = f"color=gray:s=320x180:r=30:d=2[a];{detailed}[b];color=red:s=320x180:r=30:d=2[c];[a][b][c]concat=n=3"
    run(["-f", "lavfi", "-i", graph, "-c:v", "libx264", "-g", "60", "-sc_threshold", "0", str(video)])
    best = poster(video, width=160)
    assert best.size == (160, 90)
    assert np.asarray(best).std() > 40
    spoken = np.asarray(poster(video, [Word(text="late", start=3.9, end=4.5)], width=160))
    assert spoken[..., 0].mean() > 200
    assert spoken[..., 1].mean() < 40


def test_a_still_is_the_frame_of_its_moment(tmp_path: Path) -> None:
    library = Library(tmp_path / "library")
    path = library.path(clip(library, tmp_path))
    assert np.asarray(still(path, 0.45)).max() < 200
    assert np.asarray(still(path, 0.55)).max() > 230
    assert np.asarray(still(path, 99.0)).max() < 200


def test_a_storyboard_of_a_whole_short_fits_into_metadata(tmp_path: Path) -> None:
    library = Library(tmp_path / "library")
    made = composite(
        library,
        order(clip(library, tmp_path), None, voice(library, burst(1.2, seed=1)), 1.2, "Hello there"),
        tmp_path / "s.mp4",
    )
    picture = poster(made)
    tiles = [
        (
            Tile(
                segment=f"s{number:02d}",
                speaker="Ninja",
                color="#22d3ee",
                start=number * 7.0,
                end=number * 7.0 + 6.4,
                text="it's {100%} of a long line, žluťoučký kůň 🎮, that goes on and on and never seems to end at all",
                notes="$0.56 · made",
            ),
            picture,
        )
        for number in range(1, 11)
    ]
    sheet = storyboard(tiles)
    assert sheet.width == 5 * (240 + 14) + 14
    assert len(data_uri(webp(sheet))) < 100_000
    colors = {color for _, color in sheet.getcolors(1 << 24) or []}
    assert (0x22, 0xD3, 0xEE) in colors


def test_a_storyboard_of_two_hundred_turns_is_a_picture_too() -> None:
    face = Image.new("RGB", (270, 480), "#22d3ee")
    tile = Tile(segment="s01", speaker="Ninja", color="#22d3ee", start=0.0, end=1.0, text="And on and on.", notes="$0")
    sheet = storyboard([(tile, face)] * 200)
    assert sheet.height <= 16383 < 40 * 480  # rows, five to each, would be higher than WebP can be
    shown = Image.open(io.BytesIO(webp(sheet)))
    assert shown.width / shown.height == pytest.approx(sheet.width / sheet.height, rel=0.02)


def test_webp_gets_smaller_until_it_fits() -> None:
    content = webp(noise((900, 700)), 30_000)
    assert len(content) <= 30_000
    shown = Image.open(io.BytesIO(content))
    assert shown.width / shown.height == pytest.approx(900 / 700, rel=0.02)
    assert len(webp(noise((100, 80)))) <= METADATA_LIMIT


def test_a_waveform_is_high_where_sound_is(tmp_path: Path) -> None:
    path = tmp_path / "v.wav"
    path.write_bytes(wav(burst(2.0, seed=1, at=(1.0,))))
    drawn = np.asarray(waveform(path, width=200, height=80, color="#ff0000", joints=[0.5]))
    red = (drawn[..., 0] > 200) & (drawn[..., 1] < 50)
    heights = red.sum(axis=0)
    assert heights[102:118].min() > 20
    assert heights[5:45].max() <= 3
    assert (drawn[:, 50] == (0x9A, 0xA3, 0xC7)).all(axis=1).sum() > 60


def test_what_is_no_video_is_refused_with_its_path(tmp_path: Path) -> None:
    path = tmp_path / "broken.mp4"
    path.write_bytes(b"not a video")
    for look in (poster, lambda video: still(video, 0.0)):
        with pytest.raises(MediaError, match=r"broken\.mp4"):
            look(path)


def test_a_storyboard_shows_emoji_in_their_own_colours() -> None:
    def words(text: str) -> NDArray[np.int16]:
        tile = Tile(segment="s01", speaker="Ninja", color="#22d3ee", start=0, end=1, text=text)
        return np.asarray(storyboard([(tile, Image.new("RGB", (270, 480)))])).astype(np.int16)

    def warm(picture: NDArray[np.int16]) -> int:
        return int(((picture[..., 0] > 180) & (picture[..., 2] < 90)).sum())

    assert warm(words("Two words")) == 0
    assert warm(words("Two 🔥 words 🔥")) > 100


def test_a_tile_keeps_long_names_and_words_to_their_places_and_dark_ones_can_be_read() -> None:
    def drawn(**changes: str) -> NDArray[np.int16]:
        plain = {"speaker": "", "color": "#0b0e1f", "text": ""} | changes
        sheet = storyboard([(Tile(segment="s01", start=0.0, end=1.0, **plain), Image.new("RGB", (240, 100)))])
        return np.asarray(sheet).astype(np.int16)[14 + 100 + 6 :, 14:254]

    bare, named, worded = drawn(), drawn(speaker="Bartholomew Wolfeschlege"), drawn(text="Pneumono" * 9)
    name = np.flatnonzero(np.abs(named - bare).max(axis=(0, 2)) > 20)
    assert name.min() > 60  # right of the segment's key
    assert named[:30, 80:].max() > 120
    assert np.flatnonzero(np.abs(worded - bare).max(axis=(0, 2)) > 20).max() < 232
    assert np.abs(worded - bare).max(axis=(1, 2))[75:].max() > 20  # it goes on in the next line


def test_a_headline_without_spaces_is_broken_between_phrases() -> None:
    title = "新しいパッチがゲームのすべてを壊してしまった夜の話"
    made = fitted(title, room=(948, 110), largest=76, least=34, lines=3)
    assert made.lines == ("新しいパッチがゲームの", "すべてを壊してしまった夜の話")
    assert made.size > 40
