"""`tts_audio`: a turn's words become its voice track."""

from collections.abc import Sequence

from ninja_assets.cells.asset import segment_asset
from ninja_assets.cells.consent.hearing import doubts_of, listen_first
from ninja_assets.cells.links import file_at
from ninja_assets.cells.work import Delivered, SegmentWork
from resources.content.segments import Turn
from resources.core.names import SCRIPT, TTS_AUDIO, voice_file
from resources.core.values import Part, VoiceTrack
from resources.media.audio.voice_track import TRACK_VERSION, finish_voice
from resources.purchasing.requests.turn_requests import TurnRequests
from resources.quality.checks.report import VOICE, Finding, judged


def _check(work: SegmentWork) -> Sequence[Finding]:
    doubts = doubts_of(work, work.read(TTS_AUDIO, VoiceTrack).value)
    message = "; ".join(doubts) or "its length and its sound are those of its line"
    return judged(TTS_AUDIO, Finding(check=VOICE.name, segment=work.key.segment, passed=not doubts, message=message))


@segment_asset(
    deps=[SCRIPT],
    kinds={"elevenlabs", "audio"},
    description="The segment's voice track: spoken, trimmed to the show's pauses, even in loudness, with the time of "
    "every word. Offline speech in rehearsal, ElevenLabs else. The length of all that follows is exact from here on.",
    code_version=f"track {TRACK_VERSION}",
    checks=[VOICE],
    check=_check,
)
def tts_audio(work: SegmentWork) -> Delivered:
    """Speak the turn's line and finish it."""
    studio, turn = work.studio, work.turn
    brief = TurnRequests(work.retaken(Part.VOICE), turn).voice()
    track = finish_voice(studio.library, studio.voice.speak(brief), pacing=studio.show.pacing)
    path = studio.library.copy_to(track.audio, work.folder / voice_file(track.audio.suffix))
    doubted = listen_first(work, track)
    if doubted is not None:
        raise doubted
    return Delivered(
        value=track,
        made_from={SCRIPT: work.read(SCRIPT, Turn).digest},
        receipts=(track.receipt,),
        metadata={
            "seconds": track.seconds,
            "words": turn.words,
            "words_per_minute": round(60 * turn.words / track.seconds, 1),
            "padded_to_shortest": track.padded,
            "audio": file_at(studio.settings, path, track.audio),
        },
    )
