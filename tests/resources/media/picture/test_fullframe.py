"""A shot as a segment: exact frames and samples, its own sound or silence, and as a cutaway over a turn."""

from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from resources.content.show import Format
from resources.core.library import Library
from resources.core.values import Media
from resources.media import ffmpeg
from resources.media.picture.composite import make_composite
from resources.media.picture.composite_order import Cutaway, Slip
from resources.media.picture.fullframe import FullFrameOrder, make_full_frame
from tests.resources.media.footage import RATE, burst, channels, clip, order, pictures, voice


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path / "library")


def still(library: Library, tmp_path: Path) -> Media:
    Image.effect_noise((300, 200), 80).convert("RGB").save(tmp_path / "still.png")
    return library.put(tmp_path / "still.png")


@pytest.mark.parametrize("moving", [True, False])
def test_a_shot_becomes_a_segment_that_can_be_joined(library: Library, tmp_path: Path, moving: bool) -> None:
    media = clip(library, tmp_path, seconds=0.8, fps=24, size=(320, 180)) if moving else still(library, tmp_path)
    shot = FullFrameOrder(format=Format.SHORT, media=media, still=not moving, seconds=1.01, sound=False, shrink=4)
    made = make_full_frame(library, shot)
    path = library.path(made.video)
    with av.open(str(path)) as file:
        video, audio = file.streams.video[0], file.streams.audio[0]
        assert (video.frames, float(video.average_rate or 0), video.codec_context.name) == (31, 30.0, "h264")
        assert (video.codec_context.width, video.codec_context.height) == (270, 480)
        assert (audio.codec_context.name, audio.rate, audio.duration) == ("flac", RATE, 31 * 1600)
    assert np.abs(channels(path)).max() == 0
    frames = pictures(path)
    assert min(frame.std() for frame in frames) > 0
    assert make_full_frame(library, shot).reused


def test_a_clips_own_sound_is_heard_as_it_is(library: Library, tmp_path: Path) -> None:
    loud = tmp_path / "loud.mp4"
    graph = ("-f", "lavfi", "-i", "testsrc2=s=320x180:r=30:d=1", "-f", "lavfi", "-i", "sine=frequency=440:d=1:r=44100")
    ffmpeg.run([*graph, "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac", str(loud)])
    shot = FullFrameOrder(
        format=Format.SHORT, media=library.put(loud), still=False, seconds=1.0, sound=True, rehearsal=True, shrink=4
    )
    heard = channels(library.path(make_full_frame(library, shot).video))
    middle = heard[..., RATE // 4 : 3 * RATE // 4]
    assert 0.05 < float(np.abs(middle).max()) < 1.0


def test_a_cutaway_covers_the_panes_for_its_time_alone(library: Library, tmp_path: Path) -> None:
    face = clip(library, tmp_path)
    shot = clip(library, tmp_path, seconds=0.5, size=(320, 180), color="0x20a020")
    plain = order(face, face, voice(library, burst(1.2, seed=1)), 1.2)
    cut = plain.model_copy(update={"cutaways": (Cutaway(media=shot, still=False, begins=0.4, ends=0.8),)})
    before, after = (pictures(library.path(make_composite(library, each).video)) for each in (plain, cut))
    changed = [number for number, (one, other) in enumerate(zip(before, after, strict=True)) if _apart(one, other) > 12]
    assert changed == list(range(12, 24))


def test_what_is_written_over_a_cutaway_is_seen_in_its_time_alone(library: Library, tmp_path: Path) -> None:
    face, shot = clip(library, tmp_path), clip(library, tmp_path, seconds=1, size=(320, 180), color="0x20a020")
    written = Image.new("RGBA", Format.SHORT.size, (0, 0, 0, 0))
    written.paste("#ffffff", (400, 400, 480, 480))
    written.save(tmp_path / "slip.png")
    slips = (Slip(picture=library.put(tmp_path / "slip.png"), begins=0.1, ends=9.0),)
    plain = order(face, face, voice(library, burst(1.2, seed=1)), 1.2, captions="off")
    cut = Cutaway(media=shot, still=False, begins=0.4, ends=0.8, slips=slips)
    turn = make_composite(library, plain.model_copy(update={"cutaways": (cut,)}))
    alone = FullFrameOrder(
        format=Format.SHORT, media=shot, still=False, seconds=0.5, sound=False, slips=slips, shrink=4
    )
    for video, first, end in ((turn.video, 15, 24), (make_full_frame(library, alone).video, 3, 15)):
        white = [bool(frame[105:115, 105:115].min() > 200) for frame in pictures(library.path(video))]
        assert [number for number, seen in enumerate(white) if seen] == list(range(first, end))


def _apart(one: "np.ndarray[tuple[int, ...], np.dtype[np.uint8]]", other: object) -> float:
    return float(np.abs(one.astype(np.float32) - np.asarray(other, dtype=np.float32)).mean())
