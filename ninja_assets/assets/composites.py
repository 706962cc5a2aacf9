"""`composites`: a segment as it is seen and heard. Everything here is free to make again."""

import dagster as dg

from ninja_assets.specs import LISTENER_CLIPS, SCRIPT, SPEAKER_CLIPS, TTS_AUDIO
from ninja_assets.stills import inline, poster_of
from ninja_assets.values import Listeners, Segment
from ninja_assets.work import Delivered, SegmentMaker, SegmentWork
from resources.media.composite import CastMember, CompositeOrder, PaneClip, make_composite
from resources.seams import Clip, Receipt, VoiceTrack
from resources.show.model import Format, Show
from resources.show.turns import Turn
from resources.studio import Studio


def composites(spec: dg.AssetSpec) -> SegmentMaker:
    """The maker of `composites`."""
    return SegmentMaker(spec, _compose, on_cores=True)


def _compose(work: SegmentWork) -> Delivered:
    studio, turn = work.studio, work.turn
    script, track = work.read(SCRIPT, Turn), work.read(TTS_AUDIO, VoiceTrack)
    speaker, listeners = work.read(SPEAKER_CLIPS, Clip), work.read(LISTENER_CLIPS, Listeners)
    clips = {turn.speaker: speaker.value, **listeners.value.clips}
    order = CompositeOrder(
        format=work.script.format,
        layout=layout_of(studio.show, work.script.format, turn),
        cast=cast(studio),
        speaker=turn.speaker,
        clips={label: PaneClip(video=clip.video, loops=clip.loops) for label, clip in clips.items()},
        audio=track.value.audio,
        seconds=track.value.seconds,
        words=track.value.words,
        captions=studio.show.look.captions.style,
        rehearsal=not studio.mode.paid,
    )
    made = make_composite(studio.library, order, threads=1 if studio.cores > 1 else None)
    frame = poster_of(studio.library, made.video, track.value.words)
    path = studio.library.link(made.video, work.folder / "segment.mp4")
    receipt = Receipt(provider="ffmpeg", endpoint=order.layout, take=turn.take, reused=made.reused)
    return Delivered(
        value=Segment(video=made.video, poster=frame, frames=made.frames, seconds=made.seconds, receipt=receipt),
        made_from={
            SCRIPT: script.digest,
            TTS_AUDIO: track.digest,
            SPEAKER_CLIPS: speaker.digest,
            LISTENER_CLIPS: listeners.digest,
        },
        receipts=(receipt,),
        metadata={
            "poster": inline(studio.library, frame, turn.segment),
            "seconds": round(made.seconds, 3),
            "frames": made.frames,
            "words": turn.words,
            "layout": order.layout,
            "captions": order.captions,
            "video": dg.MetadataValue.path(str(path)),
        },
    )


def cast(studio: Studio) -> tuple[CastMember, ...]:
    """The characters as the screen shows them, in the show's order."""
    return tuple(
        CastMember(label=label, name=character.name, color=character.color)
        for label, character in studio.show.characters.items()
    )


def layout_of(show: Show, shape: Format, turn: Turn) -> str:
    """The layout that a turn is shown in: its camera's, else the format's."""
    camera = show.cameras[turn.camera] if turn.camera else None
    return (camera.layout if camera else None) or show.look.layouts[shape]
