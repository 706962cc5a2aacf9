"""Whether a person should hear a voice before its clip is bought: asked once for a sound, never for what is bought."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from ninja_assets.cells.consent.hearing import doubts_of, listen_first
from resources.core.names import SPEAKER_CLIPS, TTS_AUDIO, Mode
from resources.core.values import Receipt, VoiceTrack, Word
from resources.purchasing.requests.turn_requests import TurnRequests
from resources.purchasing.state.approvals import Approvals
from tests.paid_episode import PaidEpisode, paid_episode
from tests.stage import PAID_SHOW

LINE = "NINJA: One two three, here we go.\n"
TOO_LONG = 9.0  # seconds for seven words


@pytest.fixture
def episode(tmp_path: Path) -> Iterator[PaidEpisode]:
    with paid_episode(tmp_path, LINE) as opened:
        yield opened


def track(episode: PaidEpisode, seconds: float) -> VoiceTrack:
    """The line as it was bought: a tone of so many seconds, its words evenly in it."""
    texts = episode.context.script.turn("s01").spoken.split()
    step = seconds / len(texts)
    words = tuple(Word(text=text, start=n * step, end=(n + 0.9) * step) for n, text in enumerate(texts))
    sound = episode.tone(seconds)
    return VoiceTrack(audio=sound, seconds=seconds, words=words, padded=False, receipt=Receipt(provider="elevenlabs"))


def test_a_voice_that_is_doubted_waits_and_says_where_it_is_heard_and_what_takes_it(episode: PaidEpisode) -> None:
    work, voice = episode.work(SPEAKER_CLIPS, "s01"), track(episode, TOO_LONG)
    waits = listen_first(work, voice)
    assert waits is not None
    assert waits.what.startswith("listen first: it lasts 9.0 s")
    assert str(work.folder / "voice.wav") in str(waits.why)
    assert "ninja approve demo --mode draft --segments s01" in str(waits.hint)
    assert "--retake-of voice" in str(waits.hint)
    assert "ninja decline demo --mode draft --segments s01" in str(waits.hint)
    assert not waits.retryable
    [doubt] = Approvals.of(work.studio.state).doubts("demo")
    assert (doubt.cell, doubt.sha256, doubt.root_run) == (work.key, voice.audio.sha256, "run-1")


def test_it_is_asked_once_however_often_it_is_looked_at(episode: PaidEpisode) -> None:
    work, voice = episode.work(SPEAKER_CLIPS, "s01"), track(episode, TOO_LONG)
    assert listen_first(work, voice)
    assert listen_first(work, voice)
    assert len(Approvals.of(work.studio.state).doubts()) == 1


def test_a_persons_word_is_to_that_sound_alone(episode: PaidEpisode) -> None:
    work, voice = episode.work(SPEAKER_CLIPS, "s01"), track(episode, TOO_LONG)
    approvals = Approvals.of(work.studio.state)
    listen_first(work, voice)
    assert approvals.accept(approvals.doubts())
    assert listen_first(work, voice) is None
    assert listen_first(work, track(episode, TOO_LONG + 1)) is not None


def test_a_voice_that_was_accepted_in_one_mode_waits_in_no_other(episode: PaidEpisode) -> None:
    work, voice = episode.work(SPEAKER_CLIPS, "s01"), track(episode, TOO_LONG)
    approvals = Approvals.of(work.studio.state)
    approvals.doubt(work.key, Mode.FINAL, voice.audio.sha256, "too long", "run-2")
    assert approvals.accept(approvals.doubts(mode=Mode.FINAL))
    approvals.doubt(work.key, Mode.DRAFT, voice.audio.sha256, "too long", "run-1")
    assert listen_first(work, voice) is None
    assert approvals.doubts() == []


def test_another_take_that_is_fine_ends_the_wait(episode: PaidEpisode) -> None:
    work = episode.work(SPEAKER_CLIPS, "s01")
    listen_first(work, track(episode, TOO_LONG))
    fine = track(episode, 2.4)
    assert doubts_of(work, fine) == []
    assert listen_first(work, fine) is None
    assert Approvals.of(work.studio.state).doubts() == []


def test_a_clip_that_is_bought_for_it_stays_whatever_is_thought_of_its_voice(episode: PaidEpisode) -> None:
    episode.say("s01", TOO_LONG)
    [speaker] = episode.requests("s01").requests(SPEAKER_CLIPS) or ()
    turn = episode.requests("s01")
    assert isinstance(turn, TurnRequests)
    assert turn.track is not None
    work = episode.work(SPEAKER_CLIPS, "s01")
    assert listen_first(work, turn.track) is not None
    episode.buy(speaker, episode.library.put_bytes(b"a clip", ".mp4"))
    assert listen_first(work, turn.track) is None
    assert Approvals.of(work.studio.state).doubts() == []


def test_a_rehearsal_asks_nobody(episode: PaidEpisode) -> None:
    work = episode.work(SPEAKER_CLIPS, "s01")
    offline = replace(work, studio=replace(work.studio, mode=Mode.REHEARSAL, market=None))
    assert listen_first(offline, track(episode, TOO_LONG)) is None
    assert Approvals.of(work.studio.state).doubts() == []


@pytest.mark.parametrize(("model", "doubted"), [("eleven_v3", False), ("eleven_flash_v2_5", True)])
def test_a_speed_counts_where_the_voices_model_takes_it(tmp_path: Path, model: str, doubted: bool) -> None:
    voice = f"{{voice_id: voiceNinja01, model: {model}, speed: 1.2}}"
    show = PAID_SHOW.replace("{voice_id: voiceNinja01}", voice)
    with paid_episode(tmp_path, "NINJA: I am in it as we go on to do so.\n", show=show) as episode:
        doubts = doubts_of(episode.work(TTS_AUDIO, "s01"), track(episode, 5.5))
    assert any("said twice" in doubt for doubt in doubts) is doubted
