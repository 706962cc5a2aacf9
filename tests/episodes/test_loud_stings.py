"""A rehearsal with stings of noise, which AAC makes louder at its peaks: the cut is mastered lower, not stopped."""

import wave
from pathlib import Path

import numpy as np

from resources.media.audio.mastering import TARGET_LUFS
from resources.media.audio.voice_track import loudness
from tests.stage import SHOW, build_stage

STUNG = SHOW.replace("    look: {", "    sound: {opening: noise.wav, closing: noise.wav, stings_lu: 0}\n    look: {")


def write_noise(path: Path) -> None:
    noise = np.random.default_rng(5).normal(0, 0.2, 48000 * 3) * (np.arange(48000 * 3) % 21_024 < 1_024)
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 48000, 0, "NONE", ""))
        file.writeframes((np.clip(noise, -1, 1) * 32767).astype("<i2").tobytes())


def test_a_sting_whose_peaks_aac_makes_too_high_is_heard_in_a_cut_without_distortion(
    tmp_path: Path, rehearsed_library: Path
) -> None:
    stage = build_stage(tmp_path, library=rehearsed_library)
    stage.write_show(STUNG)
    write_noise(stage.show / "noise.wav")
    stage.write_episode(text="    NINJA: One two three, here we go.\n")
    production = stage.produce()
    assert production.error is None, production.error
    assert production.final_video is not None
    heard = loudness(Path(production.final_video))
    assert heard.true_peak_dbtp <= -1
    assert abs(heard.integrated_lufs - TARGET_LUFS) <= 1
