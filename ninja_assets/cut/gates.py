"""The checks of an episode: what `quality.checks` measures of each clip, composite and cut, remembered by content.

What is unchanged is measured once in its life. What a finding means for the cut is said there.
"""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

from ninja_assets.cells.record.cell_values import Segment
from ninja_assets.cells.work import EpisodeWork
from ninja_assets.cut.ingredients import Ingredients
from ninja_assets.cut.shooting.graphics import caption_changes, captioned
from resources.content.segments import Segment as Content
from resources.content.settings.characters import Character
from resources.content.show import Format
from resources.core.library import recipe_key
from resources.core.names import COMPOSITES, FINAL_VIDEO, LISTENER_CLIPS, SPEAKER_CLIPS
from resources.core.recipes import Recipe
from resources.core.values import Clip, Footage, Media, Value, VoiceTrack
from resources.media.audio.voice_track import loudness
from resources.media.joining.join import Place
from resources.media.layouts import arrangement, canvas, fitting
from resources.media.picture.fullframe import LAYOUT as FULL_FRAME_LAYOUT
from resources.media.timebase import frames_of
from resources.media.typography.fonts import font_of_file
from resources.providers.offline.cast import mouth_box
from resources.quality.checks.caption_checks import judge_captions
from resources.quality.checks.clip_checks import (
    Box,
    Lips,
    assumed_mouth,
    judge_frames,
    judge_freeze,
    judge_length,
    judge_lips,
    judge_listener,
    longest_freeze,
    measure_lips,
    measure_movement,
)
from resources.quality.checks.cut_checks import (
    judge_comment,
    judge_joint,
    judge_loudness,
    judge_streams,
    measure_joints,
    measure_streams,
)
from resources.quality.checks.picture_checks import judge_black, judge_mark, measure_key_frames
from resources.quality.checks.report import Finding, judged
from resources.studio import Studio

# Findings of another version are measured anew. Raise it when a measure or a limit changes.
_VERSION = 5
# A listener's mouth region: puppets and faces that listen change by 2.5 to 3.5 a frame, those that speak by 6 to 22.
_STILL = 5.0


class _Findings(Value):
    found: tuple[Finding, ...]


class _Spoken(Value):
    """A speaker's clip: how its lips move with its voice, and how long it stands still."""

    lips: Lips
    frozen: float


class _Watched(Value):
    """A listener's clip: how much its mouth moves, and how long it stands still."""

    movement: float
    frozen: float


def check_segments(work: EpisodeWork, shape: Format, ingredients: Sequence[Ingredients]) -> list[Finding]:
    """What is found of the segments in the script's order: of clips that serve several formats, in each of them."""
    with ThreadPoolExecutor(max(1, work.studio.cores - 1)) as pool:  # one core is left to the cut, which is joined
        each_of = pool.map(lambda each: _segment(work.studio, shape, each), ingredients)
        return [finding for found in each_of for finding in found]


def check_cut(
    work: EpisodeWork,
    shape: Format,
    ingredients: Sequence[Ingredients],
    cut: Media,
    places: Sequence[Place],
) -> list[Finding]:
    """What the whole cut's checks find: streams, the mark's words, loudness, and a joint for each segment."""
    library, rehearsal = work.studio.library, not work.studio.mode.paid
    shrink = work.studio.show.shrink(work.studio.mode)
    spoken = [
        (each.segment, each.voice.audio, place, each.composite.opening)
        for each, place in zip(ingredients, places, strict=True)
        if each.voice
    ]
    voices = [(segment, voice) for segment, voice, _, _ in spoken]
    openings = [opening for _, _, _, opening in spoken]
    key = recipe_key(
        Recipe.CHECKED_CUT,
        version=_VERSION,
        **({} if spoken else {"wordless": True}),  # what was checked of other cuts stays known
        **({"openings": openings} if any(openings) else {}),
        **({"shrink": shrink} if shrink > 1 else {}),
        cut=cut,
        voices=voices,
        places=list(places),
        rehearsal=rehearsal,
        shape=shape,
    )

    def measure() -> _Findings:
        path = library.path(cut)
        with ThreadPoolExecutor(1) as pool:
            hearing = pool.submit(loudness, path)
            joints = measure_joints(
                path,
                [(name, library.path(voice)) for name, voice in voices],
                [place for _, _, place, _ in spoken],
                openings,
            )
        streams, heard = measure_streams(path), hearing.result()
        return _Findings(
            found=judged(
                FINAL_VIDEO,
                judge_streams("", streams, size=canvas(shape, shrink)),
                judge_comment(streams, rehearsal=rehearsal),
                judge_loudness(heard, wordless=not spoken),
                *(judge_joint(joint) for joint in joints),
            ),
        )

    return list(library.memo(key, _Findings, measure).value.found)


def check_speaker(
    studio: Studio, segment: str, label: str, voice: VoiceTrack, clip: Clip | Footage
) -> tuple[Finding, ...]:
    """What is found of a speaker's clip: its length, its lips, whether it moves. `label` is who speaks."""
    watched = _spoken(studio, label, clip, voice.audio)
    return judged(
        SPEAKER_CLIPS,
        judge_length(segment, voice=voice.seconds, clip=clip.seconds or 0.0),
        judge_freeze(segment, {label: watched.frozen}),
        judge_lips(segment, watched.lips, drawn=_is_drawn(clip)),
    )


def check_listeners(studio: Studio, segment: str, clips: Mapping[str, Clip]) -> tuple[Finding, ...]:
    """What is found of the clips of those who listen: whether their mouths stay shut, whether they move."""
    if not clips:
        return ()
    watched = {label: _watched(studio, label, clip) for label, clip in clips.items()}
    return judged(
        LISTENER_CLIPS,
        judge_freeze(segment, {label: each.frozen for label, each in watched.items()}),
        *(judge_listener(segment, each.movement, most=_STILL) for each in watched.values()),
    )


def check_composite(
    studio: Studio, content: Content, shape: Format, composite: Segment, voice: VoiceTrack | None, *, faces: int
) -> tuple[Finding, ...]:
    """What is found of a segment's picture in one format: frames, streams, panes, captions, the mark.

    A shot has no voice, so no length to keep and no captions. `faces` is how many are seen in it.
    """
    name, rehearsal, shrink = content.segment, not studio.mode.paid, studio.show.shrink(studio.mode)
    captions, language = studio.show.look.captions, studio.show.language
    changes = caption_changes(studio.show, studio.library)
    set_otherwise = {"set": [changes.font, changes.upper]} if changes.font or changes.upper is not None else {}
    # As it was composed: the framings are told by its composite.
    framed = [(shot.first, fitting(shot.layout, faces)) for shot in composite.shots]
    framed = framed or [(0, fitting(composite.receipt.endpoint, faces) if voice else FULL_FRAME_LAYOUT)]
    places = [(first, arrangement(name, shape)) for first, name in framed]
    frames = frames_of(voice.seconds) + composite.opening - composite.sooner if voice else None
    words = composite.spoken(captioned(studio.show, content, voice.words)) if voice else ()
    key = recipe_key(
        Recipe.CHECKED_COMPOSITE,
        version=_VERSION,
        segment=name,
        composite=composite.video,
        frames=frames,
        words=list(words) if voice else None,
        layout=places,
        captions=[captions.style, captions.size, language],
        **set_otherwise,  # what was checked of others stays known
        rehearsal=rehearsal,
        size=canvas(shape, shrink),
    )

    def measure() -> _Findings:
        path = studio.library.path(composite.video)
        streams = measure_streams(path)
        panes = [(first, [pane.area for pane in place.panes]) for first, place in places]
        seen = measure_key_frames(path, panes=panes, mark=places[0][1].mark, size=shape.size)
        found = [
            judge_streams(name, streams, size=canvas(shape, shrink)),
            judge_black(name, seen),
            judge_mark(name, seen, rehearsal=rehearsal),
        ]
        if frames is not None:
            found += [
                judge_frames(name, frames=streams.frames, wanted=frames),
                judge_captions(
                    name,
                    words,
                    look=captions.style,
                    changes=changes,
                    own=font_of_file(studio.library.path(changes.font)) if changes.font else None,
                    size=shape.size,
                    places=[(first, place.captions) for first, place in places],
                    language=language,
                ),
            ]
        return _Findings(found=judged(COMPOSITES, *found))

    return studio.library.memo(key, _Findings, measure).value.found


def _segment(studio: Studio, shape: Format, ingredients: Ingredients) -> tuple[Finding, ...]:
    name, voice, composite = ingredients.segment, ingredients.voice, ingredients.composite
    faces = 1 + len(ingredients.listeners)
    clips = check_speaker(studio, name, ingredients.content.label, voice, ingredients.picture) if voice else ()
    return (
        *clips,
        *check_listeners(studio, name, ingredients.listeners),
        *check_composite(studio, ingredients.content, shape, composite, voice, faces=faces),
    )


def _spoken(studio: Studio, label: str, clip: Clip | Footage, voice: Media) -> _Spoken:
    """How a speaker's lips move with the voice, and how long the clip stands still."""
    box = mouth_of(studio.show.characters[label], clip)
    key = recipe_key(Recipe.WATCHED_SPEAKER, version=_VERSION, clip=clip.media, voice=voice, box=box)
    library = studio.library

    def watch() -> _Spoken:
        path = library.path(clip.media)
        return _Spoken(
            lips=measure_lips(path, library.path(voice), box, drawn=_is_drawn(clip)), frozen=longest_freeze(path)
        )

    return library.memo(key, _Spoken, watch).value


def _watched(studio: Studio, label: str, clip: Clip) -> _Watched:
    """A listener's clip serves many segments and episodes: it is watched once."""
    box = mouth_of(studio.show.characters[label], clip)
    key = recipe_key(Recipe.WATCHED_LISTENER, version=_VERSION, clip=clip.video, box=box)

    def watch() -> _Watched:
        path = studio.library.path(clip.video)
        return _Watched(movement=measure_movement(path, box), frozen=longest_freeze(path))

    return studio.library.memo(key, _Watched, watch).value


def mouth_of(character: Character, clip: Clip | Footage) -> Box:
    """Where lips move in a clip: known of what was drawn here, assumed of what a model made."""
    if _is_drawn(clip):
        return mouth_box(character, clip.width, clip.height)
    return assumed_mouth(clip.width, clip.height)


def _is_drawn(clip: Clip | Footage) -> bool:
    return clip.receipt.provider == "offline"
