"""What lies beside `final.mp4` for people: captions, the review page, and in `final` mode the publishing bundle."""

from base64 import b64encode
from collections.abc import Sequence
from pathlib import Path

from ninja_assets.cells.cell_values import ShownCut
from ninja_assets.cells.work import EpisodeWork
from ninja_assets.cut.ingredients import Ingredients
from ninja_assets.cut.past_takes import keep_take
from ninja_assets.cut.review import Sight, review_of
from resources.content.segments import Script
from resources.content.show import Format
from resources.core.files import write_text
from resources.core.names import POSTER_FILE, PUBLISH_FOLDER, REVIEW_FILE, SEGMENT_FILE, CellKey, Mode
from resources.deliver.bundle import BundleOrder, make_bundle
from resources.deliver.description import chapters
from resources.deliver.file_rules import Written
from resources.deliver.platform_limits import Advice
from resources.deliver.review_page import Review, others_in, review_page
from resources.deliver.thumbnails import Shot as Face
from resources.deliver.timeline import Shot, Source
from resources.media.joining.join import CutFacts, Place
from resources.media.layouts import arrangement, fitting
from resources.media.typography.subtitles import Spoken, srt, vtt

Placed = Sequence[tuple[Ingredients, Place]]


def deliver(
    work: EpisodeWork,
    script: Script,
    shape: Format,
    ingredients: Sequence[Ingredients],
    facts: CutFacts,
    cut: ShownCut,
    final: Path,
) -> tuple[Advice, ...]:
    """Write all of it; returns what the platforms would refuse or cut off (nothing outside of `final` mode)."""
    folder, placed = final.parent, list(zip(ingredients, facts.places, strict=True))
    spoken = [
        Spoken(start=place.start, name=each.content.title(work.studio.show)[0], words=each.words)
        for each, place in placed
        if each.voice
    ]
    texts = (srt(spoken), vtt(spoken))
    for suffix, text in zip((".srt", ".vtt"), texts, strict=True):
        write_text(final.with_suffix(suffix), text)
    review = _review(work, script, shape, placed, cut, final, texts[1])
    write_text(folder / script.named(REVIEW_FILE, shape), review_page(review))
    if work.studio.mode is not Mode.FINAL:
        return ()
    bundle = _bundle(work, script, shape, placed, facts, final, texts)
    return make_bundle(bundle, folder / script.named(PUBLISH_FOLDER, shape))


def _review(
    work: EpisodeWork, script: Script, shape: Format, placed: Placed, cut: ShownCut, final: Path, captions: str
) -> Review:
    """What the page shows; files are linked by their paths, where they are laid out."""
    library, show = work.studio.library, work.studio.show
    for each, _ in placed:
        cell = CellKey(work.episode, each.segment)
        library.copy_to(each.composite.poster, work.records.folder(cell) / script.named(POSTER_FILE, shape))
        if shape is script.format:
            keep_take(library, work.records, cell, each)
    return review_of(
        Sight(show, work.studio.settings.show, library, work.records, script),
        shape,
        lambda _, path: path,
        cut=cut,
        # A page that is opened as a file may read no other file as text.
        captions=f"data:text/vtt;base64,{b64encode(captions.encode()).decode()}",
        others=others_in(work.studio.settings.output, final),
    )


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
        written=tuple(place for each, _ in placed for place in _written(each, shape)),
        settings=work.studio.show.publish,
    )


def _written(ingredients: Ingredients, shape: Format) -> list[Written]:
    """Where captions and names stand in a segment, each place once."""
    faces = 1 + len(ingredients.listeners)
    names = dict.fromkeys(fitting(shot.layout, faces) for shot in ingredients.composite.shots)
    places = [arrangement(name, shape) for name in names]
    areas = [("captions", place.captions) for place in places]
    areas += [("a name", pane.plate.area) for place in places for pane in place.panes]
    return [Written(what=what, segment=ingredients.segment, area=area) for what, area in dict.fromkeys(areas)]


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
    own, begins = ingredients.picture.seconds or whole, ingredients.composite.opening
    sources = {
        "segments": Source(url=f"../{segment}/{file}", seconds=whole),
        f"{ingredients.kind_of_file}s": Source(url=f"../{ingredients.file}", seconds=own, begins=begins),
    }
    if ingredients.voice:
        sources["voices"] = Source(url=f"../{segment}/voice.wav", seconds=ingredients.voice.seconds, begins=begins)
    for label, clip in ingredients.listeners.items():
        sources["listeners"] = Source(url=f"../{_listener(segment, label)}", seconds=clip.seconds)
    return Shot(segment=segment, frames=place.frames, sources=sources)


def _listener(segment: str, label: str) -> str:
    """The path of a listener's clip below the episode's folder, as its asset lays it out."""
    return f"{segment}/listener-{label.lower()}.mp4"
