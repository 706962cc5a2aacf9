"""The checks of an episode: what `quality.checks` measures, for each segment and for the cut, remembered by content.

An unchanged segment is measured once in its life. What a finding means for the cut is said there.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from ninja_assets.cells.engine import EpisodeWork
from ninja_assets.cut.graphics import layout_of
from ninja_assets.cut.ingredients import Materials, SegmentMaterials, ShotMaterials
from resources.content.show import Character, Format
from resources.core.library import recipe_key
from resources.core.values import Clip, Media, Value
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


def check_segments(work: EpisodeWork, shape: Format, materials: Sequence[SegmentMaterials]) -> list[Finding]:
    """What the segments' own checks find, in the script's order; one core is left to the cut, which is being joined."""
    turns = [each for each in materials if isinstance(each, Materials)]
    listeners = {(clip.video.sha256, label): clip for each in turns for label, clip in each.listeners.items()}
    with ThreadPoolExecutor(max(1, work.studio.cores - 1)) as pool:
        list(pool.map(lambda item: _watched(work.studio, item[0][1], item[1]), listeners.items()))
        each_of = pool.map(lambda each: _segment(work.studio, shape, each), materials)
        return [finding for found in each_of for finding in found]


def check_cut(
    work: EpisodeWork, shape: Format, materials: Sequence[SegmentMaterials], cut: Media, places: Sequence[Place]
) -> list[Finding]:
    """What the whole cut's checks find: streams, the mark's words, loudness, and a joint for each segment."""
    library, rehearsal = work.studio.library, not work.studio.mode.paid
    spoken = [(each, place) for each, place in zip(materials, places, strict=True) if isinstance(each, Materials)]
    voices = [(each.segment, each.voice.audio) for each, _ in spoken]
    key = recipe_key(
        "checked-cut", version=_VERSION, cut=cut, voices=voices, places=list(places), rehearsal=rehearsal, shape=shape
    )
    found = library.recall(key, _Findings)
    if found is None:
        path = library.path(cut)
        with ThreadPoolExecutor(1) as pool:
            heard = pool.submit(loudness, path)
            joints = measure_joints(
                path, [(name, library.path(voice)) for name, voice in voices], [at for _, at in spoken]
            )
        streams = measure_streams(path)
        found = _Findings(
            found=(
                judge_streams("", streams, size=shape.size),
                judge_comment(streams, rehearsal=rehearsal),
                judge_loudness(heard.result()),
                *(judge_joint(joint) for joint in joints),
            )
        )
        library.remember(key, found)
    return list(found.found)


def _segment(studio: Studio, shape: Format, materials: SegmentMaterials) -> tuple[Finding, ...]:
    if isinstance(materials, ShotMaterials):
        return _shot(studio, shape, materials)
    turn = materials.turn
    layout = fitting(layout_of(studio.show, shape, turn), 1 + len(materials.listeners))
    look = studio.show.look.captions.style
    key = recipe_key(
        "checked-segment",
        version=_VERSION,
        segment=turn.segment,
        voice=materials.voice.audio,
        seconds=materials.voice.seconds,
        words=list(materials.voice.words),
        clips={label: clip.video for label, clip in {turn.speaker: materials.speaker, **materials.listeners}.items()},
        drawn=materials.speaker.receipt.provider,
        composite=materials.composite.video,
        layout=arrangement(layout, shape),
        captions=look,
        rehearsal=not studio.mode.paid,
    )
    found = studio.library.recall(key, _Findings)
    if found is None:
        found = _Findings(found=_measured(studio, shape, materials, layout, look))
        studio.library.remember(key, found)
    return found.found


def _shot(studio: Studio, shape: Format, materials: ShotMaterials) -> tuple[Finding, ...]:
    """What can be said of a shot: it has no voice, so no lips and no captions; it may rightly stand still."""
    rehearsal = not studio.mode.paid
    key = recipe_key(
        "checked-shot",
        version=_VERSION,
        segment=materials.segment,
        composite=materials.composite.video,
        shape=shape,
        rehearsal=rehearsal,
    )
    found = studio.library.recall(key, _Findings)
    if found is None:
        place, name = arrangement(FULL_FRAME_LAYOUT, shape), materials.segment
        composite = studio.library.path(materials.composite.video)
        panes = [pane.area for pane in place.panes]
        seen = measure_key_frames(composite, panes=panes, mark=place.mark, size=shape.size)
        found = _Findings(
            found=(
                judge_streams(name, measure_streams(composite), size=shape.size),
                judge_black(name, seen),
                judge_mark(name, seen, rehearsal=rehearsal),
            )
        )
        studio.library.remember(key, found)
    return found.found


def _measured(studio: Studio, shape: Format, materials: Materials, layout: str, look: str) -> tuple[Finding, ...]:
    library, turn, place = studio.library, materials.turn, arrangement(layout, shape)
    name, voice, speaker = turn.segment, materials.voice, materials.speaker
    clip, composite = library.path(speaker.video), library.path(materials.composite.video)
    drawn = speaker.receipt.provider == "offline"
    lips = _lips(studio, turn.speaker, speaker, voice.audio)
    watched = {label: _watched(studio, label, each) for label, each in materials.listeners.items()}
    streams = measure_streams(composite)
    seen = measure_key_frames(composite, panes=[pane.area for pane in place.panes], mark=place.mark, size=shape.size)
    frozen = {turn.speaker: longest_freeze(clip), **{label: each.frozen for label, each in watched.items()}}
    return (
        judge_lengths(
            name, voice=voice.seconds, clip=speaker.seconds, frames=streams.frames, wanted=frames_of(voice.seconds)
        ),
        judge_streams(name, streams, size=shape.size),
        judge_black(name, seen),
        judge_freeze(name, frozen),
        judge_lips(name, lips, drawn=drawn),
        *(judge_listener(name, each.movement, most=_STILL) for each in watched.values()),
        judge_captions(name, voice.words, look=look, size=shape.size, area=place.captions),
        judge_mark(name, seen, rehearsal=not studio.mode.paid),
    )


def _lips(studio: Studio, label: str, clip: Clip, voice: Media) -> Lips:
    """How a speaker's lips move with the voice: of a clip that is cut in several formats it is measured once."""
    box = mouth_of(studio.show.characters[label], clip)
    key = recipe_key("watched-lips", version=_VERSION, clip=clip.video, voice=voice, box=box)
    found = studio.library.recall(key, Lips)
    if found is None:
        found = measure_lips(studio.library.path(clip.video), studio.library.path(voice), box)
        studio.library.remember(key, found)
    return found


def _watched(studio: Studio, label: str, clip: Clip) -> _Watched:
    """A listener's clip serves many segments and episodes: it is watched once."""
    box = mouth_of(studio.show.characters[label], clip)
    key = recipe_key("watched-listener", version=_VERSION, clip=clip.video, box=box)
    found = studio.library.recall(key, _Watched)
    if found is None:
        path = studio.library.path(clip.video)
        found = _Watched(movement=measure_movement(path, box), frozen=longest_freeze(path))
        studio.library.remember(key, found)
    return found


def mouth_of(character: Character, clip: Clip) -> Box:
    """Where lips move in a clip: known of what was drawn here, assumed of what a model made."""
    if clip.receipt.provider == "offline":
        return mouth_box(character, clip.width, clip.height)
    return assumed_mouth(clip.width, clip.height)
