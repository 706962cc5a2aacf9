"""The checks of an episode: what `quality.checks` measures, for each segment and for the cut, remembered by content.

An unchanged segment is measured once in its life. What a finding means for the cut is said there.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from ninja_assets.cells.engine import EpisodeWork
from ninja_assets.cut.ingredients import Ingredients
from resources.content.show import Character, Format
from resources.core.library import recipe_key
from resources.core.recipes import Recipe
from resources.core.values import Clip, Footage, Media, Value, VoiceTrack
from resources.media.audio.voice_track import loudness
from resources.media.joining.join import Place
from resources.media.layouts import arrangement, fitting
from resources.media.picture.composite import frames_of
from resources.media.picture.fullframe import LAYOUT as FULL_FRAME_LAYOUT
from resources.providers.offline.cast import mouth_box
from resources.quality.checks.caption_checks import judge_captions
from resources.quality.checks.clip_checks import (
    Box,
    Lips,
    assumed_mouth,
    judge_freeze,
    judge_lengths,
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
from resources.quality.checks.report import Finding
from resources.studio import Studio

# Findings of another version are measured anew. Raise it when a measure or a limit changes.
_VERSION = 1
# A listener's mouth region: puppets and faces that listen change by 2.5 to 3.5 a frame, those that speak by 6 to 22.
_STILL = 5.0


class _Findings(Value):
    found: tuple[Finding, ...]


class _Watched(Value):
    """A listener's clip: how much its mouth moves, and how long it stands still."""

    movement: float
    frozen: float


def check_segments(work: EpisodeWork, shape: Format, materials: Sequence[Ingredients]) -> list[Finding]:
    """What the segments' own checks find, in the script's order; one core is left to the cut, which is being joined."""
    listeners = {(clip.video.sha256, label): clip for each in materials for label, clip in each.listeners.items()}
    with ThreadPoolExecutor(max(1, work.studio.cores - 1)) as pool:
        list(pool.map(lambda item: _watched(work.studio, item[0][1], item[1]), listeners.items()))
        each_of = pool.map(lambda each: _segment(work.studio, shape, each), materials)
        return [finding for found in each_of for finding in found]


def check_cut(
    work: EpisodeWork, shape: Format, materials: Sequence[Ingredients], cut: Media, places: Sequence[Place]
) -> list[Finding]:
    """What the whole cut's checks find: streams, the mark's words, loudness, and a joint for each segment."""
    library, rehearsal = work.studio.library, not work.studio.mode.paid
    spoken = [
        (each.segment, each.voice.audio, place) for each, place in zip(materials, places, strict=True) if each.voice
    ]
    voices = [(segment, voice) for segment, voice, _ in spoken]
    key = recipe_key(
        Recipe.CHECKED_CUT,
        version=_VERSION,
        cut=cut,
        voices=voices,
        places=list(places),
        rehearsal=rehearsal,
        shape=shape,
    )

    def measure() -> _Findings:
        path = library.path(cut)
        with ThreadPoolExecutor(1) as pool:
            heard = pool.submit(loudness, path)
            joints = measure_joints(
                path, [(name, library.path(voice)) for name, voice in voices], [at for _, _, at in spoken]
            )
        streams = measure_streams(path)
        return _Findings(
            found=(
                judge_streams("", streams, size=shape.size),
                judge_comment(streams, rehearsal=rehearsal),
                judge_loudness(heard.result()),
                *(judge_joint(joint) for joint in joints),
            )
        )

    return list(library.memo(key, _Findings, measure).value.found)


def _segment(studio: Studio, shape: Format, materials: Ingredients) -> tuple[Finding, ...]:
    voice, speaker = materials.voice, materials.picture
    if voice is None:
        return _shot(studio, shape, materials)
    label = materials.content.label
    # As it was composed: the layout is told by its composite.
    layout = fitting(materials.composite.receipt.endpoint, 1 + len(materials.listeners))
    look = studio.show.look.captions.style
    key = recipe_key(
        Recipe.CHECKED_SEGMENT,
        version=_VERSION,
        segment=materials.segment,
        voice=voice.audio,
        seconds=voice.seconds,
        words=list(voice.words),
        clips={label: clip.media for label, clip in {label: speaker, **materials.listeners}.items()},
        drawn=speaker.receipt.provider,
        composite=materials.composite.video,
        layout=arrangement(layout, shape),
        captions=look,
        rehearsal=not studio.mode.paid,
    )
    measured = studio.library.memo(
        key, _Findings, lambda: _Findings(found=_measured(studio, shape, materials, voice, layout, look))
    )
    return measured.value.found


def _shot(studio: Studio, shape: Format, materials: Ingredients) -> tuple[Finding, ...]:
    """What can be said of a shot: it has no voice, so no lips and no captions; it may rightly stand still."""
    rehearsal = not studio.mode.paid
    key = recipe_key(
        Recipe.CHECKED_SHOT,
        version=_VERSION,
        segment=materials.segment,
        composite=materials.composite.video,
        shape=shape,
        rehearsal=rehearsal,
    )

    def measure() -> _Findings:
        place, name = arrangement(FULL_FRAME_LAYOUT, shape), materials.segment
        composite = studio.library.path(materials.composite.video)
        panes = [pane.area for pane in place.panes]
        seen = measure_key_frames(composite, panes=panes, mark=place.mark, size=shape.size)
        return _Findings(
            found=(
                judge_streams(name, measure_streams(composite), size=shape.size),
                judge_black(name, seen),
                judge_mark(name, seen, rehearsal=rehearsal),
            )
        )

    return studio.library.memo(key, _Findings, measure).value.found


def _measured(
    studio: Studio, shape: Format, materials: Ingredients, voice: VoiceTrack, layout: str, look: str
) -> tuple[Finding, ...]:
    library, label, place = studio.library, materials.content.label, arrangement(layout, shape)
    name, speaker, lasts = materials.segment, materials.picture, materials.picture.seconds or 0.0
    clip, composite = library.path(speaker.media), library.path(materials.composite.video)
    drawn = speaker.receipt.provider == "offline"
    lips = _lips(studio, label, speaker, voice.audio)
    watched = {label: _watched(studio, label, each) for label, each in materials.listeners.items()}
    streams = measure_streams(composite)
    seen = measure_key_frames(composite, panes=[pane.area for pane in place.panes], mark=place.mark, size=shape.size)
    frozen = {label: longest_freeze(clip), **{label: each.frozen for label, each in watched.items()}}
    return (
        judge_lengths(
            name,
            voice=voice.seconds,
            clip=lasts,
            frames=streams.frames,
            wanted=frames_of(voice.seconds),
        ),
        judge_streams(name, streams, size=shape.size),
        judge_black(name, seen),
        judge_freeze(name, frozen),
        judge_lips(name, lips, drawn=drawn),
        *(judge_listener(name, each.movement, most=_STILL) for each in watched.values()),
        judge_captions(name, voice.words, look=look, size=shape.size, area=place.captions),
        judge_mark(name, seen, rehearsal=not studio.mode.paid),
    )


def _lips(studio: Studio, label: str, clip: Clip | Footage, voice: Media) -> Lips:
    """How a speaker's lips move with the voice: of a clip that is cut in several formats it is measured once."""
    box = mouth_of(studio.show.characters[label], clip)
    key = recipe_key(Recipe.WATCHED_LIPS, version=_VERSION, clip=clip.media, voice=voice, box=box)
    library = studio.library
    return library.memo(key, Lips, lambda: measure_lips(library.path(clip.media), library.path(voice), box)).value


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
    if clip.receipt.provider == "offline":
        return mouth_box(character, clip.width, clip.height)
    return assumed_mouth(clip.width, clip.height)
