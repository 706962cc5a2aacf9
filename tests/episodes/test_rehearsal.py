"""Whole episodes through the real Dagster job, in rehearsal: what is made, what is reused, what a failure leaves."""

import os
from pathlib import Path
from typing import Any

import av
import dagster as dg
import pytest

from ninja_assets.assets import final_video
from ninja_assets.cells.record.records import of_segment
from ninja_assets.cut import joining
from ninja_assets.runs.produced import Production
from ninja_assets.runs.production import check_order
from resources.core.errors import ContentError
from resources.core.files import sha256_of
from resources.core.names import COMPOSITES, EPISODE_ASSETS, FINAL_FILE, FINAL_VIDEO, SHOTS, Mode
from resources.models.loading import load_show
from resources.purchasing.books import open_state
from resources.purchasing.state.state import EPISODE as WHOLE
from tests.stage import EPISODE, SHOW, Stage, build_stage


@pytest.fixture
def stage(rehearsed: tuple[Stage, Production], tmp_path: Path) -> Stage:
    """The made episode, on a stage of the test's own."""
    made, _ = rehearsed
    return made.copied(tmp_path / "stage")


def _reused(production: Production) -> dict[str, bool]:
    return {segment.segment: segment.reused for segment in production.segments}


def _told(stage: Stage, asset: str, name: str) -> list[object]:
    """What the newest three cells of an asset say under a name."""
    with stage.instance() as instance:
        records = instance.fetch_materializations(dg.AssetKey(asset), limit=3).records
        metadata = [
            record.asset_materialization.metadata.get(name) for record in records if record.asset_materialization
        ]
    return sorted((value.value if value else None for value in metadata), key=bool)


def test_an_episode_is_made_with_exact_length_and_says_that_it_is_a_rehearsal(
    rehearsed: tuple[Stage, Production],
) -> None:
    _, production = rehearsed
    assert production.error is None
    assert production.final_video is not None
    with av.open(production.final_video) as file:
        video, audio = file.streams.video[0], file.streams.audio[0]
        assert (video.codec_context.width, video.codec_context.height) == (540, 960)  # as its show asks
        assert float(video.average_rate or 0) == 30
        assert video.frames == round(30 * sum(segment.seconds or 0 for segment in production.segments))
        assert audio.rate == 48000
        assert "REHEARSAL" in file.metadata["comment"]


def test_of_two_runs_that_join_an_episode_at_once_the_one_that_ends_last_has_what_both_made(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = ["s02"]

    def joined_while_another_run_makes_a_segment(*given: Any) -> joining.FormatCut:
        cut = joining.cut_in(*given)
        while other:
            assert stage.produce(segments=(other.pop(),), retake=True).error is None
        return cut

    monkeypatch.setattr(final_video, "cut_in", joined_while_another_run_makes_a_segment)
    assert stage.produce(segments=("s01",), retake=True).error is None
    with open_state(stage.settings(), load_show(stage.show)) as state:
        kept = {(each.asset, each.segment): each for each in state.records("demo", Mode.REHEARSAL)}
    now = {segment: kept[COMPOSITES, segment].digest for segment in ("s01", "s02", "s03")}
    assert kept[FINAL_VIDEO, WHOLE].made_from == {of_segment(COMPOSITES, each): digest for each, digest in now.items()}
    assert {each: kept[FINAL_VIDEO, each].made_from[COMPOSITES] for each in now} == now


def test_each_segment_tells_its_place_in_the_cut(rehearsed: tuple[Stage, Production]) -> None:
    _, production = rehearsed
    ends = 0.0
    for segment in production.segments:
        assert segment.starts_at == pytest.approx(ends, abs=0.002)
        assert segment.ends_at is not None
        ends = segment.ends_at
    assert production.seconds == pytest.approx(ends, abs=0.002)


def test_a_person_finds_every_file_in_the_output_folder(rehearsed: tuple[Stage, Production]) -> None:
    stage, _ = rehearsed
    folder = stage.output / "demo" / "rehearsal"
    found = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    wanted = {"final.mp4", "storyboard.webp"}
    for segment, listener in (("s01", "glitch"), ("s02", "ninja"), ("s03", "glitch")):
        wanted |= {f"{segment}/{name}" for name in ("voice.wav", "speaker.mp4", "segment.mp4")}
        wanted.add(f"{segment}/listener-{listener}.mp4")
    assert wanted <= found
    assert not (folder / "s04").exists()


def test_an_unchanged_episode_makes_nothing_again(stage: Stage) -> None:
    final = stage.output / "demo" / "rehearsal" / FINAL_FILE
    stage.produce()
    before = final.stat()
    again = stage.produce()
    assert _reused(again) == {"s01": True, "s02": True, "s03": True}
    assert (final.stat().st_ino, final.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    for asset in set(EPISODE_ASSETS[1:-1]) - {SHOTS}:  # the script is read each time, the cut was looked at above
        assert _told(stage, asset, "reused") == [True, True, True]  # and of the unused slot nothing is told again


def test_what_a_person_does_to_the_output_is_no_damage_and_is_undone_by_the_next_run(stage: Stage) -> None:
    opened = [
        path for path in (stage.output / "demo" / "rehearsal").rglob("*") if path.suffix in (".mp4", ".wav", ".webp")
    ]
    made = {path: path.read_bytes() for path in opened}
    assert len(opened) >= 12
    for path in opened:
        with path.open("r+b") as file:  # an editor that saves in place
            file.write(b"edited")
    again = stage.produce()
    assert _reused(again) == {"s01": True, "s02": True, "s03": True}
    assert {path: path.read_bytes() for path in opened} == made
    assert all(sha256_of(path) == path.stem for path in (Path(stage.settings().library) / "media").rglob("*.*"))


def test_the_output_of_an_earlier_version_is_parted_from_its_library(stage: Stage) -> None:
    library = {path.stat().st_size: path for path in (Path(stage.settings().library) / "media").rglob("*.mp4")}
    for path in (stage.output / "demo").rglob("*.mp4"):  # as it was laid out before: hard links that can be written to
        kept = library[path.stat().st_size]
        kept.chmod(0o644)
        os.utime(kept)
        path.unlink()
        path.hardlink_to(kept)
    again = stage.produce()
    assert _reused(again) == {"s01": True, "s02": True, "s03": True}
    inside = {path.stat().st_ino for path in library.values()}
    assert not inside & {path.stat().st_ino for path in (stage.output / "demo").rglob("*.mp4")}


def test_a_clip_that_was_damaged_through_the_output_is_made_again(stage: Stage) -> None:
    speaker = stage.output / "demo" / "rehearsal" / "s02" / "speaker.mp4"
    made = speaker.read_bytes()
    [path] = [path for path in (Path(stage.settings().library) / "media").rglob("*.mp4") if path.read_bytes() == made]
    path.chmod(0o644)
    path.write_bytes(bytes(len(made)))
    again = stage.produce()
    assert again.error is None
    assert _reused(again) == {"s01": True, "s02": False, "s03": True}
    assert path.read_bytes() == made


def test_damage_that_leaves_no_trace_is_never_joined_and_the_command_that_is_named_mends_it(stage: Stage) -> None:
    made = (stage.output / "demo" / "rehearsal" / "s02" / "segment.mp4").read_bytes()
    [path] = [path for path in (Path(stage.settings().library) / "media").rglob("*.mp4") if path.read_bytes() == made]
    before = path.stat()
    path.write_bytes(bytes(len(made)))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))  # as a bad disk damages it
    stage.write_episode(text=EPISODE.replace("A test", "Another title"))
    failed = str(stage.produce().error)
    assert "a file of the library is damaged" in failed
    assert "next: `ninja produce demo --mode rehearsal`" in failed
    assert stage.produce().error is None
    assert path.read_bytes() == made


def test_a_changed_line_remakes_its_segment_alone(stage: Stage) -> None:
    stage.write_episode(text=EPISODE.replace("Four five six", "Nine eight seven six"))
    production = stage.produce()
    assert _reused(production) == {"s01": True, "s02": False, "s03": False}  # s03 goes on where the face of s02 was
    assert production.final_video is not None


def test_a_caption_setting_remakes_no_voice_and_no_clip(stage: Stage) -> None:
    folder = stage.output / "demo" / "rehearsal" / "s01"
    before = {name: (folder / name).stat().st_ino for name in ("voice.wav", "speaker.mp4", "segment.mp4")}
    stage.write_show(SHOW.replace("rehearsal_size: half", "rehearsal_size: half, captions: {style: classic}"))
    assert stage.produce().error is None
    after = {name: (folder / name).stat().st_ino for name in before}
    assert after["voice.wav"] == before["voice.wav"]
    assert after["speaker.mp4"] == before["speaker.mp4"]
    assert after["segment.mp4"] != before["segment.mp4"]


def test_a_retake_makes_another_take_and_later_runs_keep_it(stage: Stage) -> None:
    retaken = stage.produce(segments=("s02",), retake=True)
    assert [(segment.segment, segment.reused, segment.take) for segment in retaken.segments] == [("s02", False, 2)]
    again = stage.produce()
    assert {segment.segment: segment.take for segment in again.segments} == {"s01": 1, "s02": 2, "s03": 1}
    reused = _reused(again)  # s03 goes on where the face of s02 is, which may be where it was
    assert reused["s01"]
    assert reused["s02"]


def test_segments_that_are_not_neighbours_are_made_alone(stage: Stage) -> None:
    production = stage.produce(segments=("s01", "s03"))
    assert [segment.segment for segment in production.segments] == ["s01", "s03"]
    assert production.final_video is not None


def test_segments_that_are_not_neighbours_fail_each_for_itself(tmp_path: Path, rehearsed_library: Path) -> None:
    stage = build_stage(tmp_path, library=rehearsed_library)
    stage.write_episode(text="GLITCH {camera: close}: One two.\nNINJA: Three four.\nGLITCH: Five six.\nNINJA: Seven.")
    picture = stage.show / "characters" / "glitch-close.png"
    picture.write_bytes(picture.read_bytes()[:1000])
    failed = stage.produce(segments=("s01", "s03"))
    assert failed.error is not None
    assert failed.error.count("glitch-close.png") == 1
    assert "s02, s04" in failed.error  # what the cut still waits for
    with stage.instance() as instance:
        assert "demo|s03" in instance.get_materialized_partitions(dg.AssetKey(COMPOSITES))


def test_a_failed_segment_keeps_its_siblings_and_is_mended_alone(tmp_path: Path, rehearsed_library: Path) -> None:
    stage = build_stage(tmp_path, library=rehearsed_library)
    stage.write_episode(text=EPISODE.replace("GLITCH:", "GLITCH {camera: close}:"))
    picture = stage.show / "characters" / "glitch-close.png"
    whole = picture.read_bytes()
    picture.write_bytes(whole[: len(whole) // 2])
    failed = stage.produce()
    assert failed.final_video is None
    assert failed.error is not None
    assert "s02" in failed.error
    assert "glitch-close.png" in failed.error
    assert not (stage.output / "demo/rehearsal" / FINAL_FILE).exists()
    with stage.instance() as instance:
        done = instance.get_materialized_partitions(dg.AssetKey("uploaded_urls"))
    assert {"demo|s01", "demo|s03"} <= done
    assert "demo|s02" not in done
    picture.write_bytes(whole)
    mended = stage.produce()
    assert mended.final_video is not None
    assert {segment.segment for segment in mended.segments} == {"s01", "s02", "s03"}


def test_a_cut_is_never_joined_from_yesterdays_words(stage: Stage) -> None:
    final = stage.output / "demo" / "rehearsal" / FINAL_FILE
    before = final.stat().st_ino
    stage.write_episode(text=EPISODE.replace("One two three", "Ten twenty thirty"))
    production = stage.produce(segments=("s03",))
    assert production.final_video is None
    assert "s01" in str(production.error)
    assert final.stat().st_ino == before


def test_a_script_with_a_mistake_is_refused_before_anything_is_started(stage: Stage) -> None:
    stage.write_episode(text="NINJA: Hello there, friends of the show.\nNINJAA: Typo.\n")
    with pytest.raises(ContentError) as refused:
        check_order(stage.settings(), "demo")
    assert "demo.md:2" in str(refused.value)


@pytest.mark.parametrize("name", ["../../etc", "..", "", "a|b", "A B", "x" * 300])
def test_a_hostile_episode_name_is_refused(rehearsed: tuple[Stage, Production], name: str) -> None:
    stage, _ = rehearsed
    with pytest.raises(ContentError, match="episode's name"):
        check_order(stage.settings(), name)


def test_a_segment_that_the_script_does_not_have_is_refused(rehearsed: tuple[Stage, Production]) -> None:
    stage, _ = rehearsed
    with pytest.raises(ContentError, match="no segment s04"):
        check_order(stage.settings(), "demo", segments=("s04",))


def test_a_show_without_caps_is_refused_for_paid_modes(stage: Stage) -> None:
    stage.write_show("\n".join(line for line in SHOW.splitlines() if "caps" not in line))
    with pytest.raises(ContentError, match="caps") as refused:
        check_order(stage.settings(Mode.DRAFT), "demo")
    assert "caps: {" in str(refused.value.hint)
