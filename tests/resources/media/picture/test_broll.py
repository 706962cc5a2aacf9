from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from resources.core.library import Library
from resources.media.ffmpeg import run
from resources.media.picture.composite import composite
from resources.media.picture.composite_order import Cutaway
from tests.resources.media.footage import RATE, burst, channels, clip, order, pictures, voice


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path / "library")


def test_a_clip_is_seen_for_its_time_and_heard_under_a_voice_that_stays_as_it_was(
    library: Library, tmp_path: Path
) -> None:
    street = tmp_path / "street.mp4"
    picture = ["-f", "lavfi", "-i", "color=0x00c000:s=320x180:r=25:d=1", "-f", "lavfi", "-i", "sine=500:d=1"]
    run([*picture, "-c:v", "libx264", "-pix_fmt", "yuv420p", "-c:a", "aac", str(street)])
    said = burst(2.0, seed=1, at=(0.2, 1.5))
    plain = order(clip(library, tmp_path), None, voice(library, said), 2.0, captions="off", layout="cutaway")
    over = Cutaway(media=library.put(street), still=False, begins=0.0, ends=1.0, gain=-12.0)
    made = composite(library, plain.model_copy(update={"cutaways": (over,)}), tmp_path / "a.mp4")
    green = pictures(made)[:, 240, 135].astype(int)
    assert (green[:30, 1] > 120).all()
    assert (green[30:, 1] < 120).all()
    alone = channels(composite(library, plain, tmp_path / "b.mp4"))
    both = channels(made)
    assert both.shape == alone.shape
    added = both[0] - alone[0]
    assert np.abs(added[round(1.01 * RATE) :]).max() < 1e-3  # nothing of it after its end, nothing lost of the voice
    loud = np.sqrt(np.mean(added[round(0.4 * RATE) : round(0.6 * RATE)] ** 2))
    # ffmpeg's sine has an eighth of full scale; a mono sound is put on both sides 3 dB quieter, and so is as loud.
    assert 20 * np.log10(loud * 8 * 2**0.5) == pytest.approx(-12 - 3, abs=0.5)


def test_a_picture_fills_the_frame_and_comes_nearer_without_a_stop(library: Library, tmp_path: Path) -> None:
    wide = Image.new("RGB", (800, 300), "#202060")
    wide.paste("#ffffff", (350, 100, 450, 200))
    wide.save(tmp_path / "wide.png")
    plain = order(clip(library, tmp_path), None, voice(library, burst(1.0, seed=1)), 1.0, captions="off")
    over = Cutaway(media=library.put(tmp_path / "wide.png"), still=True, begins=0.0, ends=1.0)
    frames = pictures(composite(library, plain.model_copy(update={"cutaways": (over,)}), tmp_path / "a.mp4"))
    white = (frames.min(axis=3) > 200).sum(axis=(1, 2))
    assert white[-1] > 1.08 * white[0] > 0
    assert (np.diff(white[::3]) >= 0).all()
