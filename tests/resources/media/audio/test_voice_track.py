"""The finishing of voices, with real ffmpeg: pauses, ends, length, loudness, and bytes that stay."""

from pathlib import Path

import numpy as np
import pytest

from resources.content.settings.characters import Character, OfflineVoice, Voices
from resources.content.show import Pacing
from resources.core.errors import MediaError
from resources.core.library import Library
from resources.core.names import Mode
from resources.core.values import Cell, MouthCue, Receipt, Viseme, Voice, VoiceTrack, Word
from resources.media import ffmpeg
from resources.media.audio import voice_track
from resources.media.audio.voice_track import Samples
from resources.media.probe import samples
from resources.media.timebase import RATE
from resources.providers.offline.offline_voice import OfflineVoiceStudio
from resources.purchasing.requests.briefs import VoiceBrief

PACING = Pacing(lead_seconds=0.06, tail_seconds=0.25)
LINE = "Patch two point one breaks the meta, and everybody on the ladder knows it already."


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path / "library")


def tone(seconds: float, level: float = 0.3, hertz: float = 220) -> Samples:
    """A sine that is at its full level from its first sample on."""
    return (level * np.cos(2 * np.pi * hertz * np.arange(round(seconds * RATE)) / RATE)).astype(np.float32)


def silence(seconds: float) -> Samples:
    return np.zeros(round(seconds * RATE), dtype=np.float32)


def recording(library: Library, *parts: Samples, words: tuple[Word, ...] = ()) -> Voice:
    whole = np.concatenate(parts)
    audio = library.put_bytes(voice_track.wav_bytes(whole), ".wav")
    return Voice(audio=audio, seconds=len(whole) / RATE, words=words, receipt=Receipt(provider="offline", take=3))


def spoken(library: Library, variant: str, effect: str = "none") -> Voice:
    settings = OfflineVoice.model_validate({"variant": variant, "effect": effect})
    return OfflineVoiceStudio(library).speak(
        VoiceBrief(
            cell=Cell(episode="e", segment="s01", mode=Mode.REHEARSAL),
            label="NINJA",
            character=Character(name="Ninja", puppet="ninja", voice=Voices(offline=settings)),
            performance=LINE,
            spoken=LINE,
            take=1,
            language="en",
        )
    )


def finished(library: Library, voice: Voice, pacing: Pacing = PACING) -> tuple[VoiceTrack, Samples]:
    track = voice_track.finish_voice(library, voice, pacing=pacing)
    return track, samples(library.path(track.audio), RATE)


def test_silence_at_both_ends_becomes_the_set_pauses(library: Library) -> None:
    track, heard = finished(library, recording(library, silence(0.8), tone(3), silence(1.7)))
    loud = np.flatnonzero(np.abs(heard) > 0.01)
    assert track.seconds == pytest.approx(0.06 + 3 + 0.25, abs=0.011)
    assert track.seconds == len(heard) / RATE
    assert loud[0] / RATE == pytest.approx(0.06, abs=0.011)
    assert (len(heard) - loud[-1]) / RATE == pytest.approx(0.25, abs=0.011)


def test_speech_that_starts_and_ends_hard_is_given_its_pauses(library: Library) -> None:
    track, heard = finished(library, recording(library, tone(2.5)))
    assert track.seconds == pytest.approx(0.06 + 2.5 + 0.25)
    assert not heard[: round(0.06 * RATE)].any()
    assert not heard[-round(0.25 * RATE) :].any()


def test_pauses_within_speech_stay(library: Library) -> None:
    track, _ = finished(library, recording(library, tone(1), silence(1.5), tone(1)))
    assert track.seconds == pytest.approx(0.06 + 3.5 + 0.25)


def test_a_soft_beginning_is_not_cut_off(library: Library) -> None:
    soft = tone(0.3, level=0.3 * 10 ** (-38 / 20), hertz=3000)
    track, _ = finished(library, recording(library, silence(1), soft, tone(2), silence(1)))
    assert track.seconds == pytest.approx(0.06 + 2.3 + 0.25, abs=0.011)


def test_the_noise_of_a_room_is_silence_and_is_kept_as_the_pause(library: Library) -> None:
    noise = np.random.default_rng(1).normal(0, 0.3 * 10 ** (-60 / 20), round(5 * RATE)).astype(np.float32)
    whole = np.concatenate([silence(1), tone(3), silence(1)]) + noise
    track, heard = finished(library, recording(library, whole))
    assert track.seconds == pytest.approx(0.06 + 3 + 0.25, abs=0.011)
    assert heard[-round(0.2 * RATE) : -round(0.1 * RATE)].any()


def test_words_move_with_their_sound(library: Library) -> None:
    words = (Word(text="one", start=0.7, end=1.5), Word(text="two", start=1.5, end=9.0))
    track, _ = finished(library, recording(library, silence(0.8), tone(3), silence(1), words=words))
    one, two = track.words
    assert (one.text, two.text) == ("one", "two")
    assert one.start == 0.0  # 40 ms before the track begins
    assert one.end == two.start == pytest.approx(1.5 - 0.8 + 0.06)
    assert two.end == track.seconds


def test_mouth_shapes_move_with_their_sound_and_none_are_made_up(library: Library) -> None:
    plain = recording(library, silence(0.8), tone(3))
    cues = (MouthCue(shape=Viseme.REST, start=0.0), MouthCue(shape=Viseme.AI, start=0.9))
    track, _ = finished(library, plain.model_copy(update={"visemes": cues}))
    assert track.visemes is not None
    assert [cue.shape for cue in track.visemes] == [Viseme.REST, Viseme.AI]
    assert [cue.start for cue in track.visemes] == pytest.approx([0.0, 0.16], abs=0.011)
    assert finished(library, plain)[0].visemes is None


@pytest.mark.parametrize("pacing", [PACING, Pacing(lead_seconds=0, tail_seconds=0.15)], ids=["usual", "no lead"])
def test_a_recording_that_begins_and_ends_in_full_swing_gives_no_click(library: Library, pacing: Pacing) -> None:
    _, heard = finished(library, recording(library, tone(3.003, level=0.8)), pacing)
    jumps = np.abs(np.diff(heard, prepend=0, append=0))
    assert jumps.max() <= 1.01 * jumps[RATE : 2 * RATE].max()


def test_a_cut_within_the_noise_of_a_room_gives_no_click(library: Library) -> None:
    hum = tone(6, level=0.3 * 10 ** (-50 / 20), hertz=50)
    whole = hum + np.concatenate([silence(1.5), tone(3), silence(1.5)])
    _, heard = finished(library, recording(library, whole))
    assert abs(heard[0]) <= 1 / 32767
    assert abs(heard[-1]) <= 1 / 32767


def test_a_short_turn_is_padded_at_its_end_and_says_so(library: Library) -> None:
    track, heard = finished(library, recording(library, tone(0.4)))
    assert track.padded
    assert track.seconds == 2.0
    assert len(heard) == 2 * RATE
    assert not heard[round(0.5 * RATE) :].any()
    assert track.receipt.note == "padded with silence to 2.00 s"
    assert track.receipt.take == 3


def test_a_long_enough_turn_is_not_padded(library: Library) -> None:
    voice = recording(library, tone(2.5))
    track, _ = finished(library, voice)
    assert not track.padded
    assert track.receipt == voice.receipt


def test_a_silent_recording_is_refused(library: Library) -> None:
    with pytest.raises(MediaError, match="nothing is heard"):
        finished(library, recording(library, silence(3)))


@pytest.mark.parametrize(
    ("variant", "effect"), [("en-us+m3", "warm"), ("en-us+f5", "bright"), ("en-us+m1", "none"), ("en-us+croak", "none")]
)
def test_all_voices_are_equally_loud_and_none_is_clipped(library: Library, variant: str, effect: str) -> None:
    track, _ = finished(library, spoken(library, variant, effect))
    measured = voice_track.loudness(library.path(track.audio))
    print(f"{variant}: {measured.integrated_lufs:.2f} LUFS, {measured.true_peak_dbtp:.2f} dBTP")
    assert measured.integrated_lufs == pytest.approx(voice_track.SPEECH_LUFS, abs=0.5)
    assert measured.true_peak_dbtp <= -1.0


@pytest.mark.parametrize("level", [0.9, 0.3, 0.01, 0.001], ids=str)
def test_loudness_is_the_same_whatever_the_recording_was_at(library: Library, level: float) -> None:
    track, _ = finished(library, recording(library, tone(3, level=level)))
    assert voice_track.loudness(library.path(track.audio)).integrated_lufs == pytest.approx(
        voice_track.SPEECH_LUFS, abs=0.1
    )


def test_peaks_are_limited_and_the_loudness_still_reached(library: Library) -> None:
    peaky = tone(4, level=0.05)
    peaky[:: RATE // 4] = 0.9
    track, heard = finished(library, recording(library, peaky))
    measured = voice_track.loudness(library.path(track.audio))
    assert measured.integrated_lufs == pytest.approx(voice_track.SPEECH_LUFS, abs=0.5)
    assert measured.true_peak_dbtp <= -1.0
    assert len(heard) == round(track.seconds * RATE)


def test_peaks_between_samples_are_limited_too() -> None:
    # A quarter of the rate, sampled at 45 degrees: no sample is above 0.71 of the wave.
    wave = voice_track.faded(np.tile(np.sqrt(0.5) * np.array([1, 1, -1, -1], dtype=np.float32), RATE // 4))
    peaks = voice_track._measure_samples(voice_track._limited(wave, 0.0)).true_peak_dbtp
    assert voice_track._measure_samples(wave).true_peak_dbtp == pytest.approx(0, abs=0.3)
    assert peaks <= -1.0


def test_the_limiter_moves_no_sound_in_time() -> None:
    quiet = np.concatenate([tone(1, level=0.2), silence(1)])
    limited = voice_track._limited(quiet, 0.0)
    lags = range(-200, 201)
    likeness = [float(np.dot(np.roll(limited, -lag)[1000:40000], quiet[1000:40000])) for lag in lags]
    assert lags[int(np.argmax(likeness))] == 0


def test_finishing_again_gives_the_same_file_and_other_settings_another(library: Library, tmp_path: Path) -> None:
    voice = spoken(library, "en-us+m3", "warm")
    first, _ = finished(library, voice)
    elsewhere = Library(tmp_path / "elsewhere")
    elsewhere.put(library.path(voice.audio))
    assert finished(elsewhere, voice)[0] == first
    assert finished(library, voice, Pacing(lead_seconds=0.2))[0].audio != first.audio


def test_a_finished_track_is_found_by_its_raw_sound_and_never_made_again(library: Library) -> None:
    voice = recording(library, tone(3), words=(Word(text="one", start=0, end=3),))
    first, _ = finished(library, voice)
    library.path(voice.audio).unlink()  # with no raw sound it cannot be made
    corrected = voice.model_copy(
        update={"words": (Word(text="uno", start=0, end=2),), "receipt": Receipt(provider="offline", reused=True)}
    )
    again = voice_track.finish_voice(library, corrected, pacing=PACING)
    assert again.audio == first.audio
    assert [word.text for word in again.words] == ["uno"]
    assert again.receipt.reused


def test_an_mp3_of_a_provider_is_finished_without_its_encoders_delay(library: Library, tmp_path: Path) -> None:
    voice = recording(library, silence(0.5), tone(3), silence(0.5))
    mp3 = tmp_path / "voice.mp3"
    ffmpeg.run(["-i", str(library.path(voice.audio)), "-c:a", "libmp3lame", "-b:a", "128k", "-ar", "44100", str(mp3)])
    delivered = voice.model_copy(update={"audio": library.put(mp3)})
    heard, same = (finished(library, each)[1] for each in (delivered, voice))
    first = [int(np.flatnonzero(np.abs(each) > 0.05)[0]) for each in (heard, same)]
    assert abs(len(heard) - len(same)) <= 2 * voice_track.WINDOW
    assert abs(first[0] - first[1]) <= voice_track.WINDOW
    assert samples(mp3)[: round(0.49 * RATE)].max() < 0.01
    assert len(samples(mp3)) == pytest.approx(4 * RATE, abs=2)


def test_the_upload_copy_is_an_mp3_of_the_whole_track(library: Library) -> None:
    track, heard = finished(library, spoken(library, "en-us+f5", "bright"))
    copy = voice_track.upload_copy(library, track.audio)
    decoded = samples(library.path(copy), RATE)
    assert copy.suffix == ".mp3"
    assert len(decoded) == pytest.approx(len(heard), abs=2)
    length = min(len(decoded), len(heard))
    assert np.corrcoef(decoded[:length], heard[:length])[0, 1] > 0.99
    library.path(track.audio).unlink()
    assert voice_track.upload_copy(library, track.audio) == copy


def test_a_minute_fits_the_upload_limit(library: Library) -> None:
    noise = np.random.default_rng(1).normal(0, 0.1, 60 * RATE).astype(np.float32)
    copy = voice_track.upload_copy(library, recording(library, noise).audio)
    assert copy.size < 5_000_000


def test_the_silent_tone_is_60_hz_of_the_asked_length(library: Library) -> None:
    made = voice_track.silent_tone(library, 7.35)
    heard = samples(library.path(made), RATE)
    peak = np.abs(np.fft.rfft(heard)).argmax() * RATE / len(heard)
    assert made.suffix == ".mp3"
    assert len(heard) / RATE == pytest.approx(7.35, abs=0.001)
    assert peak == pytest.approx(60, abs=0.2)
    assert voice_track.silent_tone(library, 7.35) == made


def test_loudness_agrees_with_the_standard(library: Library) -> None:
    # EBU Tech 3341: a 1 kHz sine at -23 dBFS in both channels of a stereo file measures -23 LUFS; one channel 3 less.
    sine = tone(20, level=10 ** (-23 / 20), hertz=1000)
    measured = voice_track.loudness(library.path(recording(library, sine).audio))
    assert measured.integrated_lufs == pytest.approx(-26.0, abs=0.1)
    assert measured.true_peak_dbtp == pytest.approx(-23.0, abs=0.2)
    assert measured.range_lu == pytest.approx(0, abs=0.1)


def test_loudness_of_what_is_no_sound_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "words.wav"
    path.write_text("these are words")
    with pytest.raises(MediaError):
        voice_track.loudness(path)


def path_of(library: Library, *parts: Samples) -> Path:
    return library.path(recording(library, *parts).audio)


@pytest.mark.parametrize("fps", [24, 30, 60])
def test_the_envelope_has_a_value_for_each_video_frame(library: Library, fps: int) -> None:
    assert voice_track.envelope(path_of(library, tone(2.01)), fps).shape == (np.ceil(2.01 * fps),)


def test_the_envelope_follows_the_sound_without_lag(library: Library) -> None:
    rng = np.random.default_rng(3)
    levels = rng.uniform(0.02, 0.5, 90).repeat(RATE // 30).astype(np.float32)
    opened = voice_track.envelope(path_of(library, tone(3, level=1.0) * levels), 30)
    expected = levels[:: RATE // 30]
    lags = range(-4, 5)
    likeness = [np.corrcoef(np.roll(opened, -lag)[5:-5], expected[5:-5])[0, 1] for lag in lags]
    assert lags[int(np.argmax(likeness))] == 0
    assert max(likeness) > 0.8


def test_the_envelope_is_shut_in_silence_and_wide_in_speech(library: Library) -> None:
    opened = voice_track.envelope(path_of(library, silence(1), tone(1), silence(1)), 30)
    assert not opened[:29].any()
    assert not opened[61:].any()
    assert opened[32:58].min() > 0.95
    assert opened.max() <= 1


def test_the_envelope_uses_the_whole_range_in_speech(library: Library) -> None:
    track, _ = finished(library, spoken(library, "en-us+m3"))
    opened = voice_track.envelope(library.path(track.audio), 30)
    low, high = np.percentile(opened[opened > 0], [10, 90])
    assert low < 0.4
    assert high > 0.8


def test_the_envelope_of_silence_or_hiss_opens_no_mouth(library: Library) -> None:
    hiss = np.random.default_rng(1).normal(0, 10 ** (-80 / 20), 2 * RATE).astype(np.float32)
    assert not voice_track.envelope(path_of(library, silence(2)), 30).any()
    assert not voice_track.envelope(path_of(library, hiss), 30).any()
