"""`tts_audio`: a turn's words become its voice track."""

import dagster as dg

from ninja_assets.orders import voice_order
from ninja_assets.specs import SCRIPT
from ninja_assets.work import Delivered, SegmentMaker, SegmentWork, turns_only
from resources.media.sound import finish_voice
from resources.seams import Part
from resources.show.turns import Turn


def tts_audio(spec: dg.AssetSpec) -> SegmentMaker:
    """The maker of `tts_audio`."""
    return SegmentMaker(spec, _speak, not_needed=turns_only)


def _speak(work: SegmentWork) -> Delivered:
    studio, turn = work.studio, work.turn
    order = voice_order(studio.show, turn, work.cell, work.take(Part.VOICE))
    track = finish_voice(studio.library, studio.voice.speak(order), pacing=studio.show.pacing)
    path = studio.library.link(track.audio, work.folder / f"voice{track.audio.suffix}")
    return Delivered(
        value=track,
        made_from={SCRIPT: work.read(SCRIPT, Turn).digest},
        receipts=(track.receipt,),
        metadata={
            "seconds": track.seconds,
            "words": turn.words,
            "words_per_minute": round(60 * turn.words / track.seconds, 1),
            "padded_to_shortest": track.padded,
            "line": dg.MetadataValue.text(turn.spoken),
            "audio": dg.MetadataValue.path(str(path)),
        },
    )
