"""The sound of a whole cut: even between its voices, nothing taken away that was softly said."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from resources.content.show import Pacing
from resources.core.library import Library
from resources.core.values import Receipt, Voice
from resources.media.audio.mastering import PEAK_DBTP, TARGET_LUFS, Aim, master
from resources.media.audio.music import Music
from resources.media.audio.voice_track import RAW_STEREO, Loudness, finish_voice, raw_loudness, wav_bytes
from resources.media.probe import samples
from resources.media.timebase import RATE


def spoken(hertz: float, level: float, *, syllables: float, seed: int) -> NDArray[np.float32]:
    """Something like a voice of 6 s: overtones of a pitch and noise, in syllables, with a breath of noise half-way."""
    at = np.arange(6 * RATE) / RATE
    tone = np.sum([np.sin(2 * np.pi * hertz * n * at) / n for n in range(1, 12)], axis=0)
    noise = np.random.default_rng(seed).normal(0, 0.1, len(at))
    swing = np.clip(np.sin(2 * np.pi * syllables * at), 0, 1) ** 2
    sound = (tone + noise) * swing * level
    sound[round(2.8 * RATE) : round(3.3 * RATE)] = noise[: round(0.5 * RATE)] * level * 0.12  # 25 dB softer
    return np.asarray(sound, dtype=np.float32)


def test_voices_are_even_and_their_breaths_are_kept(tmp_path: Path) -> None:
    library = Library(tmp_path / "library")
    kinds = [spoken(105, 0.05, syllables=4, seed=1), spoken(240, 0.3, syllables=2.5, seed=2)]
    tracks = []
    for sound in kinds:
        media = library.put_bytes(wav_bytes(sound), ".wav")
        voice = Voice(audio=media, seconds=6.0, words=(), receipt=Receipt(provider="test"))
        tracks.append(samples(library.path(finish_voice(library, voice, pacing=Pacing()).audio), RATE))
    whole = tmp_path / "whole.wav"
    whole.write_bytes(wav_bytes(np.concatenate(tracks)))
    assert abs(master(["-i", str(whole)], Music(), 0, tmp_path / "mastered.raw") - TARGET_LUFS) < 0.2
    mastered = np.fromfile(tmp_path / "mastered.raw", dtype="<f4").reshape(-1, 2)
    halves = np.split(mastered, [len(tracks[0])])
    heard = []
    for number, half in enumerate(halves):
        (tmp_path / f"{number}.raw").write_bytes(np.ascontiguousarray(half).tobytes())
        heard.append(raw_loudness(tmp_path / f"{number}.raw").integrated_lufs)
    assert abs(heard[0] - heard[1]) <= 1
    for half in halves:
        breath = half[round(2.95 * RATE) : round(3.15 * RATE), 0]
        speech = half[round(1.0 * RATE) : round(2.0 * RATE), 0]
        below = 20 * np.log10(np.sqrt(np.mean(speech**2)) / np.sqrt(np.mean(breath**2)))
        assert below < 40  # softer, and there


def test_where_nobody_speaks_the_noise_of_a_shot_stays_as_soft_as_it_is(tmp_path: Path) -> None:
    hiss = np.random.default_rng(3).normal(0, 10 ** (-80 / 20), 3 * RATE).astype("<f4")
    (tmp_path / "hiss.raw").write_bytes(np.stack([hiss, hiss], axis=1).tobytes())
    shots = [*RAW_STEREO, "-i", str(tmp_path / "hiss.raw")]
    assert master(shots, Music(), 0, tmp_path / "mastered.raw") < -35
    assert master(shots, Music(room=30), 0, tmp_path / "mastered.raw") < -35


def test_where_nobody_speaks_music_is_as_loud_as_platforms_play_it(tmp_path: Path) -> None:
    (tmp_path / "bed.wav").write_bytes(wav_bytes(spoken(105, 0.2, syllables=4, seed=1)))
    still = ["-f", "lavfi", "-t", "5", "-i", "anullsrc=r=48000:cl=stereo"]
    assert abs(master(still, Music(bed=tmp_path / "bed.wav"), 0, tmp_path / "mastered.raw") - TARGET_LUFS) < 0.5


def test_an_aim_goes_lower_by_what_aac_added_and_louder_by_what_it_took() -> None:
    heard = Loudness(integrated_lufs=TARGET_LUFS - 1.2, true_peak_dbtp=PEAK_DBTP + 0.4, range_lu=3)
    aim = Aim().corrected(heard)
    assert aim.lufs == TARGET_LUFS + 1.2
    assert 20 * np.log10(Aim().ceiling / aim.ceiling) == pytest.approx(0.4 + 0.2)
    assert Aim().corrected(Loudness(integrated_lufs=-40, true_peak_dbtp=-9, range_lu=0)) == Aim(lufs=TARGET_LUFS + 2)
