"""`uploaded_urls`: the voice and the pictures where the clip studio can read them."""

import dagster as dg

from ninja_assets.orders import angle_of
from ninja_assets.specs import TTS_AUDIO
from ninja_assets.values import Uploads
from ninja_assets.work import Delivered, SegmentMaker, SegmentWork
from resources.seams import VoiceTrack


def uploaded_urls(spec: dg.AssetSpec) -> SegmentMaker:
    """The maker of `uploaded_urls`."""
    return SegmentMaker(spec, _upload)


def _upload(work: SegmentWork) -> Delivered:
    studio, turn = work.studio, work.turn
    track = work.read(TTS_AUDIO, VoiceTrack)
    width, height = work.script.format.clip_size
    portraits = {
        label: studio.uploads.portrait(
            studio.show.characters[label],
            angle=angle_of(studio.show, turn, label),
            width=width,
            height=height,
            cell=work.cell,
        )
        for label in (turn.speaker, *turn.listeners)
    }
    uploads = Uploads(voice=studio.uploads.voice(track.value.audio, cell=work.cell), portraits=portraits)
    expiries = [upload.expires_at for upload in (uploads.voice, *portraits.values()) if upload and upload.expires_at]
    return Delivered(
        value=uploads,
        made_from={TTS_AUDIO: track.digest},
        metadata={
            "voice_url": uploads.voice.url,
            "portrait_urls": {label: upload.url for label, upload in portraits.items() if upload},
            "voice_bytes": uploads.voice.media.size,
            "expires_at": min(expiries).isoformat() if expiries else "never",
        },
    )
