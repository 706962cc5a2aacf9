"""`listener_clips`: those who listen to a turn, mouth shut, in loops without a seam."""

from collections.abc import Sequence

from ninja_assets.assets.speaker_clips import STAND_IN, clip_metadata
from ninja_assets.cells.asset import segment_asset
from ninja_assets.cells.links import file_at
from ninja_assets.cells.record.cell_values import Listeners
from ninja_assets.cells.work import Delivered, Metadata, SegmentWork
from ninja_assets.cut.gates import check_listeners
from resources.core.names import LISTENER_CLIPS, TTS_AUDIO, UPLOADED_URLS, listener_file
from resources.core.values import Clip, Part, VoiceTrack
from resources.models.casting import cast_listener
from resources.providers.offline.cast import DRAWING
from resources.purchasing.requests.briefs import Uploads
from resources.purchasing.requests.turn_requests import TurnRequests
from resources.quality.checks.report import FROZEN, STILL, Finding


def _check(work: SegmentWork) -> Sequence[Finding]:
    return check_listeners(work.studio, work.key.segment, work.read(LISTENER_CLIPS, Listeners).value.clips)


@segment_asset(
    deps=[UPLOADED_URLS],
    kinds={"falai", "video"},
    description="Those who listen, mouth shut, in a loop without a seam. Loops are made once for a character and a "
    "mood and shared by all segments and episodes.",
    code_version=f"puppet {DRAWING}",
    paid=True,
    checks=[STILL, FROZEN],
    check=_check,
)
def listener_clips(work: SegmentWork) -> Delivered:
    """Have a clip made of each who listens."""
    turn, studio = work.turn, work.studio
    uploads, track = work.read(UPLOADED_URLS, Uploads), work.read(TTS_AUDIO, VoiceTrack)
    requests = TurnRequests(work.retaken(Part.LISTENER), turn)
    clips: dict[str, Clip] = {}
    metadata: dict[str, object] = {}
    for label in turn.listeners:
        brief = requests.listener(label, track.value.seconds, uploads.value.picture(label))
        clips[label] = studio.clips.listener(brief)
        path = studio.library.copy_to(clips[label].video, work.folder / listener_file(label))
        metadata |= {**clip_metadata(clips[label]), "video": file_at(studio.settings, path, clips[label].video)}
    return Delivered(
        value=Listeners(clips=clips),
        made_from={UPLOADED_URLS: uploads.digest, TTS_AUDIO: track.digest},
        receipts=tuple(clip.receipt for clip in clips.values()),
        metadata={"listeners": ", ".join(turn.listeners) or "nobody", **metadata, **_model(work)},
    )


def _model(work: SegmentWork) -> Metadata:
    """Which model was chosen for listeners; the receipt's note says in which way they were made."""
    studio = work.studio
    if not studio.mode.paid or not work.turn.listeners:
        return STAND_IN if work.turn.listeners else {}
    return {"model_reason": cast_listener(studio.show, studio.mode, folder=studio.settings.show).reason}
