"""`speaker_clips` and `listener_clips`: one step, so that both render side by side."""

import dagster as dg

from ninja_assets.cells.cell_values import Listeners
from ninja_assets.cells.engine import Delivered, Metadata, SegmentMaker, SegmentWork
from resources.core.names import TTS_AUDIO, UPLOADED_URLS
from resources.core.values import Clip, Part, VoiceTrack
from resources.models import catalogue
from resources.models.casting import cast_listener, cast_speaker
from resources.purchasing.requests.briefs import Uploads
from resources.purchasing.requests.turn_requests import TurnRequests

_STAND_IN: Metadata = {"model_reason": "a rehearsal: drawn offline, in the place of every model"}


def speaker_clips(spec: dg.AssetSpec) -> SegmentMaker:
    """The maker of `speaker_clips`."""
    return SegmentMaker(spec, _speaker)


def listener_clips(spec: dg.AssetSpec) -> SegmentMaker:
    """The maker of `listener_clips`."""
    return SegmentMaker(spec, _listeners)


def _speaker(work: SegmentWork) -> Delivered:
    turn, studio = work.turn, work.studio
    uploads, track = work.read(UPLOADED_URLS, Uploads), work.read(TTS_AUDIO, VoiceTrack)
    requests = TurnRequests(work.retaken(Part.SPEAKER), turn)
    clip = studio.clips.speaker(requests.speaker(track.value, uploads.value.picture(turn.speaker)))
    path = studio.library.copy_to(clip.video, work.folder / "speaker.mp4")
    return Delivered(
        value=clip,
        made_from={UPLOADED_URLS: uploads.digest, TTS_AUDIO: track.digest},
        receipts=(clip.receipt,),
        metadata={**clip_metadata(clip), "video": dg.MetadataValue.path(str(path)), **_speaking_model(work)},
    )


def _listeners(work: SegmentWork) -> Delivered:
    turn, studio = work.turn, work.studio
    uploads, track = work.read(UPLOADED_URLS, Uploads), work.read(TTS_AUDIO, VoiceTrack)
    requests = TurnRequests(work.retaken(Part.LISTENER), turn)
    clips: dict[str, Clip] = {}
    metadata: dict[str, object] = {}
    for label in turn.listeners:
        brief = requests.listener(label, track.value.seconds, uploads.value.picture(label))
        clips[label] = studio.clips.listener(brief)
        path = studio.library.copy_to(clips[label].video, work.folder / f"listener-{label.lower()}.mp4")
        metadata |= {
            **clip_metadata(clips[label]),
            "video": dg.MetadataValue.path(str(path)),
        }
    return Delivered(
        value=Listeners(clips=clips),
        made_from={UPLOADED_URLS: uploads.digest, TTS_AUDIO: track.digest},
        receipts=tuple(clip.receipt for clip in clips.values()),
        metadata={"listeners": ", ".join(turn.listeners) or "nobody", **metadata, **_listening_model(work)},
    )


def _speaking_model(work: SegmentWork) -> Metadata:
    """Which model was asked, and who chose it."""
    studio = work.studio
    if not studio.mode.paid:
        return _STAND_IN
    cast = cast_speaker(studio.show, studio.mode, work.turn, folder=studio.settings.show, episode=work.script.episode)
    return {"model": catalogue.get(cast.model).name, "model_reason": cast.reason}


def _listening_model(work: SegmentWork) -> Metadata:
    """Which model was chosen for listeners; the receipt's note says in which way they were made."""
    studio = work.studio
    if not studio.mode.paid or not work.turn.listeners:
        return _STAND_IN if work.turn.listeners else {}
    return {"model_reason": cast_listener(studio.show, studio.mode, folder=studio.settings.show).reason}


def clip_metadata(clip: Clip) -> Metadata:
    """What a clip is, as it was measured."""
    return {
        "seconds": round(clip.seconds, 3),
        "width": clip.width,
        "height": clip.height,
        "fps": round(clip.fps, 3),
        "loops": clip.loops,
    }
