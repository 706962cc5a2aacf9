"""Panes and the mark, read from small composites."""

from pathlib import Path

import pytest

from resources.content.show import Format
from resources.core.errors import MediaError
from resources.core.library import Library
from resources.media.ffmpeg import run
from resources.media.layouts import arrangement
from resources.media.picture.composite import composite
from resources.quality.checks.picture_checks import judge_black, judge_mark, measure_key_frames
from tests.resources.media.footage import burst, clip, order, voice

PLACE = arrangement("videochat", Format.SHORT)
PANES = [(0, [pane.area for pane in PLACE.panes])]


def _made(folder: Path, *, rehearsal: bool, listener: str = "0x402060") -> Path:
    library = Library(folder / "library")
    wanted = order(
        clip(library, folder),
        clip(library, folder, color=listener),
        voice(library, burst(1.2, seed=1)),
        1.2,
        text="one two three",
        rehearsal=rehearsal,
        shrink=2,
    )
    return composite(library, wanted, folder / "made.mp4")


def test_the_mark_is_seen_in_a_rehearsal_alone(tmp_path_factory: pytest.TempPathFactory) -> None:
    for rehearsal in (True, False):
        made = _made(tmp_path_factory.mktemp("mark"), rehearsal=rehearsal)
        seen = measure_key_frames(made, panes=PANES, mark=PLACE.mark, size=Format.SHORT.size)
        assert judge_mark("s01", seen, rehearsal=rehearsal).passed
        assert not judge_mark("s01", seen, rehearsal=not rehearsal).passed
        assert judge_black("s01", seen).passed


def test_a_black_listener_is_seen_beside_a_bright_speaker(tmp_path: Path) -> None:
    library = Library(tmp_path / "library")
    black = tmp_path / "black.mp4"
    run(["-f", "lavfi", "-i", "color=black:s=270x240:r=30:d=1.2", "-pix_fmt", "yuv420p", str(black)])
    wanted = order(clip(library, tmp_path), library.put(black), voice(library, burst(1.2, seed=1)), 1.2)
    made = composite(library, wanted, tmp_path / "made.mp4")
    seen = measure_key_frames(made, panes=PANES, mark=PLACE.mark, size=Format.SHORT.size)
    assert not judge_black("s01", seen).passed


def test_a_pane_of_deep_blue_is_not_black(tmp_path: Path) -> None:
    made = _made(tmp_path, rehearsal=True, listener="0x0000c0")
    seen = measure_key_frames(made, panes=PANES, mark=PLACE.mark, size=Format.SHORT.size)
    assert judge_black("s01", seen).passed


def test_what_is_no_video_is_refused(tmp_path: Path) -> None:
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"no video")
    with pytest.raises(MediaError, match="cannot be read"):
        measure_key_frames(broken, panes=PANES, mark=PLACE.mark, size=Format.SHORT.size)
