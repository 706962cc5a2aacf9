"""What lies beside `final.mp4` for people: captions, the review page, and in `final` mode the publishing bundle."""

from base64 import b64encode
from collections.abc import Sequence
from pathlib import Path

from ninja_assets.cells.record.cell_values import ShownCut
from ninja_assets.cut.ingredients import Ingredients, file_of
from ninja_assets.cut.review import Sight, review_of, spoken_of
from resources.content.show import Format
from resources.core.files import write_text
from resources.core.names import SEGMENT_FILE, SHOTS, listener_file, voice_file
from resources.deliver.bundle import BundleOrder, make_bundle
from resources.deliver.description import chapters
from resources.deliver.file_rules import Written
from resources.deliver.platform_limits import Advice
from resources.deliver.review_page import Other, Review, review_page
from resources.deliver.thumbnails import Shot as Face
from resources.deliver.timeline import Shot, Source
from resources.media.joining.join import Place
from resources.media.layouts import arrangement, fitting
from resources.media.timebase import FPS
from resources.media.typography.subtitles import srt, vtt


def write_captions(sight: Sight, cut: ShownCut, final: Path) -> None:
    """Write a cut's captions beside its file, as players read them."""
    spoken, language = spoken_of(sight, cut), sight.show.language
    for suffix, text in ((".srt", srt(spoken, language)), (".vtt", vtt(spoken, language))):
        write_text(final.with_suffix(suffix), text)


def page_of(sight: Sight, shape: Format, cut: ShownCut | None, *, others: Sequence[Other] = ()) -> str:
    """The review page of an episode, as far as it is made; files are linked by where they are laid out."""
    return review_page(_review(sight, shape, cut, others))


def published_page_of(sight: Sight, shape: Format, cut: ShownCut) -> str:
    """The review page of a cut without what each segment was made of: it plays the cut, and has its posters."""
    review = _review(sight, shape, cut, ())
    plain: dict[str, object] = {"video": None, "voice": None, "clips": {}, "takes": ()}
    segments = [
        each.model_copy(update=plain if each.segment in cut.places else {**plain, "poster": None})
        for each in review.segments
    ]
    return review_page(review.model_copy(update={"segments": tuple(segments)}))


def _review(sight: Sight, shape: Format, cut: ShownCut | None, others: Sequence[Other]) -> Review:
    # A page that is opened as a file may read no other file as text.
    captions = b64encode(vtt(spoken_of(sight, cut), sight.show.language).encode()).decode() if cut else None
    return review_of(
        sight,
        shape,
        lambda _, path: path,
        cut=cut,
        captions=captions and f"data:text/vtt;base64,{captions}",
        others=others,
    )


def write_bundle(
    sight: Sight, shape: Format, cut: ShownCut, ingredients: Sequence[Ingredients], final: Path, folder: Path
) -> tuple[Advice, ...]:
    """Write the publishing bundle of a final cut; returns what the platforms would refuse or cut off."""
    placed = [(each, cut.places[each.segment]) for each in ingredients]
    spoken, script = spoken_of(sight, cut), sight.script
    order = BundleOrder(
        mode=sight.mode,
        episode=script.episode,
        title=script.title,
        format=shape,
        video=final,
        seconds=cut.seconds,
        srt=srt(spoken, sight.show.language),
        vtt=vtt(spoken, sight.show.language),
        chapters=chapters([(place.start, each.content.chapter) for each, place in placed]),
        faces=_faces(sight, ingredients),
        shots=tuple(_shot(sight, each, place, script.named(SEGMENT_FILE, shape)) for each, place in placed),
        written=tuple(place for each in ingredients for place in _written(each, shape)),
        settings=sight.show.publish,
        plates=_plates(sight),
    )
    return make_bundle(order, folder)


def _plates(sight: Sight) -> tuple[str, ...]:
    """What plates say beside the episode's title and its chapters."""
    show, titles = sight.show, sight.show.look.titles
    return (show.title, titles.bug, *titles.roles.values(), *(each.name for each in show.characters.values()))


def _written(ingredients: Ingredients, shape: Format) -> list[Written]:
    """Where captions and names stand in a segment, each place once."""
    faces = 1 + len(ingredients.listeners)
    names = dict.fromkeys(fitting(shot.layout, faces) for shot in ingredients.composite.shots)
    places = [arrangement(name, shape) for name in names]
    areas = [("captions", place.captions) for place in places]
    areas += [("a name", pane.plate.area) for place in places for pane in place.panes]
    return [Written(what=what, segment=ingredients.segment, area=area) for what, area in dict.fromkeys(areas)]


def _faces(sight: Sight, ingredients: Sequence[Ingredients]) -> tuple[Face, ...]:
    """What thumbnails are made of: the speakers, or the shots of an episode in which nobody speaks."""
    library, show = sight.library, sight.show
    spoken = tuple(
        Face(
            speaker=each.content.label,
            color=each.content.title(show)[1],
            clip=library.path(each.picture.media),
            words=each.words,
        )
        for each in ingredients
        if each.voice
    )
    return spoken or tuple(
        Face(speaker=each.segment, color=each.content.title(show)[1], clip=library.path(each.composite.video), words=())
        for each in ingredients
    )


def _shot(sight: Sight, ingredients: Ingredients, place: Place, file: str) -> Shot:
    """A segment's files as the timeline, one folder below them, sees them."""
    segment, whole = ingredients.segment, ingredients.composite.seconds
    own, begins = ingredients.picture.seconds or whole, ingredients.composite.opening
    sources = {
        "segments": Source(url=f"../{segment}/{file}", seconds=whole),
        f"{ingredients.kind_of_file}s": Source(url=f"../{ingredients.file}", seconds=own, begins=begins),
    }
    if ingredients.voice:
        voice = voice_file(ingredients.voice.audio.suffix)
        sources["voices"] = Source(url=f"../{segment}/{voice}", seconds=ingredients.voice.seconds, begins=begins)
    for label, clip in ingredients.listeners.items():
        sources["listeners"] = Source(url=f"../{segment}/{listener_file(label)}", seconds=clip.seconds)
    return Shot(segment=segment, frames=place.frames, sources=sources, over=_over(sight, ingredients))


def _over(sight: Sight, ingredients: Ingredients) -> tuple[Source, ...]:
    """The files of the shots that are seen over a segment, each for as long as its composite shows it."""
    found = []
    for placed in sight.script.shots_over(ingredients.segment):
        footage, whole = ingredients.over[placed.segment], ingredients.composite.seconds
        seconds = placed.shot.shown_seconds(footage.seconds) or whole
        begins = round(placed.shot.begins * FPS)
        url = f"../{file_of(placed.segment, SHOTS, footage.media)}"
        ends = round(min(whole, placed.shot.begins + seconds) * FPS)
        found.append(Source(url=url, seconds=footage.seconds or seconds, begins=begins, frames=ends - begins))
    return tuple(found)
