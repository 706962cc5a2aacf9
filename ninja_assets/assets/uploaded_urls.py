"""`uploaded_urls`: the voice, the pictures and the files of shots where the clip studio can read them."""

from collections.abc import Callable, Iterable, Mapping

from ninja_assets.cells.asset import segment_asset
from ninja_assets.cells.work import Delivered, SegmentWork
from resources.content.segments import PlacedShot
from resources.content.shots import is_file
from resources.core.names import SCRIPT, SHOTS, SPEAKER_CLIPS, TTS_AUDIO
from resources.core.values import Upload, VoiceTrack
from resources.media.audio.voice_track import UPLOAD_VERSION
from resources.media.picture.entry.prepare import VERSION as PORTRAIT_VERSION
from resources.models.references import read_reference
from resources.purchasing.requests.briefs import References, Uploads
from resources.purchasing.requests.turn_requests import angle_of


@segment_asset(
    deps=[TTS_AUDIO],
    kinds={"falai", "http"},
    description="Where the clip studio reads the voice, the characters' pictures and the files that shots refer to. "
    "Addresses expire and are renewed; what was bought is known by content, never by address.",
    code_version=f"portrait {PORTRAIT_VERSION}, voice {UPLOAD_VERSION}",
)
def uploaded_urls(work: SegmentWork) -> Delivered:
    """Bring what a segment's clips are made from to where it is read."""
    return _BY_PICTURE[work.content.picture_asset](work)


def _shot(work: SegmentWork) -> Delivered:
    """The files of the show's folder that a shot refers to, in the form that it takes; what is made comes later."""
    studio, shot = work.studio, work.placed.shot
    script = work.read(SCRIPT, PlacedShot)
    files: Mapping[str, Upload] = {
        slot: studio.uploads.reference(
            read_reference(studio.library, studio.settings.show, shot, slot, format=work.script.format), cell=work.cell
        )
        for slot, reference in shot.needs().items()
        if is_file(reference)
    }
    return Delivered(
        value=References(files=files),
        made_from={SCRIPT: script.digest},
        metadata={
            "reference_urls": {slot: upload.url for slot, upload in files.items()},
            "expires_at": _expiry(files.values()),
        },
    )


def _turn(work: SegmentWork) -> Delivered:
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
    return Delivered(
        value=uploads,
        made_from={TTS_AUDIO: track.digest},
        metadata={
            "voice_url": uploads.voice.url,
            "portrait_urls": {label: upload.url for label, upload in portraits.items() if upload},
            "voice_bytes": uploads.voice.media.size,
            "expires_at": _expiry([uploads.voice, *filter(None, portraits.values())]),
        },
    )


# What a segment's studio must be able to read follows from what its picture is.
_BY_PICTURE: Mapping[str, Callable[[SegmentWork], Delivered]] = {SPEAKER_CLIPS: _turn, SHOTS: _shot}


def _expiry(uploads: Iterable[Upload]) -> str:
    """When the first of the addresses ends."""
    known = [upload.expires_at for upload in uploads if upload.expires_at]
    return min(known).isoformat() if known else "never"
