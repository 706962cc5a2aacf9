"""Where the progress bar stands: by the time of the whole cut, without a gap at a joint."""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ninja_assets.cells.record.cell_values import Composites
from ninja_assets.cells.work import SegmentWork
from ninja_assets.cut.shooting.progress_bar import progress_of, spanned, voices
from resources.core.names import COMPOSITES, SHOTS, TTS_AUDIO
from resources.core.values import Footage, Media, Receipt, VoiceTrack
from tests.paid_episode import PaidEpisode, paid_episode
from tests.stage import PAID_SHOW

WITH_BAR = PAID_SHOW + "look: {titles: {progress: true}}\n"
LINES = """\
NINJA: One two three, here we go.
IMAGE {name: map}: A map.
BROLL {image: map, seconds: 5}: It unfolds.
GLITCH: Four five six.
"""


@pytest.fixture
def episode(tmp_path: Path) -> Iterator[PaidEpisode]:
    with paid_episode(tmp_path, LINES, show=WITH_BAR) as opened:
        yield opened


@given(st.lists(st.integers(1, 10_000), min_size=1, max_size=40))
def test_it_goes_from_nothing_to_the_whole_without_a_gap_or_a_step_back(frames: list[int]) -> None:
    spans = [spanned(frames, place) for place in range(len(frames))]
    assert (spans[0][0], spans[-1][1]) == (0, 1)
    assert all(before[1] == after[0] for before, after in pairwise(spans))
    assert all(begins < ends for begins, ends in spans)


def voice(work: SegmentWork, seconds: float) -> None:
    sound = Media(sha256="a" * 64, suffix=".wav", size=1)
    track = VoiceTrack(audio=sound, seconds=seconds, words=(), padded=False, receipt=Receipt(provider="x"))
    work.records.write(TTS_AUDIO, work.key, track, {})


def span(episode: PaidEpisode, segment: str) -> tuple[float, float]:
    found = progress_of(episode.work(COMPOSITES, segment))
    assert found is not None
    return found


def test_without_a_bar_nothing_is_waited_for(tmp_path: Path) -> None:
    with paid_episode(tmp_path, LINES) as episode:
        work = episode.work(COMPOSITES, "s01")
        assert (progress_of(work), voices(work)) == (None, ())


def test_a_bar_waits_for_the_voices_of_the_cut_and_not_for_its_shots(episode: PaidEpisode) -> None:
    found = voices(episode.work(COMPOSITES, "s03"))
    assert [(asset, key.segment) for asset, key in found] == [(TTS_AUDIO, "s01"), (TTS_AUDIO, "s04")]


def test_lengths_that_are_known_count_and_the_others_are_guessed(episode: PaidEpisode) -> None:
    assert span(episode, "s01")[0] == 0
    assert span(episode, "s04")[1] == 1
    voice(episode.work(TTS_AUDIO, "s01"), 10.0)
    voice(episode.work(TTS_AUDIO, "s04"), 5.0)
    assert [span(episode, segment) for segment in ("s01", "s03", "s04")] == [(0, 0.5), (0.5, 0.75), (0.75, 1)]
    shot = episode.work(SHOTS, "s03")
    made = Footage(
        media=Media(sha256="b" * 64, suffix=".mp4", size=1),
        width=9,
        height=16,
        receipt=Receipt(provider="x"),
        seconds=5.0,
    )
    shot.records.write(SHOTS, shot.key, made, {})
    assert span(episode, "s03") == (0.5, 0.75)


@pytest.mark.parametrize(("drawn", "kept"), [((0.001, 0.502), True), ((0.0, 0.51), False), ((0.01, 0.5), False)])
def test_a_bar_that_was_drawn_is_kept_while_nobody_can_see_the_difference(
    episode: PaidEpisode, drawn: tuple[float, float], kept: bool
) -> None:
    voice(episode.work(TTS_AUDIO, "s01"), 10.0)
    voice(episode.work(TTS_AUDIO, "s04"), 5.0)
    work = episode.work(COMPOSITES, "s01")
    work.records.write(COMPOSITES, work.key, Composites(by_format={}, progress=drawn), {})
    assert span(episode, "s01") == (drawn if kept else (0, 0.5))
