"""How long the headline stands: as long as the show has it, over turns that follow at once."""

from pathlib import Path

import pytest

from ninja_assets.cells.record.records import of_segment
from ninja_assets.cells.work import SegmentWork
from ninja_assets.cut.shooting.headline import followed, headed_for, headed_from, stands_on
from resources.core.names import COMPOSITES, TTS_AUDIO
from resources.core.values import Media, Receipt, VoiceTrack
from tests.paid_episode import PaidEpisode, paid_episode
from tests.stage import PAID_SHOW

LINES = """\
NINJA: One.
GLITCH: Two.
BROLL {seconds: 5}: A street.
GLITCH: Three.
"""


def headed(seconds: float) -> str:
    return PAID_SHOW + f"look: {{titles: {{card_seconds: {seconds}}}}}\n"


def voice(episode: PaidEpisode, segment: str, seconds: float) -> None:
    work = episode.work(TTS_AUDIO, segment)
    sound = Media(sha256="a" * 64, suffix=".wav", size=1)
    track = VoiceTrack(audio=sound, seconds=seconds, words=(), padded=False, receipt=Receipt(provider="x"))
    work.records.write(TTS_AUDIO, work.key, track, {})


def stood(work: SegmentWork) -> tuple[float | None, list[str]]:
    made_from: dict[str, str] = {}
    return headed_for(work, made_from), list(made_from)


def test_a_headline_goes_on_until_it_has_stood_as_long_as_the_show_has_it(tmp_path: Path) -> None:
    with paid_episode(tmp_path, LINES, show=headed(3)) as episode:
        voice(episode, "s01", 1.0)
        voice(episode, "s02", 1.2)
        found = [stood(episode.work(COMPOSITES, segment)) for segment in ("s01", "s02", "s04")]
    assert found[0] == (None, [])  # it begins here
    assert found[1][0] == pytest.approx(1.0, abs=0.2)
    assert found[1][1] == [of_segment(TTS_AUDIO, "s01")]  # made anew with its length
    assert found[2] == (None, [])  # another picture came between


def test_a_headline_that_is_over_goes_on_into_nothing(tmp_path: Path) -> None:
    with paid_episode(tmp_path, LINES, show=headed(3)) as episode:
        voice(episode, "s01", 2.8)
        assert stood(episode.work(COMPOSITES, "s02")) == (None, [])  # for a blink it does not come back


def test_a_turn_waits_for_the_voices_that_a_headline_may_have_stood_over_alone(tmp_path: Path) -> None:
    def waits(folder: Path, show: str, segment: str) -> list[str]:
        with paid_episode(folder, LINES, show=show) as episode:
            return [key.segment for _, key in headed_from(episode.work(COMPOSITES, segment))]

    assert waits(tmp_path / "a", headed(3), "s02") == ["s01"]
    assert waits(tmp_path / "b", headed(0.9), "s02") == []  # a turn lasts half a second at least
    assert waits(tmp_path / "c", PAID_SHOW, "s02") == []
    assert waits(tmp_path / "d", headed(3), "s04") == []


def test_nothing_goes_on_before_the_voice_of_the_turn_before_is_there(tmp_path: Path) -> None:
    with paid_episode(tmp_path, LINES, show=headed(3)) as episode:
        assert stood(episode.work(COMPOSITES, "s02")) == (None, [])


def test_a_headline_goes_on_into_a_turn_and_not_into_a_shot(tmp_path: Path) -> None:
    with paid_episode(tmp_path, LINES, show=headed(3)) as episode:
        work = episode.work(COMPOSITES, "s01")
        assert [followed(work.script, turn) for turn in work.script.turns] == [True, False, False]
        assert stands_on(work.studio.show, 2.5)
        assert not stands_on(work.studio.show, 2.6)
