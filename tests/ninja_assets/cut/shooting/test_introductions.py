"""Who has not been named where the first turn had no room for it, is named in the next one."""

from pathlib import Path

import pytest

from ninja_assets.cells.record.records import of_segment
from ninja_assets.cut.shooting.introductions import introduced_from, unnamed
from resources.content.show import Format
from resources.core.names import COMPOSITES, TTS_AUDIO
from resources.core.values import Clip, Receipt, VoiceTrack, Word
from tests import stage
from tests.paid_episode import PaidEpisode, paid_episode

LINES = "NINJA: One.\nGLITCH: Two.\nNINJA: Three.\nGLITCH: Four.\nNINJA: Five.\n"
PAID_SHOW = stage.PAID_SHOW.replace("slots: 4", "slots: 10")
SHOW = PAID_SHOW + "look: {titles: {card_seconds: 2.5, lower_third_seconds: 2}}\n"


def voice(episode: PaidEpisode, segment: str, seconds: float, words: tuple[Word, ...] = ()) -> None:
    work = episode.work(TTS_AUDIO, segment)
    track = VoiceTrack(
        audio=episode.tone(seconds), seconds=seconds, words=words, padded=False, receipt=Receipt(provider="x")
    )
    work.records.write(TTS_AUDIO, work.key, track, {})


def nameless(episode: PaidEpisode, segment: str) -> tuple[bool, list[str]]:
    work, made_from = episode.work(COMPOSITES, segment), dict[str, str]()
    size = {"width": 1080, "height": 960, "fps": 30.0, "receipt": Receipt(provider="offline")}
    clip = Clip(video=episode.tone(1.0), seconds=1.0, **size)
    clips = dict.fromkeys((work.turn.speaker, *work.turn.listeners), clip)
    return unnamed(work, Format.SHORT, clips, made_from), sorted(made_from)


def test_a_word_under_the_headline_names_nobody_and_the_next_turn_does(tmp_path: Path) -> None:
    with paid_episode(tmp_path, LINES, show=SHOW) as episode:
        for segment, seconds in (("s01", 0.9), ("s02", 0.9), ("s03", 3.0), ("s04", 0.9)):
            voice(episode, segment, seconds)
        first, second = of_segment(TTS_AUDIO, "s01"), of_segment(TTS_AUDIO, "s02")
        assert nameless(episode, "s01") == (False, [])  # its own lower third stands there, if there is room
        assert nameless(episode, "s02") == (False, [])
        assert nameless(episode, "s03") == (True, [first])  # made anew where that line gets longer
        assert nameless(episode, "s04") == (True, [first, second])
        assert nameless(episode, "s05") == (False, [])  # named in s03


@pytest.mark.parametrize(("seconds", "found"), [(3.8, True), (4.0, False)])
def test_who_is_left_long_enough_after_the_headline_has_been_named(tmp_path: Path, seconds: float, found: bool) -> None:
    with paid_episode(tmp_path, LINES, show=SHOW) as episode:
        voice(episode, "s01", seconds)
        assert nameless(episode, "s03")[0] is found


def test_shots_that_are_too_short_to_read_a_name_in_leave_it_to_the_next_turn(tmp_path: Path) -> None:
    lively = SHOW.replace("look: {", "look: {direction: lively, ")
    words = tuple(Word(text=f"word{at}.", start=at / 2 + 0.1, end=at / 2 + 0.5) for at in range(7))
    with paid_episode(tmp_path, LINES, show=lively) as episode:
        voice(episode, "s01", 3.7, words)  # a headline, and the listener's reaction
        assert nameless(episode, "s03")[0]
        voice(episode, "s01", 9.0, words)
        assert not nameless(episode, "s03")[0]


def test_a_turn_waits_for_the_voices_alone_by_which_it_knows_who_was_named(tmp_path: Path) -> None:
    def waits(folder: Path, show: str, lines: str, segment: str) -> list[str]:
        with paid_episode(folder, lines, show=show) as episode:
            return sorted(key.segment for _, key in introduced_from(episode.work(COMPOSITES, segment)))

    assert waits(tmp_path / "a", SHOW, LINES, "s01") == []
    assert waits(tmp_path / "b", SHOW, LINES, "s04") == ["s01", "s02"]
    assert waits(tmp_path / "c", PAID_SHOW, LINES, "s04") == []  # nobody is named
    assert waits(tmp_path / "d", SHOW, LINES.replace("GLITCH: F", "## Next\nGLITCH: F"), "s04") == []
    assert waits(tmp_path / "e", SHOW, "NINJA: A.\nGLITCH: B.\n" * 4, "s07") == ["s01", "s02", "s03", "s04", "s05"]
    assert waits(tmp_path / "f", SHOW, "NINJA: A.\nGLITCH: B.\n" * 5, "s09") == []  # known by now


def test_before_its_voice_is_there_a_turn_has_named_its_speaker(tmp_path: Path) -> None:
    with paid_episode(tmp_path, LINES, show=SHOW) as episode:
        assert nameless(episode, "s03") == (False, [])
