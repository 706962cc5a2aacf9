"""`tts_audio`: a turn's words become its voice track."""

import dagster as dg

from ninja_assets.cells.engine import Delivered, SegmentMaker, SegmentWork
from resources.content.segments import Turn
from resources.core.names import SCRIPT
from resources.core.values import Part
from resources.media.audio.voice_track import finish_voice
from resources.purchasing.requests.turn_requests import TurnRequests


def tts_audio(spec: dg.AssetSpec) -> SegmentMaker:
    """The maker of `tts_audio`."""
    return SegmentMaker(spec, _speak)


def _speak(work: SegmentWork) -> Delivered:
    studio, turn = work.studio, work.turn
    brief = TurnRequests(work.retaken(Part.VOICE), turn).voice()
    track = finish_voice(studio.library, studio.voice.speak(brief), pacing=studio.show.pacing)
    path = studio.library.copy_to(track.audio, work.folder / f"voice{track.audio.suffix}")
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
