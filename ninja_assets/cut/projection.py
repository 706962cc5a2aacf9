"""An episode for people as a projection: laid out from its records and the library, by any machine, and published.

The run that makes a cut lays out by this, and so does `ninja open`. What is laid out already is left alone; nothing is
made, bought or recorded here. What is published (`NINJA_PUBLISH`) is the cut, its captions, page and bundle: the page
plays the cut and shows its segments, whose own clips stay in the library, and on the desk. A rehearsal is never
published.
"""

import shutil
import tempfile
from collections.abc import Collection, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pydantic import BaseModel

from ninja_assets.cells.record.cell_values import Composites, Cuts, Listeners, ShownCut
from ninja_assets.cells.record.records import Records
from ninja_assets.cut.delivery import page_of, published_page_of, write_bundle, write_captions
from ninja_assets.cut.ingredients import Ingredients, composites_of, file_of, ingredients_of
from ninja_assets.cut.past_takes import files_of_takes
from ninja_assets.cut.review import Sight
from resources.content.segments import Segment
from resources.content.show import Format, Show
from resources.core.errors import ContentError, MediaLostError
from resources.core.files import write_text
from resources.core.library import Library
from resources.core.names import (
    COMPOSITES,
    CUT_FILES,
    FINAL_FILE,
    FINAL_VIDEO,
    LISTENER_CLIPS,
    POSTER_FILE,
    PUBLISH_FOLDER,
    REVIEW_FILE,
    SEGMENT_FILE,
    SEGMENT_PATTERN,
    SHOTS,
    SPEAKER_CLIPS,
    STORYBOARD_FILE,
    TTS_AUDIO,
    CellKey,
    Mode,
    check_episode,
    episode_folder,
    in_format,
    listener_file,
    voice_file,
)
from resources.core.settings import Settings
from resources.core.values import Clip, Footage, Media, VoiceTrack
from resources.deliver.platform_limits import Advice
from resources.deliver.publication import publish
from resources.deliver.review_page import others_in
from resources.models.loading import load_show
from resources.purchasing.books import find_state
from resources.purchasing.state.archived import Archive
from resources.purchasing.state.state import EPISODE

_AT_ONCE: Final = 8  # files that are fetched
# The files of a segment in its folder, by the asset that makes them.
_NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    TTS_AUDIO: ("voice.*",),
    SPEAKER_CLIPS: ("speaker.*",),
    LISTENER_CLIPS: ("listener-*.mp4",),
    SHOTS: ("shot.*",),
    COMPOSITES: tuple(f"{Path(name).stem}*{Path(name).suffix}" for name in (SEGMENT_FILE, POSTER_FILE)),
}
# Of media: a file of that name with another suffix is an editor's.
_SUFFIXES: Final = frozenset({".wav", ".mp3", ".mp4", ".mov", ".m4v", ".webm", ".png", ".jpg", ".jpeg", ".webp"})
_KINDS: Final[Mapping[str, type[BaseModel]]] = {
    TTS_AUDIO: VoiceTrack,
    SPEAKER_CLIPS: Clip,
    LISTENER_CLIPS: Listeners,
    SHOTS: Footage,
    COMPOSITES: Composites,
}


@dataclass(frozen=True)
class CutFiles:
    """Where a cut in one format lies, and what goes with it. `bundle` is None where none is published."""

    video: Path
    page: Path
    bundle: Path | None = None
    advice: tuple[Advice, ...] = ()


@dataclass(frozen=True)
class LaidOut:
    """An episode's folder as it is now. `page` shows what there is, also where there is no cut yet.

    `lost` are paths in the folder whose files the library no longer has; `changed`: what was made since the cut, so
    that no bundle is made of it.
    """

    folder: Path
    page: Path
    cuts: Mapping[Format, CutFiles]
    lost: tuple[str, ...] = ()
    changed: str = ""


def open_episode(settings: Settings, episode: str) -> LaidOut:
    """Lay out an episode of the show in the settings' mode. No key is needed, and nothing of a checkout but show.yaml.

    Raises ContentError where it is archived or nothing was made in that mode, MediaLostError where the library has lost
    the cut.
    """
    show = load_show(settings.show)
    state = find_state(settings, show)
    if state is None:
        raise _unmade(check_episode(episode), settings.mode, ())
    with closing(state):
        records = Records(state, settings.output, settings.mode)
        Archive(state).refuse(episode)
        made_in = tuple(kept.mode for kept in state.kept(check_episode(episode)))
        if settings.mode not in made_in:
            raise _unmade(episode, settings.mode, made_in)
        library = Library.of(settings, durable=False)
        try:
            return lay_out(Sight(show, settings.show, library, records, records.script(episode)), settings.output)
        except MediaLostError as error:
            error.hint = f"ninja produce {episode} --mode {settings.mode}"  # it finds what else is lost, too
            raise


def have_a_cut(settings: Settings, show: Show, episodes: Collection[str]) -> set[str]:
    """Which of these episodes have a cut in the settings' mode, whichever machine made it.

    Earlier versions recorded none: their cuts are known by their files.
    """
    folders = {episode: episode_folder(settings.output, episode, settings.mode) for episode in episodes}
    made = {episode for episode, folder in folders.items() if (folder / FINAL_FILE).exists()}
    state = find_state(settings, show)
    if state is None:
        return made
    with closing(state):
        return made | (state.episodes_of(FINAL_VIDEO, settings.mode) & set(episodes))


def _unmade(episode: str, mode: Mode, made_in: tuple[Mode, ...]) -> ContentError:
    return ContentError(
        f"nothing of {episode} was made in {mode} mode yet",
        why=f"it was made in {' and '.join(made_in)}" if made_in else None,
        hint=f"ninja open {episode} --mode {made_in[0]}" if made_in else f"ninja produce {episode} --mode {mode}",
    )


def lay_out(sight: Sight, output: Path) -> LaidOut:
    """Lay out all that is recorded of an episode below `output`. Raises MediaLostError where the cut itself is lost."""
    script, folder = sight.script, sight.records.episode_folder(sight.script.episode)
    folder.mkdir(parents=True, exist_ok=True)
    lost = _lay_out_segments(sight, folder)
    cuts: dict[Format, CutFiles] = {}
    changed = ""
    for shape in script.formats:
        cut, page = sight.cut(shape), folder / script.named(REVIEW_FILE, shape)
        final = folder / script.named(FINAL_FILE, shape)
        if cut is not None:
            sight.library.copy_to(cut.video, final)
            sight.library.copy_to(cut.board, folder / script.named(STORYBOARD_FILE, shape))
            write_captions(sight, cut, final)
        if cut is not None or not final.exists():  # the page of a cut that an earlier version made, and did not record
            write_text(page, page_of(sight, shape, cut, others=others_in(output, final)))
        if cut is None:
            continue
        cuts[shape] = CutFiles(final, page)
        if sight.mode is Mode.FINAL:
            try:
                ingredients = _made_of(sight, shape, cut)
            except ContentError as error:
                changed = error.why or error.what
                continue
            bundle = folder / script.named(PUBLISH_FOLDER, shape)
            cuts[shape] = CutFiles(final, page, bundle, write_bundle(sight, shape, cut, ingredients, final, bundle))
    _remove_others(folder, sight)
    return LaidOut(folder, folder / script.named(REVIEW_FILE, script.format), cuts, lost, changed)


def _made_of(sight: Sight, shape: Format, cut: ShownCut) -> list[Ingredients]:
    """What a cut was made of. Raises ContentError where that, or which segments there are, is no longer so."""
    records, script = sight.records, sight.script
    if set(cut.places) != {content.segment for content in script.cut}:
        raise ContentError("the script has other segments than the cut")
    records.read(FINAL_VIDEO, CellKey(script.episode, EPISODE), Cuts)
    return ingredients_of(records, script, composites_of(records, script), shape)


def _lay_out_segments(sight: Sight, folder: Path) -> tuple[str, ...]:
    """Lay out the files of all segments; returns the paths of those that are lost. A past take may be."""
    library, contents = sight.library, sight.script.segments

    def missing(file: tuple[Media, str]) -> str | None:
        try:
            library.copy_to(file[0], folder / file[1])
        except MediaLostError:
            return file[1]
        return None

    # Side by side: of a library elsewhere each is a request that is waited for.
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        lost = tuple(
            filter(None, pool.map(missing, [file for content in contents for file in _files_of(sight, content)]))
        )
    _remove_stale(sight, folder)
    for content in contents:
        place = folder / content.segment
        for media, path, current in files_of_takes(
            library, sight.records, CellKey(sight.script.episode, content.segment)
        ):
            with suppress(MediaLostError):
                library.copy_to(media, place / path, beside=place / current)
    return lost


def _files_of(sight: Sight, content: Segment) -> Iterator[tuple[Media, str]]:
    """The files of a segment, as it is recorded, each with its path in the episode's folder."""
    records, script, segment = sight.records, sight.script, content.segment
    cell = CellKey(script.episode, segment)
    if voice := records.find(TTS_AUDIO, cell, VoiceTrack):
        yield voice.value.audio, f"{segment}/{voice_file(voice.value.audio.suffix)}"
    if clip := records.find(SPEAKER_CLIPS, cell, Clip):
        yield clip.value.media, file_of(segment, SPEAKER_CLIPS, clip.value.media)
    if shot := records.find(SHOTS, cell, Footage):
        yield shot.value.media, file_of(segment, SHOTS, shot.value.media)
    if listeners := records.find(LISTENER_CLIPS, cell, Listeners):
        for label, listener in listeners.value.clips.items():
            yield listener.video, f"{segment}/{listener_file(label)}"
    if composites := records.find(COMPOSITES, cell, Composites):
        for shape, composed in composites.value.by_format.items():
            if shape not in script.formats:
                continue
            yield composed.video, f"{segment}/{script.named(SEGMENT_FILE, shape)}"
            yield composed.poster, f"{segment}/{script.named(POSTER_FILE, shape)}"


def _remove_stale(sight: Sight, folder: Path) -> None:
    """Remove the files of segments that show what was there before: of one that the script has no more, of a turn that
    is a shot by now, of who listens there no more, of a format that the episode is no longer made in.

    Takes stay, and so does what is called as no file of a segment is, such as `voice.aup3`.
    """
    for place in list(filter(Path.is_dir, folder.iterdir())):
        if SEGMENT_PATTERN.fullmatch(place.name) is None:
            continue
        content = sight.script.segment(place.name)
        laid = {folder / name for _, name in _files_of(sight, content)} if content else set()
        for asset, names in _NAMES.items():
            if content is None or content.not_needed(asset) or _is_recorded(sight, asset, place.name):
                there = {each for name in names for each in place.glob(name) if each.suffix.lower() in _SUFFIXES}
                for path in there - laid:
                    path.unlink()
        if not any(place.iterdir()):
            place.rmdir()


def _is_recorded(sight: Sight, asset: str, segment: str) -> bool:
    """Whether the files that a segment has of an asset are known: an earlier version recorded none of some."""
    return sight.records.find(asset, CellKey(sight.script.episode, segment), _KINDS[asset]) is not None


def _remove_others(folder: Path, sight: Sight) -> None:
    """Remove the cuts of formats that the episode is no longer made in: they would show yesterday's words."""
    for shape in Format:
        if shape not in sight.script.formats[1:]:
            for name in CUT_FILES:
                path = folder / in_format(name, shape.value, "")
                if path.is_dir():
                    shutil.rmtree(path)
                else:
                    path.unlink(missing_ok=True)


# Published


def publish_episode(sight: Sight, laid: LaidOut, settings: Settings) -> str:
    """Publish what is laid out, where the settings say; returns where it is. Raises MediaError."""
    script, files = sight.script, dict[str, Path]()
    with tempfile.TemporaryDirectory(prefix="ninja-") as folder:
        for shape, cut in laid.cuts.items():
            shown = sight.cut(shape)
            if shown is not None:
                page = Path(folder) / script.named(REVIEW_FILE, shape)
                files |= _published(sight, shape, shown, cut, laid.folder)
                files[page.name] = write_text(page, published_page_of(sight, shape, shown))
        folder_there = f"{script.episode}/{sight.mode}"
        return publish(files, settings.publish, folder_there, patience=settings.patience.store)


def _published(sight: Sight, shape: Format, shown: ShownCut, cut: CutFiles, folder: Path) -> dict[str, Path]:
    """Of a cut: its file, captions, storyboard, posters and bundle, by their paths in the episode's folder."""
    found = [cut.video, *(cut.video.with_suffix(suffix) for suffix in (".srt", ".vtt"))]
    found.append(folder / sight.script.named(STORYBOARD_FILE, shape))
    found += [folder / segment / sight.script.named(POSTER_FILE, shape) for segment in shown.places]
    if cut.bundle is not None:
        found += [path for path in cut.bundle.rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): path for path in found}
