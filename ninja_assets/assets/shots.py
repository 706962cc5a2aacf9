"""`shots`: what stands beside the dialogue. An asset of its own.

A shot is no character's clip: it may be a still picture, other models make it, and a person counts what it costs by
itself. One that is made from another, or from a speaker's clip, begins as soon as that one is there.
"""

from collections.abc import Collection, Mapping

import dagster as dg

from ninja_assets.cells.asset import AssetCell, segment_asset
from ninja_assets.cells.links import file_at
from ninja_assets.cells.record.records import Stored, of_segment
from ninja_assets.cells.work import Delivered, SegmentWork
from resources.content.segments import PlacedShot, Segment
from resources.core.errors import ContentError
from resources.core.names import SCRIPT, SHOTS, SPEAKER_CLIPS, TTS_AUDIO, UPLOADED_URLS, CellKey
from resources.core.values import Clip, Footage, Media, Part, VoiceTrack
from resources.models.references import fitted, is_clip
from resources.providers.offline.stand_ins import DRAWING as STAND_IN_VERSION
from resources.purchasing.requests.briefs import References
from resources.purchasing.requests.shot_requests import ShotRequests

_PICTURES: Mapping[str, type[Clip | Footage]] = {SPEAKER_CLIPS: Clip, SHOTS: Footage}


def _made_from(work: SegmentWork) -> Collection[AssetCell]:
    sources = work.script.made_from(work.content).values()
    return {(source.picture_asset, CellKey(work.key.episode, source.segment)) for source in sources}


@segment_asset(
    deps=[UPLOADED_URLS],
    kinds={"falai", "video"},
    description="What stands beside the dialogue: b-roll, transitions, motion control, edits, scenes from references, "
    "pictures. A shot may be made from another, or from a speaker's clip; why which model makes it is told.",
    code_version=f"stand-in {STAND_IN_VERSION}",
    paid=True,
    after=_made_from,
)
def shots(work: SegmentWork) -> Delivered:
    """Have the shot made from what the script says and from what it refers to."""
    studio, placed = work.studio, work.placed
    script, files = work.read(SCRIPT, PlacedShot), work.read(UPLOADED_URLS, References)
    _check_begin(work)
    given = {slot: upload.media for slot, upload in files.value.files.items()}
    made_from = {SCRIPT: script.digest, UPLOADED_URLS: files.digest}
    for slot, source in work.script.made_from(placed).items():
        given[slot], digest = _made(work, slot, source)
        made_from[of_segment(source.picture_asset, source.segment)] = digest
    footage = studio.shots.shoot(ShotRequests(work.retaken(Part.SHOT), placed, work.requests.sources).shot(given))
    path = studio.library.copy_to(footage.media, work.folder / f"shot{footage.media.suffix}")
    return Delivered(
        value=footage,
        made_from=made_from,
        receipts=(footage.receipt,),
        metadata={
            **({"seconds": round(footage.seconds, 3)} if footage.seconds else {}),
            "width": footage.width,
            "height": footage.height,
            **({"fps": round(footage.fps, 3)} if footage.fps else {}),
            "has_sound": footage.has_sound,
            "model_reason": footage.reason,
            "prompt": dg.MetadataValue.text(placed.shot.prompt),
            "file": file_at(studio.settings, path, footage.media),
        },
    )


def _made(work: SegmentWork, slot: str, source: Segment) -> tuple[Media, str]:
    """What another segment made, as the slot takes it, and the digest of its record."""
    asset, shot = source.picture_asset, work.placed.shot
    made: Stored[Clip | Footage] = work.read(asset, _PICTURES[asset], segment=source.segment)
    where = f"{source.segment} {asset}"
    if slot in shot.clip_slots and not is_clip(made.value.media):
        raise ContentError(
            f"{slot}: {where} is a still picture, and {shot.label} needs a clip there",
            hint="refer to a clip: a file, a turn's segment, or a shot that moves",
        )
    ready = fitted(work.studio.library, shot, slot, made.value.media, format=work.script.format, where=where)
    return ready, made.digest


def _check_begin(work: SegmentWork) -> None:
    """Raise ContentError, before anything is bought, for a shot that begins when its turn has ended."""
    placed = work.placed
    if placed.over is None:
        return
    track = work.records.find(TTS_AUDIO, CellKey(work.key.episode, placed.over), VoiceTrack)
    if track is not None and placed.shot.begins >= track.value.seconds:
        raise ContentError(
            f"it begins {placed.shot.begins:g} s into {placed.over}, which lasts {track.value.seconds:.1f} s",
            hint="let it begin earlier",
        )
