"""Files that a person paid for elsewhere."""

import math
import os
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ninja_assets.cli.commands.making.import_file import run
from resources.core.errors import ContentError, MediaError
from resources.core.library import Library
from resources.core.names import Mode
from resources.models.loading import load_show
from resources.purchasing.books import open_ledger
from resources.purchasing.imports import Bought, import_file
from tests.paid.bad_inputs import png, saved, vast, wav
from tests.resources.purchasing.shop import TWO_TURNS, Shop
from tests.stage import Stage, paid_show


def test_an_imported_clip_stands_for_the_purchase_of_the_next_run(shop: Shop) -> None:
    stage = shop.stage
    stage.write_episode("brought", TWO_TURNS.replace("NINJA:", "NINJA {model: fal-ai/bytedance/omnihuman/v1.5}:"))
    clip = stage.output / "demo" / "draft" / "s01" / "speaker.mp4"
    before = shop.quote(Mode.FINAL, "brought").segments[0]
    done = shop.ninja(
        *("import", "brought", "s01", str(clip), "--asset", "speaker_clips", "--mode", "final", "--cost", "0.3")
    )
    assert done.exit_code == 0, (done.output, done.exception)
    assert "recorded as paid $0.30" in done.stdout
    after = shop.quote(Mode.FINAL, "brought").segments[0]
    assert before.speaker_usd > 0
    assert after.speaker_usd == 0
    assert after.reused


def test_a_clip_of_another_length_or_a_damaged_one_is_not_imported(shop: Shop, tmp_path: Path) -> None:
    folder = shop.stage.output / "demo" / "draft" / "s02"
    final = shop.stage.settings(Mode.FINAL)
    with pytest.raises(MediaError, match="another length"):
        import_file(final, "demo", "s02", "speaker_clips", Bought(folder / "listener-ninja.mp4"))
    damaged = tmp_path / "clip.mp4"
    damaged.write_bytes((folder / "speaker.mp4").read_bytes()[:3000])
    with pytest.raises(MediaError):
        import_file(final, "demo", "s02", "speaker_clips", Bought(damaged))
    assert not [entry for entry in shop.entries() if entry.imported and entry.cell.segment == "s02"]


def test_an_imported_voice_makes_the_quote_exact(shop: Shop) -> None:
    stage = shop.stage
    stage.write_episode("spoken", "NINJA: Words that were recorded by hand.\nGLITCH: And others that were not.")
    draft = stage.settings(Mode.DRAFT)
    clip = stage.output / "demo" / "draft" / "s01" / "speaker.mp4"
    with pytest.raises(ContentError, match="no voice yet"):
        import_file(draft, "spoken", "s01", "speaker_clips", Bought(clip))
    import_file(draft, "spoken", "s01", "tts_audio", Bought(stage.output / "demo" / "draft" / "s01" / "voice.wav"))
    assert [segment.exact for segment in shop.quote(Mode.DRAFT, "spoken").segments] == [True, False]


def test_an_imported_loop_is_everybodys_listener(shop: Shop) -> None:
    stage = shop.stage
    stage.write_episode("mood", TWO_TURNS.replace("NINJA:", "NINJA {mood: shocked}:"))
    assert shop.quote(Mode.DRAFT, "mood").segments[0].listener_usd == pytest.approx(0.21)
    bought = next(one.media for one in shop.entries() if one.asset == "listener_clips" and one.media)
    loop = Library(stage.settings().library).path(bought)
    done = shop.ninja("import", "mood", "s01", str(loop), "--asset", "listener_clips", "--mode", "draft")
    assert done.exit_code == 0, done.exception
    assert shop.quote(Mode.FINAL, "mood").segments[0].listener_usd == 0


@pytest.mark.parametrize(
    ("mode", "segment", "asset", "says"),
    [
        (Mode.REHEARSAL, "s01", "speaker_clips", "--mode draft"),
        (Mode.DRAFT, "s04", "speaker_clips", "s01 to s02"),
        (Mode.DRAFT, "s01", "composites", "tts_audio"),
    ],
)
def test_what_cannot_be_imported_is_refused_with_what_can(
    shop: Shop, mode: Mode, segment: str, asset: str, says: str
) -> None:
    clip = shop.stage.output / "demo" / "draft" / "s01" / "speaker.mp4"
    with pytest.raises(ContentError) as refused:
        import_file(shop.stage.settings(mode), "demo", segment, asset, Bought(clip))
    assert says in str(refused.value)


PICTURES = """\
NINJA: One two three, here we go.
IMAGE {name: map}: A map of the world on an old table.
BROLL {seconds: 5}: A neon street at night in thick falling snow, slow dolly in.
"""
SOUND = wav(0.5 * np.sin(np.arange(16_000) / 5))
OPEN = SOUND[:40] + b"\xff\xff\xff\xff" + SOUND[44:]  # as a program leaves the size that writes to a pipe


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """A show that can be bought, of which nothing is."""
    stage = paid_show(tmp_path_factory.mktemp("empty"))
    stage.write_episode("pics", PICTURES)
    return stage


@pytest.mark.parametrize("name", ["a.png", "b", "c 'd' \"e\".png"])
def test_an_imported_picture_is_told_as_one(
    empty: Stage, name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / name).write_bytes(png((64, 64)))
    assert run(empty.settings(Mode.DRAFT), "pics", "s02", "shots", Bought(tmp_path / name), listener=None) == 0
    assert "s02 shots of pics: a picture, recorded as paid" in capsys.readouterr().out


def test_a_recording_whose_writer_left_its_length_open_is_imported(empty: Stage, tmp_path: Path) -> None:
    (tmp_path / "open.wav").write_bytes(OPEN)
    entry = import_file(empty.settings(Mode.DRAFT), "pics", "s01", "tts_audio", Bought(tmp_path / "open.wav"))
    assert entry.seconds == pytest.approx(2, abs=0.01)


@pytest.mark.parametrize("cost", [math.nan, math.inf, -math.inf, -0.01])
def test_a_cost_that_is_no_price_is_refused_for_no_cap_is_broken_by_its_sum(
    empty: Stage, cost: float, tmp_path: Path
) -> None:
    (tmp_path / "sound.wav").write_bytes(SOUND)
    before = _imported(empty)
    with pytest.raises(ContentError, match="no price"):
        import_file(empty.settings(Mode.DRAFT), "pics", "s01", "tts_audio", Bought(tmp_path / "sound.wav", cost))
    assert _imported(empty) == before


_FILES: dict[str, bytes | None] = {
    "nothing": b"",
    "text": b"hello " * 100,
    "half a recording": SOUND[: len(SOUND) // 2],
    "a header alone": SOUND[:44],
    "silence": wav(np.zeros(8000)),
    "no samples": wav(np.zeros(0)),
    "no rate": SOUND[:24] + bytes(4) + SOUND[28:],
    "no channel": SOUND[:22] + bytes(2) + SOUND[24:],
    "a list of files": b"ffconcat version 1.0\nfile sound.wav\n",
    "a playlist": b"#EXTM3U\n#EXTINF:1,\nsound.wav\n#EXT-X-ENDLIST\n",
    "half a picture": png((1080, 960))[:900],
    "a picture of 20,000 pixels a side": vast(20_000),
    "a picture of another kind": saved(Image.new("P", (64, 64)), "GIF"),
    "half a clip": b"\0\0\0\x20ftypisom" + bytes(500),
    "a folder": None,
    "a pipe": None,
    "a device": None,
    "links in a circle": None,
    "nowhere": None,
}
_MADE: dict[str, Callable[[Path], object]] = {
    "a folder": Path.mkdir,
    "a pipe": os.mkfifo,
    "a device": lambda at: at.symlink_to("/dev/zero"),
    "links in a circle": lambda at: at.symlink_to(at),
    "nowhere": lambda _: None,
}


@pytest.mark.parametrize(("segment", "asset"), [("s01", "tts_audio"), ("s02", "shots"), ("s03", "shots")])
@pytest.mark.parametrize("kind", _FILES)
def test_what_is_no_file_of_its_kind_is_refused_and_nothing_is_recorded(
    kind: str, segment: str, asset: str, empty: Stage, tmp_path: Path
) -> None:
    (tmp_path / "sound.wav").write_bytes(SOUND)
    file, content = tmp_path / "file.wav", _FILES[kind]
    _MADE[kind](file) if content is None else file.write_bytes(content)
    before = _imported(empty)
    with pytest.raises((ContentError, MediaError)):
        import_file(empty.settings(Mode.DRAFT), "pics", segment, asset, Bought(file))
    assert _imported(empty) == before


def _imported(stage: Stage) -> list[int]:
    settings = stage.settings(Mode.DRAFT)
    with closing(open_ledger(settings, load_show(settings.show))) as ledger:
        return [entry.id for entry in ledger.rows()]
