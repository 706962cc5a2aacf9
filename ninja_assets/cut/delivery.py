"""What lies beside `final.mp4` for people: captions, the review page, and in `final` mode the publishing bundle."""

from collections.abc import Sequence
from pathlib import Path

from ninja_assets.cells.work import EpisodeWork
from ninja_assets.cut.ingredients import Ingredients, file_of, unseen_usd
from ninja_assets.cut.past_takes import keep_take, other_takes
from resources.content.segments import Script
from resources.content.show import Format
from resources.core.files import write_text
from resources.core.names import POSTER_FILE, PUBLISH_FOLDER, REVIEW_FILE, SEGMENT_FILE, SHOTS, CellKey, Mode
from resources.deliver.bundle import BundleOrder, make_bundle
from resources.deliver.description import chapters
from resources.deliver.platform_limits import Advice
from resources.deliver.review_page import Review, ReviewSegment, ReviewWord, Told, others_in, review_page
from resources.deliver.thumbnails import Shot as Face
from resources.deliver.timeline import Shot, Source
from resources.media.joining.join import CutFacts, Place
from resources.media.typography.subtitles import Spoken, srt, vtt
from resources.quality.checks.report import Finding

Placed = Sequence[tuple[Ingredients, Place]]


def deliver(
    work: EpisodeWork,
    script: Script,
    shape: Format,
    ingredients: Sequence[Ingredients],
    facts: CutFacts,
    final: Path,
) -> tuple[Advice, ...]:
    """Write all of it; returns what the platforms would refuse or cut off (nothing outside of `final` mode)."""
    folder, placed = final.parent, list(zip(ingredients, facts.places, strict=True))
    spoken = [
        Spoken(start=place.start, name=each.content.title(work.studio.show)[0], words=each.words)
        for each, place in placed
        if each.voice
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


def _segment(work: EpisodeWork, script: Script, shape: Format, ingredients: Ingredients, place: Place) -> ReviewSegment:
    content, library = ingredients.content, work.studio.library
    cell = CellKey(work.episode, content.segment)
    folder = work.records.folder(cell)
    poster = library.copy_to(ingredients.composite.poster, folder / script.named(POSTER_FILE, shape))
    if shape is script.format:
        keep_take(library, work.records, cell, ingredients)
    name, color = content.title(work.studio.show)
    return ReviewSegment(
        segment=content.segment,
        name=name,
        color=color,
        start=place.start,
        end=place.end,
        chapter=content.chapter,
        words=tuple(
            ReviewWord(text=word.text, start=place.start + word.start, end=place.start + word.end)
            for word in ingredients.words
        ),
        cost_usd=ingredients.worth_usd,
        take=ingredients.take,
        layout=ingredients.composite.receipt.endpoint,
        poster=f"{content.segment}/{poster.name}",
        video=f"{content.segment}/{script.named(SEGMENT_FILE, shape)}",
        clips=_clips(work, ingredients),
        checks=_told(work.findings, content.segment),
        retake=f"ninja produce {work.episode} --mode {work.studio.mode.value} --segments {content.segment} --retake",
        takes=other_takes(library, work.records, cell, ingredients),
    )


def _clips(work: EpisodeWork, ingredients: Ingredients) -> dict[str, str]:
    """What is seen in a segment -> its file, below the episode's folder."""
    show, segment = work.studio.show, ingredients.segment
    return {
        ingredients.content.pictured(show): ingredients.file,
        **{f"{show.characters[label].name}, listening": _listener(segment, label) for label in ingredients.listeners},
        **{f"{shot}, seen over it": file_of(shot, SHOTS, footage.media) for shot, footage in ingredients.over.items()},
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
    library, show = work.studio.library, work.studio.show
    spoken = tuple(
        Face(
            speaker=each.content.label,
            color=each.content.title(show)[1],
            clip=library.path(each.picture.media),
            words=each.words,
        )
        for each, _ in placed
        if each.voice
    )
    return spoken or tuple(
        Face(speaker=each.segment, color=each.content.title(show)[1], clip=library.path(each.composite.video), words=())
        for each, _ in placed
    )


def _shot(ingredients: Ingredients, place: Place, file: str) -> Shot:
    """A segment's files as the timeline, one folder below them, sees them."""
    segment, whole = ingredients.segment, ingredients.composite.seconds
    own = ingredients.picture.seconds or whole
    sources = {
        "segments": Source(url=f"../{segment}/{file}", seconds=whole),
        f"{ingredients.kind_of_file}s": Source(url=f"../{ingredients.file}", seconds=own),
    }
    if ingredients.voice:
        sources["voices"] = Source(url=f"../{segment}/voice.wav", seconds=ingredients.voice.seconds)
    for label, clip in ingredients.listeners.items():
        sources["listeners"] = Source(url=f"../{_listener(segment, label)}", seconds=clip.seconds)
    return Shot(segment=segment, frames=place.frames, sources=sources)


def _listener(segment: str, label: str) -> str:
    """The path of a listener's clip below the episode's folder, as its asset lays it out."""
    return f"{segment}/listener-{label.lower()}.mp4"


def _told(findings: Sequence[Finding], segment: str) -> tuple[Told, ...]:
    return tuple(
        Told(check=each.check, passed=each.passed, told=each.told) for each in findings if each.segment == segment
    )
