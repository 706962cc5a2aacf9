"""What lies beside `final.mp4` for people: captions, the review page, and in `final` mode the publishing bundle."""

from collections.abc import Sequence
from pathlib import Path

from ninja_assets.cells.engine import EpisodeWork
from ninja_assets.cut.ingredients import SHOT_COLOR, Materials, SegmentMaterials, ShotMaterials, title_of, unseen_usd
from ninja_assets.cut.past_takes import keep_take
from resources.content.segments import Script
from resources.content.show import Format
from resources.core.names import POSTER_FILE, PUBLISH_FOLDER, REVIEW_FILE, SEGMENT_FILE, CellKey, Mode
from resources.core.values import Footage
from resources.deliver.bundle import BundleOrder, make_bundle
from resources.deliver.description import chapters
from resources.deliver.platform_limits import Advice
from resources.deliver.review_page import Review, ReviewSegment, ReviewWord, Told, others_in, review_page
from resources.deliver.thumbnails import Shot as Face
from resources.deliver.timeline import Shot, Source
from resources.media.escapes import write_text
from resources.media.joining.join import CutFacts, Place
from resources.media.typography.captions import Spoken, srt, vtt
from resources.quality.checks.report import Finding

Placed = Sequence[tuple[SegmentMaterials, Place]]


def deliver(
    work: EpisodeWork,
    script: Script,
    shape: Format,
    materials: Sequence[SegmentMaterials],
    facts: CutFacts,
    final: Path,
) -> tuple[Advice, ...]:
    """Write all of it; returns what the platforms would refuse or cut off (nothing outside of `final` mode)."""
    folder, placed = final.parent, list(zip(materials, facts.places, strict=True))
    spoken = [
        Spoken(start=place.start, name=_name(work, each.turn.speaker), words=each.voice.words)
        for each, place in placed
        if isinstance(each, Materials)
    ]
    captions = write_text(final.with_suffix(".srt"), srt(spoken)), write_text(final.with_suffix(".vtt"), vtt(spoken))
    review = _review(work, script, shape, placed, facts, final)
    write_text(folder / script.named(REVIEW_FILE, shape), review_page(review))
    if work.studio.mode is not Mode.FINAL:
        return ()
    texts = [path.read_text(encoding="utf-8") for path in captions]
    bundle = _bundle(work, script, shape, placed, facts, final, texts)
    return make_bundle(bundle, folder / script.named(PUBLISH_FOLDER, shape))


def _review(work: EpisodeWork, script: Script, shape: Format, placed: Placed, facts: CutFacts, final: Path) -> Review:
    return Review(
        episode=work.episode,
        title=script.title,
        mode=work.studio.mode.value,
        seconds=facts.seconds,
        width=facts.width,
        height=facts.height,
        cost_usd=sum(each.worth_usd for each, _ in placed) + unseen_usd(work, script),
        video=final.name,
        segments=tuple(_segment(work, script, shape, each, place) for each, place in placed),
        checks=_told(work.findings, ""),
        others=others_in(work.studio.settings.output, final),
    )


def _segment(
    work: EpisodeWork, script: Script, shape: Format, materials: SegmentMaterials, place: Place
) -> ReviewSegment:
    content, library = materials.content, work.studio.library
    folder = work.records.folder(CellKey(work.episode, content.segment))
    poster = library.link(materials.composite.poster, folder / script.named(POSTER_FILE, shape))
    name, color = title_of(work.studio.show, content)
    words = materials.voice.words if isinstance(materials, Materials) else ()
    return ReviewSegment(
        segment=content.segment,
        name=name,
        color=color,
        start=place.start,
        end=place.end,
        chapter=content.chapter,
        words=tuple(
            ReviewWord(text=word.text, start=place.start + word.start, end=place.start + word.end) for word in words
        ),
        cost_usd=materials.worth_usd,
        take=materials.take,
        layout=materials.composite.receipt.endpoint,
        poster=f"{content.segment}/{poster.name}",
        video=f"{content.segment}/{script.named(SEGMENT_FILE, shape)}",
        clips=_clips(work, materials),
        checks=_told(work.findings, content.segment),
        retake=f"ninja produce {work.episode} --mode {work.studio.mode.value} --segments {content.segment} --retake",
        takes=keep_take(library, folder, materials),
    )


def _clips(work: EpisodeWork, materials: SegmentMaterials) -> dict[str, str]:
    """What is seen in a segment -> its file, below the episode's folder."""
    if isinstance(materials, ShotMaterials):
        return {f"{materials.placed.label}: {materials.placed.text}": _shot_file(materials.segment, materials.footage)}
    segment = materials.segment
    return {
        f"{_name(work, materials.turn.speaker)}, speaking": _clip(segment, None),
        **{f"{_name(work, label)}, listening": _clip(segment, label) for label in materials.listeners},
        **{f"{shot}, seen over it": _shot_file(shot, footage) for shot, footage in materials.over.items()},
    }


def _bundle(
    work: EpisodeWork,
    script: Script,
    shape: Format,
    placed: Placed,
    facts: CutFacts,
    final: Path,
    texts: Sequence[str],
) -> BundleOrder:
    return BundleOrder(
        mode=work.studio.mode,
        episode=work.episode,
        title=script.title,
        format=shape,
        video=final,
        seconds=facts.seconds,
        srt=texts[0],
        vtt=texts[1],
        chapters=chapters([(place.start, each.content.chapter) for each, place in placed]),
        faces=_faces(work, placed),
        shots=tuple(_shot(each, place, script.named(SEGMENT_FILE, shape)) for each, place in placed),
        settings=work.studio.show.publish,
    )


def _faces(work: EpisodeWork, placed: Placed) -> tuple[Face, ...]:
    """What thumbnails are made of: the speakers, or the shots of an episode in which nobody speaks."""
    library, characters = work.studio.library, work.studio.show.characters
    spoken = tuple(
        Face(
            speaker=each.turn.speaker,
            color=characters[each.turn.speaker].color,
            clip=library.path(each.speaker.video),
            words=each.voice.words,
        )
        for each, _ in placed
        if isinstance(each, Materials)
    )
    return spoken or tuple(
        Face(speaker=each.segment, color=SHOT_COLOR, clip=library.path(each.composite.video), words=())
        for each, _ in placed
    )


def _shot(materials: SegmentMaterials, place: Place, file: str) -> Shot:
    """A segment's files as the timeline, one folder below them, sees them."""
    segment = materials.segment
    sources = {"segments": Source(url=f"../{segment}/{file}", seconds=materials.composite.seconds)}
    if isinstance(materials, ShotMaterials):
        seconds = materials.footage.seconds or materials.composite.seconds
        sources["shots"] = Source(url=f"../{_shot_file(segment, materials.footage)}", seconds=seconds)
        return Shot(segment=segment, frames=place.frames, sources=sources)
    sources["speakers"] = Source(url=f"../{_clip(segment, None)}", seconds=materials.speaker.seconds)
    sources["voices"] = Source(url=f"../{segment}/voice.wav", seconds=materials.voice.seconds)
    for label, clip in materials.listeners.items():
        sources["listeners"] = Source(url=f"../{_clip(segment, label)}", seconds=clip.seconds)
    return Shot(segment=segment, frames=place.frames, sources=sources)


def _shot_file(segment: str, footage: Footage) -> str:
    """The path of a shot below the episode's folder, as its asset links it."""
    return f"{segment}/shot{footage.media.suffix}"


def _clip(segment: str, listener: str | None) -> str:
    """The path of a clip below the episode's folder, as the clips' assets link it."""
    return f"{segment}/listener-{listener.lower()}.mp4" if listener else f"{segment}/speaker.mp4"


def _told(findings: Sequence[Finding], segment: str) -> tuple[Told, ...]:
    return tuple(
        Told(check=each.check, passed=each.passed, told=each.told) for each in findings if each.segment == segment
    )


def _name(work: EpisodeWork, label: str) -> str:
    return work.studio.show.characters[label].name
