"""`composites`: a segment as it is seen and heard. Everything here is free to make again."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from ninja_assets.cells.asset import AssetCell, segment_asset
from ninja_assets.cells.links import file_at, segment_page
from ninja_assets.cells.record.cell_values import Composites, Listeners, Segment
from ninja_assets.cells.record.records import of_segment
from ninja_assets.cells.work import Delivered, SegmentWork
from ninja_assets.cut.gates import check_composite
from ninja_assets.cut.posters import linked, poster_of
from ninja_assets.cut.shooting.continuity import faces, heard_from, looked_at, rest_of
from ninja_assets.cut.shooting.graphics import captioned, dressed, layout_of, seen_saying, shots_of
from ninja_assets.cut.shooting.headline import headed_for, headed_from
from ninja_assets.cut.shooting.introductions import introduced_from, unnamed
from ninja_assets.cut.shooting.progress_bar import Span, progress_of, voices
from ninja_assets.cut.shooting.turn_timing import Timing, timing_of
from resources.content.segments import PlacedShot, Turn
from resources.content.shots import Shot
from resources.content.show import Format
from resources.core.errors import ContentError
from resources.core.names import (
    COMPOSITES,
    LISTENER_CLIPS,
    POSTER_FILE,
    SCRIPT,
    SEGMENT_FILE,
    SHOTS,
    SPEAKER_CLIPS,
    TTS_AUDIO,
    CellKey,
    in_format,
)
from resources.core.text.diagnostics import shown_path
from resources.core.values import Clip, Footage, Receipt, VoiceTrack, Word
from resources.media.audio.voice_track import loudness
from resources.media.direction.framings import Shot as Framing
from resources.media.direction.framings import beneath
from resources.media.endings import PICTURES
from resources.media.layouts import above_captions, fitting
from resources.media.picture.composite import VERSION as COMPOSITE_VERSION
from resources.media.picture.composite import make_composite
from resources.media.picture.composite_order import CastMember, CompositeOrder, Cutaway, PaneClip
from resources.media.picture.entry.door import entered
from resources.media.picture.fullframe import VERSION as FULL_FRAME_VERSION
from resources.media.picture.fullframe import FullFrameOrder, make_full_frame
from resources.media.picture.segment_file import Composite
from resources.media.probe import video_facts
from resources.media.profiles import PROFILES
from resources.media.timebase import FPS
from resources.providers.offline.stand_ins import slips
from resources.quality.checks.report import BLACK, CAPTIONS, LENGTHS, MARK, STREAMS, Finding
from resources.studio import Studio

FULL_FRAME = "full-frame"  # the layout of a shot
_UNDER_VOICE = 18.0  # LU that the sound of B-roll lies under the voice
_BOTH_SIDES = 3.0  # LU by which a voice of one channel is louder when both sides have it
_SILENT_LUFS = -60.0  # a track that is no louder has nothing to be heard


def _of_others(work: SegmentWork) -> Collection[AssetCell]:
    """The shots that are seen over a turn, and the turn before where it is still heard."""
    over = work.script.shots_over(work.content.segment)
    return {*((SHOTS, CellKey(work.key.episode, placed.segment)) for placed in over), *heard_from(work)}


def _seen_beside(work: SegmentWork) -> Collection[AssetCell]:
    """What a segment's picture goes on from, its headline, too, and the voices that its bar is as long as, and by
    which it is known who has been named."""
    introduced = introduced_from(work) if work.content.not_needed(TTS_AUDIO) is None else ()
    return {*looked_at(work), *headed_from(work), *voices(work), *introduced}


def _check(work: SegmentWork) -> Sequence[Finding]:
    made, spoken = work.read(COMPOSITES, Composites).value.by_format, work.content.not_needed(TTS_AUDIO) is None
    voice = work.read(TTS_AUDIO, VoiceTrack).value if spoken else None
    faces = 1 + len(work.turn.listeners) if spoken else 0
    several = len(work.script.formats) > 1
    return [
        finding.model_copy(update={"shape": shape.value}) if several else finding
        for shape, segment in made.items()
        for finding in check_composite(work.studio, work.content, shape, segment, voice, faces=faces)
    ]


@segment_asset(
    deps=[SPEAKER_CLIPS, LISTENER_CLIPS, SHOTS],
    kinds={"ffmpeg", "video"},
    description="The segment as it is seen: faces in their layout, border, name tags, captions, the voice track; or a "
    "shot in the whole picture. Each frame of the episode is encoded here, and only here.",
    code_version=f"composite {COMPOSITE_VERSION}, full frame {FULL_FRAME_VERSION}",
    on_cores=True,
    after=_of_others,
    follows=_seen_beside,
    checks=[LENGTHS, STREAMS, BLACK, CAPTIONS, MARK],
    check=_check,
)
def composites(work: SegmentWork) -> Delivered:
    """Compose the segment in each format of its episode."""
    return _BY_PICTURE[work.content.picture_asset](work)


def _turn(work: SegmentWork) -> Delivered:
    studio, turn = work.studio, work.turn
    script, track = work.read(SCRIPT, Turn), work.read(TTS_AUDIO, VoiceTrack)
    speaker, listeners = work.read(SPEAKER_CLIPS, Clip), work.read(LISTENER_CLIPS, Listeners)
    clips = {turn.speaker: speaker.value, **listeners.value.clips}
    made_from = {
        SCRIPT: script.digest,
        TTS_AUDIO: track.digest,
        SPEAKER_CLIPS: speaker.digest,
        LISTENER_CLIPS: listeners.digest,
    }
    timing = timing_of(studio.library, studio.show, turn, track.value)
    written = captioned(studio.show, turn, track.value.words)
    words = tuple(word.later(timing.opening / FPS) for word in written)
    broll, over = _broll(work, track.value, timing), _shots_over(work, timing, made_from)
    shrink = studio.show.shrink(studio.mode)
    layouts = {shape: layout_of(studio.show, shape, turn, clips, shrink) for shape in work.script.formats}
    filled = [(each.begins, each.ends) for each in broll] + [(each.begins, each.ends) for each in over]
    hidden = [(round(begins * FPS), round(ends * FPS)) for begins, ends in filled]
    headed = headed_for(work, made_from)
    shots = {
        shape: beneath(
            shots_of(studio.show, work.script, turn, shape, clips, track.value, timing, studio, headed), hidden
        )
        for shape in layouts
    }
    cut_after_beat = all(found and found[0].end == timing.opening for found in shots.values())
    panes = {
        label: pane.entered(studio.library)
        for label, pane in faces(work, clips, timing, made_from, cut_after_beat=cut_after_beat).items()
    }

    def beneath_it(each: _Over, shape: Format) -> str:
        """The layout that a shot lies on: captions and headline stand as that one has them."""
        begun = (shot.layout for shot in reversed(shots[shape]) if shot.first <= round(each.begins * FPS))
        return fitting(next(begun, layouts[shape]), len(clips))

    rest, progress = rest_of(work, made_from), progress_of(work)
    made: dict[Format, Composite] = {}
    framings: dict[Format, tuple[Framing, ...]] = {}
    said: dict[Format, tuple[Word, ...]] = {}
    for shape, layout in layouts.items():
        plain = CompositeOrder(
            format=shape,
            shots=shots[shape],
            layout=layout,
            cast=cast(studio),
            speaker=turn.speaker,
            clips=panes,
            audio=track.value.audio,
            seconds=track.value.seconds,
            words=words,
            cutaways=(*broll, *(_cutaway(work, each, shape, beneath_it(each, shape)) for each in over)),
            rehearsal=not studio.mode.paid,
            shrink=shrink,
            opening=timing.opening,
            sooner=timing.sooner,
            under=rest,
            progress=progress,
        )
        nameless = unnamed(work, shape, clips, made_from)
        order = dressed(plain, studio.show, work.script, turn, studio.library, headed, unnamed=nameless)
        made[shape] = make_composite(
            studio.library, order, encoder=PROFILES[studio.mode].encoder, threads=_threads(studio)
        )
        framings[shape], said[shape] = order.seen, seen_saying(order)
    shown: dict[str, object] = {
        "words": turn.words,
        "layout": ", ".join(layouts.values()),
        "captions": order.captions,
        **_direction(framings),
        "faces": _goes_on(turn, panes),
        **_pause(timing),
    }
    if turn.broll:
        shown["broll"] = turn.broll
    if work.script.shots_over(turn.segment):
        shown["shots_over"] = ", ".join(placed.segment for placed in work.script.shots_over(turn.segment))
    return _delivered(work, made, layouts, made_from, said, shown, framings, timing, progress)


def _direction(framings: Mapping[Format, tuple[Framing, ...]]) -> Mapping[str, object]:
    """The shots of each format, in words: when, which framing, how near, and why."""
    described = {shape: "\n".join(shot.described(FPS) for shot in shots) for shape, shots in framings.items()}
    only = len(described) == 1
    return {"shots" if only else f"shots_{shape}": text for shape, text in described.items()}


def _goes_on(turn: Turn, panes: Mapping[str, PaneClip]) -> str:
    """Where each face's clip begins, in words: the file in the segment's folder, and the second."""
    names = {label: "speaker.mp4" if label == turn.speaker else f"listener-{label.lower()}.mp4" for label in panes}
    said = []
    for label, pane in panes.items():
        after = f" after {pane.before.frames / FPS:.3f} s of the turn before" if pane.before else ""
        said.append(f"{label}: {names[label]} from {pane.begins:.3f} s{after}")
    return "\n".join(said)


def _pause(timing: Timing) -> Mapping[str, object]:
    """What the pauses beside a turn have it otherwise than its track."""
    pauses = {
        "voice_begins_at": timing.opening,
        "ends_sooner_by": timing.sooner,
        "next_turn_falls_in_later_than_told_by": timing.later,
    }
    return {name: round(frames / FPS, 3) for name, frames in pauses.items() if frames}


def _broll(work: SegmentWork, track: VoiceTrack, timing: Timing) -> tuple[Cutaway, ...]:
    """The file that the turn has as its B-roll: a picture over all of it, a clip for its own length at most."""
    turn, library = work.turn, work.studio.library
    if turn.broll is None:
        return ()
    media = entered(library, library.put(work.studio.settings.show / turn.broll))
    path = library.path(media)
    if path.suffix.lower() in PICTURES:
        return (Cutaway(media=media, still=True, begins=0.0, ends=timing.frames / FPS),)
    facts = video_facts(path)
    own = loudness(path).integrated_lufs if facts.has_audio else _SILENT_LUFS
    voice = loudness(library.path(track.audio)).integrated_lufs + _BOTH_SIDES
    gain = voice - _UNDER_VOICE - own if own > _SILENT_LUFS else None
    ends = min(timing.frames / FPS, facts.seconds)
    return (Cutaway(media=media, still=False, begins=0.0, ends=ends, gain=gain),)


@dataclass(frozen=True)
class _Over:
    """A shot that is seen over a turn, in seconds of the turn."""

    shot: Shot
    footage: Footage
    begins: float
    ends: float


def _shots_over(work: SegmentWork, timing: Timing, made_from: dict[str, str]) -> tuple[_Over, ...]:
    """The shots over this turn, for their own length or to its end; adds them to `made_from`."""
    found, whole = [], timing.frames / FPS
    for placed in work.script.shots_over(work.turn.segment):
        footage = work.read(SHOTS, Footage, segment=placed.segment)
        made_from[of_segment(SHOTS, placed.segment)] = footage.digest
        begins = placed.shot.begins
        if begins >= whole:
            raise ContentError(
                f"{placed.segment} begins {begins:g} s into {placed.over}, which lasts {whole:.1f} s",
                where=f"{shown_path(work.script_file)}:{placed.line}",
                hint="let it begin earlier",
            )
        ends = min(whole, begins + (placed.shot.shown_seconds(footage.value.seconds) or whole))
        found.append(_Over(shot=placed.shot, footage=footage.value, begins=begins, ends=ends))
    return tuple(found)


def _cutaway(work: SegmentWork, over: _Over, shape: Format, layout: str) -> Cutaway:
    library = work.studio.library
    return Cutaway(
        media=entered(library, over.footage.media),
        still=over.shot.is_picture,
        begins=over.begins,
        ends=over.ends,
        slips=slips(library, over.shot, over.footage, shape, above_captions(layout, shape)),
    )


def _shot(work: SegmentWork) -> Delivered:
    studio, placed, progress = work.studio, work.placed, progress_of(work)
    script, footage = work.read(SCRIPT, PlacedShot), work.read(SHOTS, Footage)
    made = {
        shape: make_full_frame(
            studio.library,
            FullFrameOrder(
                format=shape,
                media=entered(studio.library, footage.value.media),
                still=placed.shot.is_picture,
                seconds=placed.shot.shown_seconds(footage.value.seconds) or 0.0,
                sound=footage.value.has_sound,
                progress=progress,
                rehearsal=not studio.mode.paid,
                slips=slips(studio.library, placed.shot, footage.value, shape),
                shrink=studio.show.shrink(studio.mode),
            ),
            encoder=PROFILES[studio.mode].encoder,
            threads=_threads(studio),
        )
        for shape in work.script.formats
    }
    made_from = {SCRIPT: script.digest, SHOTS: footage.digest}
    shown = {"layout": FULL_FRAME, "sound": "the clip's own" if footage.value.has_sound else "silence"}
    return _delivered(work, made, dict.fromkeys(made, FULL_FRAME), made_from, {}, shown, {}, None, progress)


def _delivered(
    work: SegmentWork,
    made: Mapping[Format, Composite],
    layouts: Mapping[Format, str],
    made_from: Mapping[str, str],
    said: Mapping[Format, tuple[Word, ...]],
    shown: Mapping[str, object],
    framings: Mapping[Format, tuple[Framing, ...]],
    timing: Timing | None,
    progress: Span | None,
) -> Delivered:
    """The composites of a segment: laid out in its folder, with a poster of each, and told by the first format's."""
    library, script = work.studio.library, work.script
    segments: dict[Format, Segment] = {}
    for shape, composite in made.items():
        library.copy_to(composite.video, work.folder / script.named(SEGMENT_FILE, shape))
        segments[shape] = Segment(
            video=composite.video,
            poster=poster_of(library, composite.video, said.get(shape, ())),
            frames=composite.frames,
            seconds=composite.seconds,
            shots=framings.get(shape, ()),
            opening=timing.opening if timing else 0,
            sooner=timing.sooner if timing else 0,
            receipt=Receipt(
                provider="ffmpeg", endpoint=layouts[shape], take=work.content.take, reused=composite.reused
            ),
        )
    for shape in set(Format) - set(script.formats[1:]):  # what an earlier script was cut in
        for name in (SEGMENT_FILE, POSTER_FILE):
            (work.folder / in_format(name, shape.value, "")).unlink(missing_ok=True)
    first = segments[script.format]
    return Delivered(
        value=Composites(by_format=segments, progress=progress),
        made_from=made_from,
        receipts=tuple(segment.receipt for segment in segments.values()),
        metadata={
            "poster": linked(first.poster, work.content.segment, segment_page(work.key, work.studio.mode, play=True)),
            "seconds": round(first.seconds, 3),
            "frames": first.frames,
            "formats": ", ".join(segments),
            **shown,
            "video": file_at(work.studio.settings, work.folder / SEGMENT_FILE, first.video),
        },
    )


# How a segment is composed follows from what its picture is.
_BY_PICTURE: Mapping[str, Callable[[SegmentWork], Delivered]] = {SPEAKER_CLIPS: _turn, SHOTS: _shot}


def _threads(studio: Studio) -> int | None:
    return 1 if studio.cores > 1 else None


def cast(studio: Studio) -> tuple[CastMember, ...]:
    """The characters as the screen shows them, in the show's order."""
    return tuple(
        CastMember(label=label, name=character.name, color=character.color)
        for label, character in studio.show.characters.items()
    )
