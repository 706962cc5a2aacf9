"""`shots`: what stands beside the dialogue. An asset of its own, and in the step of the clips.

A shot is no character's clip: it may be a still picture, other models make it, and a person counts what it costs by
itself. It shares the step so that it renders beside the speakers, and so that a shot which is made from another, or
from a speaker's clip, begins as soon as that one is there.
"""

from collections.abc import Collection

import dagster as dg

from ninja_assets.cells.engine import AssetCell, Delivered, SegmentMaker, SegmentWork
from ninja_assets.cells.records import Stored, of_segment
from resources.content.orders import FootageOrder, References
from resources.content.segments import PlacedShot, Turn
from resources.content.shots import is_file
from resources.core.errors import ContentError
from resources.core.names import SCRIPT, SHOTS, SPEAKER_CLIPS, TTS_AUDIO, UPLOADED_URLS, CellKey
from resources.core.values import Clip, Footage, Media, Part, VoiceTrack
from resources.models.references import fitted, is_clip


def shots(spec: dg.AssetSpec) -> SegmentMaker:
    """The maker of `shots`."""
    return SegmentMaker(spec, _shoot, not_needed=_shots_only, after=_made_from)


def _shots_only(content: Turn | PlacedShot) -> str | None:
    return None if isinstance(content, PlacedShot) else "a turn of dialogue"


def _made_from(work: SegmentWork) -> Collection[AssetCell]:
    owners = (work.script.owner(reference) for reference in work.placed.shot.needs().values())
    return {(SPEAKER_CLIPS if isinstance(owner, Turn) else SHOTS, owner.segment) for owner in owners if owner}


def _shoot(work: SegmentWork) -> Delivered:
    studio, placed = work.studio, work.placed
    script, files = work.read(SCRIPT, PlacedShot), work.read(UPLOADED_URLS, References)
    _check_begin(work)
    given = {slot: upload.media for slot, upload in files.value.files.items()}
    made_from = {SCRIPT: script.digest, UPLOADED_URLS: files.digest}
    for slot, reference in placed.shot.needs().items():
        if not is_file(reference):
            given[slot], source, digest = _made(work, slot, reference)
            made_from[source] = digest
    footage = studio.shots.shoot(
        FootageOrder(
            cell=work.cell, shot=placed.shot, format=work.script.format, take=work.take(Part.SHOT), given=given
        )
    )
    path = studio.library.link(footage.media, work.folder / f"shot{footage.media.suffix}")
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
            "file": dg.MetadataValue.path(str(path)),
        },
    )


def _made(work: SegmentWork, slot: str, reference: str) -> tuple[Media, str, str]:
    """What another segment made, as the slot takes it; how the record names it, and its digest."""
    owner = work.script.owner(reference)
    if owner is None:
        raise AssertionError(f"unreachable: the script has checked that there is a {reference}")
    if isinstance(owner, Turn):
        clip: Stored[Clip] = work.read(SPEAKER_CLIPS, Clip, segment=owner.segment)
        media, asset, digest = clip.value.video, SPEAKER_CLIPS, clip.digest
    else:
        footage: Stored[Footage] = work.read(SHOTS, Footage, segment=owner.segment)
        media, asset, digest = footage.value.media, SHOTS, footage.digest
    shot = work.placed.shot
    if slot in shot.clip_slots and not is_clip(media):
        raise AssertionError(f"unreachable: the script has checked that {reference} moves")
    ready = fitted(work.studio.library, shot, slot, media, format=work.script.format, where=f"{owner.segment} {asset}")
    return ready, of_segment(asset, owner.segment), digest


def _check_begin(work: SegmentWork) -> None:
    """Raise ContentError, before anything is bought, for a shot that begins when its turn has ended."""
    placed = work.placed
    if placed.over is None:
        return
    track = work.records.find(TTS_AUDIO, CellKey(work.key.episode, placed.over), VoiceTrack)
    if track is not None and placed.shot.begins >= track.value.seconds:
        raise ContentError(
            f"it begins {placed.shot.begins:g} s into {placed.over}, which lasts {track.value.seconds:.1f} s",
            mend="let it begin earlier",
        )
