"""What a published cut is, read off the file itself, and how it plays where edit lists are honoured and where not."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from resources.core.errors import MediaError
from resources.core.library import Library
from resources.core.names import Mode
from resources.media.ffmpeg import run
from resources.media.joining.join import final_cut
from resources.media.picture.composite import composite
from resources.media.profiles import PROFILES, PUBLISHED
from resources.media.stream_facts import StreamFacts, stream_facts
from tests.resources.media.footage import FLASH, RATE, bright, burst, clip, order, pictures, voice

LENGTHS = (1.31, 0.97, 1.2)


@dataclass
class Published:
    final: Path
    facts: StreamFacts
    starts: list[int]  # frames


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Published:
    """Three segments that flash and click at the same time, cut as a final is."""
    folder = tmp_path_factory.mktemp("published")
    library, profile = Library(folder / "library"), PROFILES[Mode.FINAL]
    picture = clip(library, folder)
    segments = []
    for number, seconds in enumerate(LENGTHS):
        wanted = order(picture, None, voice(library, burst(seconds, seed=number)), seconds, captions="off")
        segments.append(composite(library, wanted, folder / f"s{number}.mp4", encoder=profile.encoder))
    final = folder / "final.mp4"
    facts = final_cut(segments, final, title="t", comment="c", profile=profile)
    return Published(final, stream_facts(final), [place.first_frame for place in facts.places])


def test_a_final_cut_is_coded_as_platforms_ask(published: Published) -> None:
    facts = published.facts
    assert (facts.codec, facts.profile, facts.pixels, facts.cabac, facts.hdr) == (
        "h264",
        "High",
        "yuv420p",
        True,
        False,
    )
    assert (facts.group, facts.closed, facts.b_frames) == (15, True, 2)
    assert (facts.edit_lists, facts.index_first) == (0, True)
    assert (facts.sound_codec, facts.sound_rate, facts.channels) == ("aac", RATE, 2)
    assert (facts.fps, facts.width, facts.height) == (30, 270, 480)
    assert (PUBLISHED.crf, PUBLISHED.most_kbps, PUBLISHED.store_kbits) == (14, 10_500, 3_000)  # `bench.published`


def test_its_index_tells_no_time_before_nought_and_one_rate(published: Published) -> None:
    with av.open(str(published.final)) as file:
        shown = sorted(packet.pts for packet in file.demux(video=0) if packet.pts is not None)
        assert shown == [512 * frame for frame in range(len(shown))]
        assert [stream.start_time for stream in file.streams] == [0, 0]


def sound_as_coded(path: Path) -> NDArray[np.float32]:
    """All samples that the decoder gives, from the first packet on, as a player hears them that knows no edit list."""
    with av.open(str(path), options={"ignore_editlist": "1", "advanced_editlist": "0"}) as file:
        stream = file.streams.audio[0]
        return np.concatenate([frame.to_ndarray()[0] for frame in file.decode(stream)])


def sound_as_edited(path: Path) -> NDArray[np.float32]:
    """The sound of a player that honours edit lists."""
    raw = run(["-i", str(path), "-vn", "-f", "f32le", "-ac", "1", "-ar", str(RATE), "-"])
    return np.frombuffer(raw, dtype="<f4")


@pytest.mark.parametrize("heard", [sound_as_coded, sound_as_edited])
def test_flash_and_click_meet_within_ten_milliseconds_in_every_player(
    published: Published, heard: Callable[[Path], NDArray[np.float32]]
) -> None:
    shown, sound = bright(pictures(published.final), 0.5, 0.45), np.abs(heard(published.final)) > 0.05
    for start in published.starts:
        flash = (start + int(np.argmax(shown[start:]))) / 30
        click = (start * 1600 + int(np.argmax(sound[start * 1600 :]))) / RATE
        assert flash == pytest.approx(start / 30 + FLASH, abs=1e-6)
        assert abs(flash - click) < 0.010


def test_a_rehearsal_is_coded_fast(tmp_path: Path) -> None:
    library = Library(tmp_path / "library")
    made = composite(
        library, order(clip(library, tmp_path), None, voice(library, burst(0.6, seed=1)), 0.6), tmp_path / "a.mp4"
    )
    final_cut([made], tmp_path / "final.mp4", title="t", comment="c", profile=PROFILES[Mode.REHEARSAL])
    facts = stream_facts(tmp_path / "final.mp4")
    assert (facts.b_frames, facts.cabac, facts.edit_lists > 0) == (0, False, True)


def test_open_groups_and_other_colours_are_seen(tmp_path: Path) -> None:
    path = tmp_path / "open.mp4"
    coding = [
        "-c:v",
        "libx264",
        "-preset",
        "veryfast",
        "-x264-params",
        "open-gop=1:keyint=12:bframes=3:scenecut=0:transfer=smpte2084",
    ]
    told = ["-pix_fmt", "yuv422p10le"]
    run(
        [
            *("-f", "lavfi", "-i", "testsrc2=s=160x90:r=24:d=2", "-f", "lavfi", "-i", "sine=300:d=2"),
            *(*coding, *told, "-c:a", "aac", str(path)),
        ]
    )
    facts = stream_facts(path)
    assert not facts.closed
    assert (facts.pixels, facts.hdr, facts.index_first) == ("yuv422p10le", True, False)
    assert facts.b_frames == 3


def test_what_is_no_video_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_bytes(b"hello world, this is text")
    with pytest.raises(MediaError, match="cannot be read"):
        stream_facts(tmp_path / "a.mp4")
