"""Files that a person paid for elsewhere."""

from pathlib import Path

import pytest

from resources.core.errors import ContentError, MediaError
from resources.core.library import Library
from resources.core.names import Mode
from resources.purchasing.imports import Bought, import_file
from tests.resources.purchasing.shop import TWO_TURNS, Shop


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
