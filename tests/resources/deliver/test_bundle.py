"""A whole bundle of a small final cut; and that nothing else is ever published."""

from pathlib import Path

import opentimelineio as otio
import pytest
from PIL import Image

from resources.content.show import Format, Publish
from resources.core.errors import ContentError
from resources.core.library import Library
from resources.core.names import Mode
from resources.deliver.bundle import BundleOrder, make_bundle
from resources.deliver.description import Chapter
from resources.deliver.edit_list import write_timeline
from resources.deliver.file_rules import Written
from resources.deliver.thumbnails import Shot as Face
from resources.deliver.timeline import Shot, Source
from resources.media.joining.join import final_cut
from resources.media.layouts import Area
from resources.media.picture.composite import composite
from resources.media.profiles import PROFILES, PUBLISHED
from tests.resources.media.footage import burst, clip, order, voice, words


@pytest.fixture(scope="module")
def final(tmp_path_factory: pytest.TempPathFactory) -> BundleOrder:
    folder = tmp_path_factory.mktemp("final")
    library = Library(folder / "library")
    picture = clip(library, folder)
    made = composite(
        library,
        order(picture, None, voice(library, burst(1.2, seed=1)), 1.2, rehearsal=False),
        folder / "s01.mp4",
        encoder=PUBLISHED,
    )
    video = folder / "final.mp4"
    facts = final_cut([made], video, title="t", comment="FINAL: demo", profile=PROFILES[Mode.FINAL])
    sources = {"segments": Source(url="../s01/segment.mp4", seconds=1.2), "voices": Source(url="v.wav", seconds=1.2)}
    faces = tuple(
        Face(speaker=name, color=color, clip=library.path(picture), words=words("one two"))
        for name, color in (("NINJA", "#22d3ee"), ("GLITCH", "#ff4fd8"))
    )
    return BundleOrder(
        mode=Mode.FINAL,
        episode="demo",
        title="Patch 2.1 takes the hammer away, and nobody is ready for what comes after it",
        format=Format.SHORT,
        video=video,
        seconds=facts.seconds,
        srt="1\n",
        vtt="WEBVTT\n",
        chapters=(Chapter(start=0, name="News"),),
        faces=faces,
        shots=(Shot(segment="s01", frames=36, sources=sources),),
        written=(Written(what="captions", segment="s01", area=Area(x=80, y=836, width=920, height=150)),),
        settings=Publish(tags=("games",)),
    )


def test_a_bundle_has_all_that_is_uploaded(final: BundleOrder, tmp_path: Path) -> None:
    folder = tmp_path / "publish"
    advice = make_bundle(final, folder)
    assert {path.name for path in folder.iterdir()} == {
        "demo.mp4",
        "title.txt",
        "description.txt",
        "tags.txt",
        "captions.srt",
        "captions.vtt",
        "checklist.md",
        "timeline.otio",
        *(f"thumbnail-{number}.jpg" for number in (1, 2, 3)),
    }
    assert (folder / "demo.mp4").read_bytes() == final.video.read_bytes()
    assert "AI-generated" in (folder / "description.txt").read_text(encoding="utf-8")
    # One short chapter, twice told; and the file is too small and too short for two platforms.
    assert [(each.level, each.platform) for each in advice] == [
        *[("warning", "YouTube Shorts")] * 2,
        *[("warning", "TikTok")] * 2,
        *[("warning", "Instagram Reels")] * 2,
    ]
    told = (folder / "checklist.md").read_text(encoding="utf-8")
    assert "h264 High" in told
    assert "groups of 15 frames, 2 B-frames, no edit list" in told
    contents = {(folder / f"thumbnail-{number}.jpg").read_bytes() for number in (1, 2, 3)}
    assert len(contents) >= 2
    with Image.open(folder / "thumbnail-1.jpg") as thumbnail:
        assert thumbnail.size == (1080, 1920)


def test_a_bundle_is_made_anew_without_yesterdays_files(final: BundleOrder, tmp_path: Path) -> None:
    folder = tmp_path / "publish"
    folder.mkdir()
    (folder / "old.mp4").write_bytes(b"old")
    make_bundle(final, folder)
    assert not (folder / "old.mp4").exists()


def test_the_timeline_opens_with_exact_cuts_and_chapters(final: BundleOrder, tmp_path: Path) -> None:
    make_bundle(final, tmp_path / "publish")
    timeline = otio.adapters.read_from_file(str(tmp_path / "publish" / "timeline.otio"))
    assert [track.name for track in timeline.tracks] == ["listeners", "speakers", "segments", "voices"]
    assert [marker.name for marker in timeline.tracks.markers] == ["News"]
    pictures = otio.schema.Stack(children=[track.deepcopy() for track in timeline.video_tracks()])
    item = otio.algorithms.top_clip_at_time(pictures, otio.opentime.RationalTime(1, 30))  # what an editor shows
    assert item.source_range.duration == otio.opentime.RationalTime(36, 30)
    assert item.media_reference.target_url == "../s01/segment.mp4"
    assert timeline.duration() == otio.opentime.RationalTime(36, 30)


def test_the_timeline_has_the_shots_that_are_seen_over_a_turn_where_they_are_seen(tmp_path: Path) -> None:
    street, sign = (f"../{segment}/shot.mp4" for segment in ("s02", "s03"))
    turn = Shot(
        segment="s01",
        frames=90,
        sources={"segments": Source(url="../s01/segment.mp4", seconds=3.0)},
        over=(
            Source(url=street, seconds=5.0, begins=15, frames=30),
            Source(url=sign, seconds=5.0, begins=60, frames=99),
        ),
    )
    later = Shot(segment="s04", frames=20, sources={})
    path = write_timeline(tmp_path / "timeline.otio", title="t", shots=[turn, later], chapters=[])
    timeline = otio.adapters.read_from_file(str(path))
    tracks = {track.name: track for track in timeline.tracks if "over" in track.name}
    lengths = {name: [int(item.duration().value) for item in track] for name, track in tracks.items()}
    assert lengths == {"shots over turns 2": [60, 30, 20], "shots over turns": [15, 30, 45, 20]}
    assert [track[1].media_reference.target_url for track in tracks.values()] == [sign, street]
    assert timeline.video_tracks()[-1].name == "segments"  # all of them is in it


@pytest.mark.parametrize("mode", [Mode.REHEARSAL, Mode.DRAFT])
def test_a_rehearsal_or_draft_is_never_published(final: BundleOrder, tmp_path: Path, mode: Mode) -> None:
    folder = tmp_path / "publish"
    with pytest.raises(ContentError, match="never published"):
        make_bundle(final.model_copy(update={"mode": mode}), folder)
    assert not folder.exists()


def test_a_rehearsals_file_is_not_published_under_another_mode(final: BundleOrder, tmp_path: Path) -> None:
    library = Library(tmp_path / "library")
    wanted = order(clip(library, tmp_path), None, voice(library, burst(1.2, seed=1)), 1.2)
    disguised = tmp_path / "final.mp4"
    made = composite(library, wanted, tmp_path / "s01.mp4")
    final_cut([made], disguised, title="t", comment="REHEARSAL: demo")
    with pytest.raises(ContentError, match="REHEARSAL"):
        make_bundle(final.model_copy(update={"video": disguised}), tmp_path / "publish")
    assert not (tmp_path / "publish").exists()
