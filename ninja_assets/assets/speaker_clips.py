"""`speaker_clips`: the speaker of a turn, lips moving to its voice track."""

from collections.abc import Sequence

from ninja_assets.cells.asset import segment_asset
from ninja_assets.cells.links import file_at
from ninja_assets.cells.work import Delivered, Metadata, SegmentWork
from ninja_assets.cut.gates import check_speaker
from resources.core.names import SPEAKER_CLIPS, TTS_AUDIO, UPLOADED_URLS
from resources.core.values import Clip, Part, VoiceTrack
from resources.models import catalogue
from resources.models.casting import cast_speaker
from resources.providers.offline.cast import DRAWING
from resources.purchasing.requests.briefs import Uploads
from resources.purchasing.requests.turn_requests import TurnRequests
from resources.quality.checks.report import FROZEN, LENGTHS, LIPS, Finding

STAND_IN: Metadata = {"model_reason": "a rehearsal: drawn offline, in the place of every model"}


def _check(work: SegmentWork) -> Sequence[Finding]:
    voice, clip = work.read(TTS_AUDIO, VoiceTrack), work.read(SPEAKER_CLIPS, Clip)
    return check_speaker(work.studio, work.key.segment, work.turn.speaker, voice.value, clip.value)


@segment_asset(
    deps=[UPLOADED_URLS],
    kinds={"falai", "video"},
    description="The speaker, lips moving to the voice track: a puppet in rehearsal, Kling Avatar v2 else. The most "
    "expensive asset: bought once, found again by content.",
    code_version=f"puppet {DRAWING}",
    paid=True,
    checks=[LENGTHS, LIPS, FROZEN],
    check=_check,
)
def speaker_clips(work: SegmentWork) -> Delivered:
    """Have the turn's speaker made for its finished voice."""
    turn, studio = work.turn, work.studio
    uploads, track = work.read(UPLOADED_URLS, Uploads), work.read(TTS_AUDIO, VoiceTrack)
    requests = TurnRequests(work.retaken(Part.SPEAKER), turn)
    clip = studio.clips.speaker(requests.speaker(track.value, uploads.value.picture(turn.speaker)))
    path = studio.library.copy_to(clip.video, work.folder / "speaker.mp4")
    return Delivered(
        value=clip,
        made_from={UPLOADED_URLS: uploads.digest, TTS_AUDIO: track.digest},
        receipts=(clip.receipt,),
        metadata={**clip_metadata(clip), "video": file_at(studio.settings, path, clip.video), **_model(work)},
    )


def _model(work: SegmentWork) -> Metadata:
    """Which model was asked, and who chose it."""
    studio = work.studio
    if not studio.mode.paid:
        return STAND_IN
    cast = cast_speaker(studio.show, studio.mode, work.turn, folder=studio.settings.show, episode=work.script.episode)
    return {"model": catalogue.get(cast.model).name, "model_reason": cast.reason}


def clip_metadata(clip: Clip) -> Metadata:
    """What a clip is, as it was measured."""
    return {
        "seconds": round(clip.seconds, 3),
        "width": clip.width,
        "height": clip.height,
        "fps": round(clip.fps, 3),
        "loops": clip.loops,
    }
