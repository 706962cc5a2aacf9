"""`final_video`: exactly the script's segments, joined. A cell is its segment's place in the one file."""

import tempfile
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import dagster as dg
from PIL import Image

from ninja_assets.checks import check_cut, check_segments
from ninja_assets.delivery import PUBLISH_FOLDER, REVIEW_FILE, deliver
from ninja_assets.findings import check_specs, summary, verdict
from ninja_assets.materials import SegmentMaterials, materials_of, title_of
from ninja_assets.partitions import CellKey
from ninja_assets.records import Stored
from ninja_assets.specs import COMPOSITES, FINAL_VIDEO
from ninja_assets.stills import inline, kept
from ninja_assets.values import Segment
from ninja_assets.work import EpisodeMaker, EpisodeWork, Metadata
from resources.checks.report import stop_if_unfit
from resources.errors import ContentError, NinjaError
from resources.library import recipe_key, sha256_of
from resources.media.composite import FPS
from resources.media.cut import CutFacts, Finish, Place, final_cut
from resources.media.joints import Transition
from resources.media.music import music_of
from resources.media.pictures import Tile, storyboard, waveform
from resources.publish.limits import Advice
from resources.quotes import usd
from resources.seams import Media, Value
from resources.show.turns import Script

FINAL_FILE = "final.mp4"
STORYBOARD_FILE = "storyboard.webp"
# Cuts of another version are joined anew. Raise it when joining or mastering changes.
_VERSION = 3


class Cut(Value):
    """A joined and mastered episode."""

    video: Media
    facts: CutFacts


def final_video(spec: dg.AssetSpec) -> EpisodeMaker:
    """The maker of `final_video`."""
    return EpisodeMaker(spec, _join, checks=check_specs(FINAL_VIDEO))


def _join(work: EpisodeWork) -> Mapping[str, Metadata]:
    library, folder = work.studio.library, work.records.episode_folder(work.episode)
    script = work.records.script(work.episode)
    segments = _segments(work, script)
    materials = materials_of(work, script, segments)
    finish = _finish(work, script)
    key = recipe_key(
        "cut",
        version=_VERSION,
        videos=[segment.value.video.sha256 for segment in segments],
        title=script.title,
        comment=_comment(work),
        finish=finish.model_dump(mode="json", exclude={"music": {"bed", "opening", "closing"}}),
        sounds=[path and sha256_of(path) for path in (finish.music.bed, finish.music.opening, finish.music.closing)],
    )
    found = library.recall(key, Cut)
    # Joining and looking do not wait for each other; what a gate finds stops the cut before anybody can see it.
    with ThreadPoolExecutor(2) as pool:
        joining = pool.submit(lambda: found or _make(work, script, segments, finish))
        work.findings.extend(check_segments(work, script.format, materials))
        stop_if_unfit(work.findings, episode=work.episode)
        cut = joining.result()
        joints = [place.start for place in cut.facts.places[1:]]
        drawing = pool.submit(
            kept,
            library,
            "waveform",
            [cut.video.sha256, joints],
            lambda: waveform(library.path(cut.video), joints=joints),
        )
        board = _storyboard(work, materials, cut.facts)
        work.findings.extend(check_cut(work, script.format, materials, cut.video, cut.facts.places))
        stop_if_unfit(work.findings, episode=work.episode)
        wave = drawing.result()
    if not found:
        library.remember(key, cut)
    final = library.link(cut.video, folder / FINAL_FILE)
    library.link(board, folder / STORYBOARD_FILE)
    advice = deliver(work, script, materials, cut.facts, final)
    pictures: Metadata = {
        "review": dg.MetadataValue.path(str(folder / REVIEW_FILE)),
        **_publishing(folder, advice),
        "storyboard": inline(library, board, "storyboard"),
        "waveform": inline(library, wave, "waveform"),
    }
    moved = _remember_places(work, script, segments, cut.facts)
    return _metadata(work, script, cut, final, pictures, moved, reused=found is not None)


def _publishing(folder: Path, advice: Sequence[Advice]) -> Metadata:
    """Where the bundle of a final cut is, and what to mend before it is uploaded."""
    if not (folder / PUBLISH_FOLDER).exists():
        return {}
    told = "; ".join(f"{each.level}: {each.platform}: {each.told}" for each in advice)
    return {
        "publish": dg.MetadataValue.path(str(folder / PUBLISH_FOLDER)),
        "publish_checklist": told or "nothing to mend",
    }


def _segments(work: EpisodeWork, script: Script) -> list[Stored[Segment]]:
    """The current composite of all that has a place in the cut.

    Raises one ContentError that names all that are missing or out of date.
    """
    found: list[Stored[Segment]] = []
    problems: dict[str, NinjaError] = {}
    for content in script.cut:
        try:
            found.append(work.records.read(COMPOSITES, CellKey(work.episode, content.segment), Segment))
        except NinjaError as error:
            problems[content.segment] = error
    if problems:
        raise ContentError(
            f"the cut waits for {', '.join(problems)}",
            why="; ".join(error.what for error in problems.values()),
            mend=f"launch {work.episode} with failed and missing only, or: ninja produce {work.episode} "
            f"--mode {work.studio.mode}",
        )
    return found


def _finish(work: EpisodeWork, script: Script) -> Finish:
    """What the show's settings, and the episode's own, make of the joined segments."""
    show = work.studio.show
    look = show.look.transition
    return Finish(
        music=music_of(show.sound, script.sound, work.studio.settings.show),
        transition=Transition(style=look.style, frames=0 if look.style == "cut" else int(look.seconds * FPS + 1e-6)),
        ending=round(show.look.ending_seconds * FPS),
    )


def _comment(work: EpisodeWork) -> str:
    """What the file says of itself; a rehearsal can never be mistaken for a finished episode."""
    mode = work.studio.mode
    return f"{mode.value.upper()}: {work.episode}" + ("" if mode.paid else ". Offline puppets, not for publishing.")


def _make(work: EpisodeWork, script: Script, segments: Sequence[Stored[Segment]], finish: Finish) -> Cut:
    library = work.studio.library
    with tempfile.TemporaryDirectory(prefix="ninja-") as folder:
        target = Path(folder) / FINAL_FILE
        paths = [library.path(segment.value.video) for segment in segments]
        facts = final_cut(
            paths,
            target,
            title=script.title,
            comment=_comment(work),
            rehearsal=not work.studio.mode.paid,
            finish=finish,
        )
        return Cut(video=library.put(target), facts=facts)


def _storyboard(work: EpisodeWork, materials: Sequence[SegmentMaterials], facts: CutFacts) -> Media:
    """A sheet with a tile for each segment: who, when, how long, which words, what it cost, how its checks ended."""
    library = work.studio.library
    titles = [title_of(work.studio.show, each.content) for each in materials]
    tiles = [
        Tile(
            segment=each.segment,
            speaker=name,
            color=color,
            start=place.start,
            end=place.end,
            text=each.content.text,
            notes=f"{usd(each.worth_usd)} · {verdict(work.findings, each.segment)}",
        )
        for each, (name, color), place in zip(materials, titles, facts.places, strict=True)
    ]
    posters = [each.composite.poster for each in materials]

    def draw() -> Image.Image:
        faces = [Image.open(library.path(poster)).convert("RGB") for poster in posters]
        return storyboard(list(zip(tiles, faces, strict=True)))

    return kept(library, "storyboard", [*tiles, *posters], draw)


def _remember_places(
    work: EpisodeWork, script: Script, segments: Sequence[Stored[Segment]], facts: CutFacts
) -> set[str]:
    """Write down where each segment lies in the cut; returns those whose place is another than before."""
    moved: set[str] = set()
    for content, segment, place in zip(script.cut, segments, facts.places, strict=True):
        cell = CellKey(work.episode, content.segment)
        before = work.records.find(FINAL_VIDEO, cell, Place)
        if before is None or before.value != place:
            moved.add(content.segment)
        work.records.write(FINAL_VIDEO, cell, place, {COMPOSITES: segment.digest})
    return moved


def _metadata(
    work: EpisodeWork, script: Script, cut: Cut, final: Path, pictures: Metadata, moved: set[str], *, reused: bool
) -> dict[str, Metadata]:
    """Each cell's place in the cut. Cells outside this run are told too: a longer turn moves all that follow.

    All of them bear the pictures, unused slots too: the asset's page shows the latest event, and Dagster writes the
    events of a range in no order.
    """
    whole: Metadata = {
        **pictures,
        "in_script": True,
        "mode": work.studio.mode.value,
        "reused": reused,
        "cost_usd": 0.0,
        "episode_seconds": round(cut.facts.seconds, 3),
        "episode_segments": len(script.cut),
        "loudness_lufs": round(cut.facts.loudness_lufs, 2),
        "video": dg.MetadataValue.path(str(final)),
    }
    places: dict[str, Metadata] = {
        content.segment: {
            **whole,
            "speaker": content.label,
            "starts_at": round(place.start, 3),
            "ends_at": round(place.end, 3),
            "seconds": round(place.end - place.start, 3),
            "words": content.words,
            "checks": summary(work.findings, content.segment),
        }
        for content, place in zip(script.cut, cut.facts.places, strict=True)
    }
    shown: dict[str, Metadata] = {segment: values for segment, values in places.items() if segment in work.segments}
    shown |= {segment: places[segment] for segment in moved if segment not in shown}
    for segment in work.segments:
        if segment not in places:
            content = script.segment(segment)
            why: Metadata = {"not_needed": "it has no place of its own in the cut"} if content else {}
            shown[segment] = {**whole, "in_script": content is not None, **why}
    return shown
