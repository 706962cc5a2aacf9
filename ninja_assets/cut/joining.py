"""One cut of an episode: its segments joined in one format, checked, and drawn as a storyboard.

`final_video` makes one for each format of the episode, from the same voices and clips.
"""

import dataclasses
import tempfile
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import dagster as dg
from PIL import Image

from ninja_assets.cells.check_results import verdict
from ninja_assets.cells.links import episode_page, file_at
from ninja_assets.cells.record.cell_values import ShownCut
from ninja_assets.cells.work import EpisodeWork, Metadata
from ninja_assets.cut.gates import check_cut, check_segments
from ninja_assets.cut.ingredients import Ingredients
from ninja_assets.cut.posters import kept, linked
from ninja_assets.cut.projection import CutFiles
from ninja_assets.cut.shooting.graphics import captioned, ending_frames_of, ending_of, transition_after, transition_of
from resources.content.segments import Script
from resources.content.show import Format
from resources.core.files import sha256_of
from resources.core.library import recipe_key
from resources.core.names import FINAL_FILE, FINAL_VIDEO
from resources.core.recipes import Recipe
from resources.core.values import Media, Value
from resources.media.audio.mastering import Aim
from resources.media.audio.music import music_of
from resources.media.audio.voice_track import loudness
from resources.media.joining.join import CutFacts, Finish, final_cut
from resources.media.picture.stills import Tile, storyboard, waveform
from resources.media.profiles import PROFILES
from resources.media.typography.subtitles import Spoken
from resources.models.prices.price_values import usd
from resources.quality.checks.cut_checks import judge_music
from resources.quality.checks.report import SOUND, Finding, judged, stop_if_unfit

# Cuts of another version are joined anew. Raise it when joining or mastering changes.
VERSION = 7
_CORRECTIONS = 2  # of the sound, where AAC makes another of it than it was mastered for


class Cut(Value):
    """A joined and mastered episode. `render_seconds`: what its sound, and its pictures beyond copies, took to make."""

    video: Media
    facts: CutFacts
    render_seconds: float


@dataclass(frozen=True)
class FormatCut:
    """A cut that passed its checks, in one format, with its pictures; nobody can see it before it is laid out."""

    shape: Format
    ingredients: Sequence[Ingredients]
    cut: Cut
    board: Media
    wave: Media
    findings: Sequence[Finding]
    spoken: tuple[Spoken, ...]
    reused: bool

    @property
    def shown(self) -> ShownCut:
        """The cut as pages show it."""
        return ShownCut(
            video=self.cut.video,
            board=self.board,
            wave=self.wave,
            seconds=self.cut.facts.seconds,
            places={each.segment: place for each, place in zip(self.ingredients, self.cut.facts.places, strict=True)},
            findings=tuple(self.findings),
            spoken=self.spoken,
        )


def cut_in(work: EpisodeWork, script: Script, shape: Format, ingredients: Sequence[Ingredients]) -> FormatCut:
    """Join and check `ingredients`, whose composites are of that format. Findings are added to the work's.

    Raises MediaError when a check that protects the viewer stops it.
    """
    mine = dataclasses.replace(work, findings=[])
    try:
        return _checked(mine, script, shape, ingredients)
    finally:
        _add_findings(work, script, shape, mine.findings)


def look_at(work: EpisodeWork, script: Script, shape: Format, ingredients: Sequence[Ingredients]) -> None:
    """Check a cut that was joined from `ingredients` before, if there is one. Findings are added to the work's."""
    finish = _finish(work, script, shape)
    found = work.studio.library.recall(_key(work, script, ingredients, finish), Cut)
    if found is not None:
        checked = _heard_and_seen(work, shape, ingredients, finish, found)
        _add_findings(work, script, shape, checked)


def _add_findings(work: EpisodeWork, script: Script, shape: Format, found: Sequence[Finding]) -> None:
    named = shape.value if len(script.formats) > 1 else ""
    work.findings.extend(finding.model_copy(update={"shape": named}) for finding in found)


def cut_metadata(work: EpisodeWork, made: FormatCut, files: CutFiles) -> Metadata:
    """What Dagster shows of a cut that is laid out."""
    page, settings = episode_page(work.episode, work.studio.mode), work.studio.settings
    review = dg.MetadataValue.url(page) if settings.shared else dg.MetadataValue.path(str(files.page))
    return {
        "video": file_at(settings, files.video, made.cut.video),
        "review": review,
        **_publishing(work, files),
        "storyboard": linked(made.board, "storyboard", page),
        "waveform": linked(made.wave, "waveform", page),
        "loudness_lufs": round(made.cut.facts.loudness_lufs, 2),
        "render_seconds": 0.0 if made.reused else made.cut.render_seconds,
    }


def _checked(work: EpisodeWork, script: Script, shape: Format, ingredients: Sequence[Ingredients]) -> FormatCut:
    library = work.studio.library
    finish = _finish(work, script, shape)
    key = _key(work, script, ingredients, finish)
    found = library.recall(key, Cut)
    # Joining and looking do not wait for each other; what a gate finds stops the cut before anybody can see it.
    with ThreadPoolExecutor(2) as pool:
        joining = pool.submit(lambda: found or _make(work, script, ingredients, finish))
        work.findings.extend(check_segments(work, shape, ingredients))
        stop_if_unfit(work.findings, episode=work.episode, mode=work.studio.mode)
        cut = joining.result()
        drawing = pool.submit(_waveform, work, cut)
        board = _storyboard(work, ingredients, cut.facts)
        checked = _heard_and_seen(work, shape, ingredients, finish, cut)
        aim = Aim()
        for _ in range(_CORRECTIONS):
            if found or not any(finding.check == SOUND.name and not finding.passed for finding in checked):
                break
            aim = aim.corrected(loudness(library.path(cut.video)))
            cut = _make(work, script, ingredients, finish, aim)
            drawing = pool.submit(_waveform, work, cut)
            checked = _heard_and_seen(work, shape, ingredients, finish, cut)
        work.findings.extend(checked)
        stop_if_unfit(work.findings, episode=work.episode, mode=work.studio.mode)
        wave = drawing.result()
    if not found:
        library.remember(key, cut)
    spoken = _spoken(work, ingredients, cut.facts)
    return FormatCut(shape, ingredients, cut, board, wave, tuple(work.findings), spoken, reused=found is not None)


def _heard_and_seen(
    work: EpisodeWork, shape: Format, ingredients: Sequence[Ingredients], finish: Finish, cut: Cut
) -> Sequence[Finding]:
    """What the checks of a whole cut find."""
    found = check_cut(work, shape, ingredients, cut.video, cut.facts.places)
    return [*found, *judged(FINAL_VIDEO, judge_music(len(finish.music.files), cut.facts.left_out))]


def _spoken(work: EpisodeWork, ingredients: Sequence[Ingredients], facts: CutFacts) -> tuple[Spoken, ...]:
    """Who says what, for captions."""
    show = work.studio.show
    return tuple(
        Spoken(start=place.start, name=each.content.title(show)[0], words=captioned(show, each.content, each.words))
        for each, place in zip(ingredients, facts.places, strict=True)
        if each.voice
    )


def _key(work: EpisodeWork, script: Script, ingredients: Sequence[Ingredients], finish: Finish) -> str:
    """What a cut is made from."""
    return recipe_key(
        Recipe.CUT,
        version=VERSION,
        videos=[each.composite.video.sha256 for each in ingredients],
        title=script.title,
        comment=_comment(work),
        profile=PROFILES[work.studio.mode],
        # Where all joints are equal, cuts that were made before there were others stay known.
        finish=finish.model_dump(
            mode="json", exclude={"music": {"bed", "opening", "closing"}, **({} if finish.joints else {"joints": True})}
        ),
        # A cut in which nobody speaks was once made as loud as speech, however faint it is.
        **({} if any(each.voice for each in ingredients) else {"wordless": True}),
        sounds=[path and sha256_of(path) for path in (finish.music.bed, finish.music.opening, finish.music.closing)],
    )


def _publishing(work: EpisodeWork, files: CutFiles) -> Mapping[str, object]:
    """Where the bundle of a final cut is, or which command lays it out, and what to mend before it is uploaded."""
    if files.bundle is None:
        return {}
    advice = "; ".join(f"{each.level}: {each.platform}: {each.message}" for each in files.advice)
    bundle: dg.PathMetadataValue | dg.TextMetadataValue = dg.MetadataValue.path(str(files.bundle))
    if work.studio.settings.shared:
        bundle = dg.MetadataValue.text(f"ninja open {work.episode} --mode {work.studio.mode}")
    return {"publish": bundle, "publish_checklist": advice or "nothing to mend"}


def _finish(work: EpisodeWork, script: Script, shape: Format) -> Finish:
    """What the show's settings, and the episode's own, make of the joined segments in a format."""
    show = work.studio.show
    transition = transition_of(show)
    joints = tuple(transition_after(show, each).frames for each in script.cut[:-1])
    return Finish(
        music=music_of(show.sound, script.sound, work.studio.settings.show),
        transition=transition,
        joints=joints if set(joints) - {transition.frames} else (),
        ending=ending_of(show, shape),
        ending_frames=ending_frames_of(show, shape),
    )


def _comment(work: EpisodeWork) -> str:
    """What the file says of itself; a rehearsal can never be mistaken for a finished episode."""
    mode = work.studio.mode
    return f"{mode.value.upper()}: {work.episode}" + ("" if mode.paid else ". Offline puppets, not for publishing.")


def _make(
    work: EpisodeWork,
    script: Script,
    ingredients: Sequence[Ingredients],
    finish: Finish,
    aim: Aim = Aim(),  # noqa: B008
) -> Cut:
    library, settings = work.studio.library, work.studio.settings
    near = library.near(sum(each.composite.video.size for each in ingredients))
    with tempfile.TemporaryDirectory(prefix="ninja-") as folder:
        target = Path(folder) / FINAL_FILE
        started = time.monotonic()
        facts = final_cut(
            [library.path(each.composite.video) for each in ingredients],
            target,
            title=script.title,
            comment=_comment(work),
            profile=PROFILES[work.studio.mode],
            finish=finish,
            aim=aim,
            kept_in=[(library.setting, near), ("NINJA_OUTPUT", settings.output)],
        )
        render_seconds = round(time.monotonic() - started, 3)
        return Cut(video=library.put(target), facts=facts, render_seconds=render_seconds)


def _waveform(work: EpisodeWork, cut: Cut) -> Media:
    library, joints = work.studio.library, [place.start for place in cut.facts.places[1:]]
    key = [cut.video.sha256, joints]
    return kept(library, Recipe.WAVEFORM, key, lambda: waveform(library.path(cut.video), joints=joints))


def _storyboard(work: EpisodeWork, ingredients: Sequence[Ingredients], facts: CutFacts) -> Media:
    """A sheet with a tile for each segment: who, when, how long, which words, what it cost, how its checks ended."""
    library = work.studio.library
    titles = [each.content.title(work.studio.show) for each in ingredients]
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
        for each, (name, color), place in zip(ingredients, titles, facts.places, strict=True)
    ]
    posters = [each.composite.poster for each in ingredients]

    def draw() -> Image.Image:
        faces = [Image.open(library.path(poster)).convert("RGB") for poster in posters]
        return storyboard(list(zip(tiles, faces, strict=True)))

    return kept(library, Recipe.STORYBOARD, [*tiles, *posters], draw)
