"""A long turn is cut in the pauses between its sentences, and its pieces' clips are joined where nobody speaks."""

from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest

from resources.core.library import Library
from resources.core.values import Media, Word
from resources.media.audio.pieces import SEAM_SECONDS, cut_voice, divide, join_clips, pieces_of
from resources.media.audio.voice_track import wav_bytes
from resources.media.probe import audio_seconds, video_facts
from resources.media.timebase import RATE
from tests.resources.media.footage import clip


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path / "library")


def track(library: Library, *parts: tuple[float, float]) -> Media:
    """Tones of so many seconds, each with so much silence after it."""
    sounds = [
        np.concatenate([np.sin(np.arange(round(tone * RATE)) * 0.05) * 0.3, np.zeros(round(silence * RATE))])
        for tone, silence in parts
    ]
    return library.put_bytes(wav_bytes(np.concatenate(sounds).astype(np.float32)), ".wav")


WORDS = (
    Word(text="First", start=0.0, end=1.0),
    Word(text="one.", start=1.0, end=3.0),
    Word(text="“Second?”", start=3.6, end=6.6),
    Word(text="Third", start=7.0, end=9.0),
)
SPOKEN = ((3.0, 0.6), (3.0, 0.4), (2.0, 0.3))


def test_a_track_is_cut_in_its_pauses_and_each_piece_ends_in_silence(library: Library) -> None:
    pieces = cut_voice(library, track(library, *SPOKEN), WORDS, least=2.0, most=7.5)
    assert [piece.last_words for piece in pieces] == ["First one.", ""]
    first, second = pieces
    assert 3.0 <= first.end <= 3.6 - SEAM_SECONDS + 0.1
    assert second.start == first.end
    assert second.end == pytest.approx(9.3)
    assert audio_seconds(library.path(first.audio)) == pytest.approx(first.end + SEAM_SECONDS, abs=0.02)
    assert audio_seconds(library.path(second.audio)) == pytest.approx(9.3 - second.start, abs=0.02)


def test_the_same_track_gives_the_same_pieces_and_a_shorter_limit_more(library: Library) -> None:
    voice = track(library, *SPOKEN)
    again = cut_voice(library, voice, WORDS, least=2.0, most=7.5)
    assert again == cut_voice(library, voice, WORDS, least=2.0, most=7.5)
    assert len(cut_voice(library, voice, WORDS, least=2.0, most=4.5)) == 3
    assert cut_voice(library, voice, WORDS, least=2.0, most=3.0) == ()
    assert cut_voice(library, voice, (), least=2.0, most=7.5) == ()


def test_a_piece_shorter_than_its_model_takes_is_filled_with_silence(library: Library) -> None:
    words = (Word(text="Yes!", start=0.0, end=0.5), Word(text="Sure.", start=0.9, end=5.9))
    short, _ = cut_voice(library, track(library, (0.5, 0.4), (5.0, 0.3)), words, least=2.0, most=6.0)
    assert audio_seconds(library.path(short.audio)) == pytest.approx(2.0, abs=0.02)


@pytest.mark.parametrize(
    ("ends", "most", "cuts"),
    [
        ((), 60, ()),
        ((20, 40), 60, ()),
        ((10, 29, 50), 40, (1,)),
        ((10, 20, 30, 40, 50), 25, (1, 3)),
        ((5, 55), 45, None),
    ],
)
def test_a_turn_is_made_in_the_fewest_pieces_of_even_length(
    ends: tuple[float, ...], most: float, cuts: tuple[int, ...] | None
) -> None:
    assert divide(ends, 60.0, most) == cuts


def test_a_turn_whose_words_are_known_says_in_how_many_pieces_it_would_be_made() -> None:
    assert pieces_of([20, 20, 20], 61, 60) == 2
    assert pieces_of([70], 70, 60) == 0


def test_joined_clips_last_as_long_as_the_voice_and_meet_in_a_fade(library: Library, tmp_path: Path) -> None:
    red = clip(library, tmp_path, color="0xff0000", seconds=2.3, size=(320, 240), fps=25)
    blue = clip(library, tmp_path, color="0x0000ff", seconds=1.9, size=(320, 240), fps=25)
    joined = library.path(join_clips(library, [red, blue], [0.0, 2.0], 3.84))
    facts = video_facts(joined)
    assert facts.seconds == pytest.approx(3.84, abs=0.001)
    assert (facts.width, facts.height, facts.fps) == (320, 240, 25)
    with av.open(str(joined)) as container:
        frames = [frame.to_ndarray(format="rgb24")[20, 20].astype(int) for frame in container.decode(video=0)]
    assert frames[49][0] > 200 > frames[57][0]  # red until 2.0 s, and no red after the fade
    assert frames[57][2] > 200
    steps = [int(np.abs(after - before).max()) for before, after in pairwise(frames[48:59])]
    assert max(steps) < 90, "no frame jumps: a cut would step by 250"
