"""`composites`: a segment as it is seen and heard. Everything here is free to make again."""

from collections.abc import Mapping

import dagster as dg

from ninja_assets.dressing import dressed, layout_of
from ninja_assets.records import of_segment
from ninja_assets.specs import LISTENER_CLIPS, SCRIPT, SHOTS, SPEAKER_CLIPS, TTS_AUDIO
from ninja_assets.stills import inline, poster_of
from ninja_assets.values import Listeners, Segment
from ninja_assets.work import Delivered, SegmentMaker, SegmentWork
from resources.errors import ContentError
from resources.media.composite import CastMember, Composite, CompositeOrder, Cutaway, PaneClip, make_composite
from resources.media.fullframe import FullFrameOrder, make_full_frame
from resources.seams import Clip, Footage, Receipt, VoiceTrack, Word
from resources.show.shots import ImageShot
from resources.show.turns import PlacedShot, Turn
from resources.studio import Studio

FULL_FRAME = "full-frame"  # the layout of a shot


def composites(spec: dg.AssetSpec) -> SegmentMaker:
    """The maker of `composites`."""
    return SegmentMaker(spec, _compose, on_cores=True, not_needed=_not_in_cut)


def _not_in_cut(content: Turn | PlacedShot) -> str | None:
    if content.in_cut:
        return None
    over = content.over if isinstance(content, PlacedShot) else None
    return f"it is seen over {over}" if over else "it is made for other shots and not seen by itself"


def _compose(work: SegmentWork) -> Delivered:
    return _turn(work) if isinstance(work.content, Turn) else _shot(work)


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
    plain = CompositeOrder(
        format=work.script.format,
        layout=layout_of(studio.show, work.script.format, turn),
        cast=cast(studio),
        speaker=turn.speaker,
        clips={label: PaneClip(video=clip.video, loops=clip.loops) for label, clip in clips.items()},
        audio=track.value.audio,
        seconds=track.value.seconds,
        words=track.value.words,
        captions=studio.show.look.captions.style,
        cutaways=_cutaways(work, track.value, made_from),
        rehearsal=not studio.mode.paid,
    )
    order = dressed(plain, studio.show, work.script, turn, studio.library)
    made = make_composite(studio.library, order, threads=_threads(studio))
    told = {"words": turn.words, "layout": order.layout, "captions": order.captions}
    if order.cutaways:
        told["shots_over"] = ", ".join(placed.segment for placed in work.script.shots_over(turn.segment))
    return _delivered(work, made, order.layout, made_from, track.value.words, told)


def _cutaways(work: SegmentWork, track: VoiceTrack, made_from: dict[str, str]) -> tuple[Cutaway, ...]:
    """The shots over this turn, for their own length or to its end; adds them to `made_from`."""
    found = []
    for placed in work.script.shots_over(work.turn.segment):
        footage = work.read(SHOTS, Footage, segment=placed.segment)
        made_from[of_segment(SHOTS, placed.segment)] = footage.digest
        begins = placed.shot.begins
        if begins >= track.seconds:
            raise ContentError(
                f"{placed.segment} begins {begins:g} s into {placed.over}, which lasts {track.seconds:.1f} s",
                where=f"{work.script_file}:{placed.line}",
                mend="let it begin earlier",
            )
        ends = min(track.seconds, begins + (_shown_seconds(placed, footage.value) or track.seconds))
        found.append(Cutaway(media=footage.value.media, still=placed.shot.is_picture, begins=begins, ends=ends))
    return tuple(found)


def _shot(work: SegmentWork) -> Delivered:
    studio, placed = work.studio, work.placed
    script, footage = work.read(SCRIPT, PlacedShot), work.read(SHOTS, Footage)
    order = FullFrameOrder(
        format=work.script.format,
        media=footage.value.media,
        still=placed.shot.is_picture,
        seconds=_shown_seconds(placed, footage.value) or 0.0,
        sound=footage.value.has_sound,
        rehearsal=not studio.mode.paid,
    )
    made = make_full_frame(studio.library, order, threads=_threads(studio))
    made_from = {SCRIPT: script.digest, SHOTS: footage.digest}
    told = {"layout": FULL_FRAME, "sound": "the clip's own" if order.sound else "silence"}
    return _delivered(work, made, FULL_FRAME, made_from, (), told)


def _shown_seconds(placed: PlacedShot, footage: Footage) -> float | None:
    """How long a shot is seen: a clip for its length, a picture as long as the script says, None where it does not."""
    return placed.shot.seconds if isinstance(placed.shot, ImageShot) else footage.seconds


def _delivered(
    work: SegmentWork,
    made: Composite,
    layout: str,
    made_from: Mapping[str, str],
    words: tuple[Word, ...],
    told: Mapping[str, object],
) -> Delivered:
    library, segment = work.studio.library, work.content.segment
    frame = poster_of(library, made.video, words)
    path = library.link(made.video, work.folder / "segment.mp4")
    receipt = Receipt(provider="ffmpeg", endpoint=layout, take=work.content.take, reused=made.reused)
    return Delivered(
        value=Segment(video=made.video, poster=frame, frames=made.frames, seconds=made.seconds, receipt=receipt),
        made_from=made_from,
        receipts=(receipt,),
        metadata={
            "poster": inline(library, frame, segment),
            "seconds": round(made.seconds, 3),
            "frames": made.frames,
            **told,
            "video": dg.MetadataValue.path(str(path)),
        },
    )


def _threads(studio: Studio) -> int | None:
    return 1 if studio.cores > 1 else None


def cast(studio: Studio) -> tuple[CastMember, ...]:
    """The characters as the screen shows them, in the show's order."""
    return tuple(
        CastMember(label=label, name=character.name, color=character.color)
        for label, character in studio.show.characters.items()
    )
