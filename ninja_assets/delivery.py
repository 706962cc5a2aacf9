"""What lies beside `final.mp4` for people: captions, the review page, and in `final` mode the publishing bundle."""

from collections.abc import Sequence
from pathlib import Path

from ninja_assets.kept_takes import keep_take
from ninja_assets.materials import Materials
from ninja_assets.partitions import CellKey
from ninja_assets.work import EpisodeWork
from resources.checks.report import Finding
from resources.media.captions import Spoken, srt, vtt
from resources.media.cut import CutFacts, Place
from resources.media.text import write_text
from resources.publish.bundle import BundleOrder, make_bundle
from resources.publish.limits import Advice
from resources.publish.thumbnails import Shot as Face
from resources.publish.timeline import Shot, Source
from resources.publish.words import chapters
from resources.review.page import Review, ReviewSegment, ReviewWord, Told, others_in, review_page
from resources.show.naming import Mode
from resources.show.turns import Script

REVIEW_FILE = "review.html"
PUBLISH_FOLDER = "publish"

Placed = Sequence[tuple[Materials, Place]]


def deliver(
    work: EpisodeWork, script: Script, materials: Sequence[Materials], facts: CutFacts, final: Path
) -> tuple[Advice, ...]:
    """Write all of it; returns what the platforms would refuse or cut off (nothing outside of `final` mode)."""
    folder, placed = final.parent, list(zip(materials, facts.places, strict=True))
    spoken = [
        Spoken(start=place.start, name=_name(work, each.turn.speaker), words=each.voice.words) for each, place in placed
    ]
    captions = write_text(final.with_suffix(".srt"), srt(spoken)), write_text(final.with_suffix(".vtt"), vtt(spoken))
    write_text(folder / REVIEW_FILE, review_page(_review(work, script, placed, facts, final)))
    if work.studio.mode is not Mode.FINAL:
        return ()
    texts = [path.read_text(encoding="utf-8") for path in captions]
    return make_bundle(_bundle(work, script, placed, facts, final, texts), folder / PUBLISH_FOLDER)


def _review(work: EpisodeWork, script: Script, placed: Placed, facts: CutFacts, final: Path) -> Review:
    return Review(
        episode=work.episode,
        title=script.title,
        mode=work.studio.mode.value,
        seconds=facts.seconds,
        width=facts.width,
        height=facts.height,
        cost_usd=sum(each.worth_usd for each, _ in placed),
        video=final.name,
        segments=tuple(_segment(work, each, place) for each, place in placed),
        checks=_told(work.findings, ""),
        others=others_in(work.studio.settings.output, final.parent),
    )


def _segment(work: EpisodeWork, materials: Materials, place: Place) -> ReviewSegment:
    turn, library = materials.turn, work.studio.library
    folder = work.records.folder(CellKey(work.episode, turn.segment))
    library.link(materials.composite.poster, folder / "poster.webp")
    character = work.studio.show.characters[turn.speaker]
    return ReviewSegment(
        segment=turn.segment,
        name=character.name,
        color=character.color,
        start=place.start,
        end=place.end,
        chapter=turn.chapter,
        words=tuple(
            ReviewWord(text=word.text, start=place.start + word.start, end=place.start + word.end)
            for word in materials.voice.words
        ),
        cost_usd=materials.worth_usd,
        take=materials.take,
        layout=materials.composite.receipt.endpoint,
        poster=f"{turn.segment}/poster.webp",
        video=f"{turn.segment}/segment.mp4",
        clips={
            f"{character.name}, speaking": _clip(turn.segment, None),
            **{f"{_name(work, label)}, listening": _clip(turn.segment, label) for label in materials.listeners},
        },
        checks=_told(work.findings, turn.segment),
        retake=f"ninja produce {work.episode} --mode {work.studio.mode.value} --segments {turn.segment} --retake",
        takes=keep_take(library, folder, materials),
    )


def _bundle(
    work: EpisodeWork, script: Script, placed: Placed, facts: CutFacts, final: Path, texts: Sequence[str]
) -> BundleOrder:
    library, characters = work.studio.library, work.studio.show.characters
    return BundleOrder(
        mode=work.studio.mode,
        episode=work.episode,
        title=script.title,
        format=script.format,
        video=final,
        seconds=facts.seconds,
        srt=texts[0],
        vtt=texts[1],
        chapters=chapters([(place.start, each.turn.chapter) for each, place in placed]),
        faces=tuple(
            Face(
                speaker=each.turn.speaker,
                color=characters[each.turn.speaker].color,
                clip=library.path(each.speaker.video),
                words=each.voice.words,
            )
            for each, _ in placed
        ),
        shots=tuple(_shot(each, place) for each, place in placed),
        settings=work.studio.show.publish,
    )


def _shot(materials: Materials, place: Place) -> Shot:
    """A segment's files as the timeline, one folder below them, sees them."""
    segment = materials.segment
    sources = {
        "segments": Source(url=f"../{segment}/segment.mp4", seconds=materials.composite.seconds),
        "speakers": Source(url=f"../{_clip(segment, None)}", seconds=materials.speaker.seconds),
        "voices": Source(url=f"../{segment}/voice.wav", seconds=materials.voice.seconds),
    }
    for label, clip in materials.listeners.items():
        sources["listeners"] = Source(url=f"../{_clip(segment, label)}", seconds=clip.seconds)
    return Shot(segment=segment, frames=place.frames, sources=sources)


def _clip(segment: str, listener: str | None) -> str:
    """The path of a clip below the episode's folder, as the clips' assets link it."""
    return f"{segment}/listener-{listener.lower()}.mp4" if listener else f"{segment}/speaker.mp4"


def _told(findings: Sequence[Finding], segment: str) -> tuple[Told, ...]:
    return tuple(
        Told(check=each.check, passed=each.passed, told=each.told) for each in findings if each.segment == segment
    )


def _name(work: EpisodeWork, label: str) -> str:
    return work.studio.show.characters[label].name
