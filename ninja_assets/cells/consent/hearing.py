"""Whether a person should hear a voice before its clip is bought: the one place where a doubt stops anything.

A voice is cheap, its clip is not. What is doubted is `quality.checks.voice_check`'s to say; a person's word to it is
kept in the show's state, by the sound itself.
"""

from ninja_assets.cells.work import SegmentWork
from resources.core.errors import NinjaError, WaitingError
from resources.core.names import SPEAKER_CLIPS
from resources.core.values import VoiceTrack
from resources.media.probe import samples
from resources.media.timebase import RATE
from resources.purchasing.requests.voice_requests import pace_of
from resources.purchasing.state.approvals import Approvals
from resources.purchasing.state.consent import LISTEN
from resources.quality.checks.voice_check import Take, judge_take


def doubts_of(work: SegmentWork, track: VoiceTrack) -> list[str]:
    """Why a person should listen to a turn's voice; nothing where it may be its line. Raises MediaError."""
    turn, show = work.turn, work.studio.show
    sound = samples(work.studio.library.path(track.audio), RATE)
    voice = show.characters[turn.speaker].voice
    faster = pace_of(voice.elevenlabs) if voice.elevenlabs and work.studio.mode.paid else 1.0
    return judge_take(Take(sound, track.words, turn.spoken, turn.performance, voice.offline.rate * faster))


def listen_first(work: SegmentWork, track: VoiceTrack) -> WaitingError | None:
    """Why nothing may be bought for a voice yet; None where it is not doubted, or a person has accepted it as it is.

    In a paid mode; a clip that is bought for it already stays.
    """
    if not work.studio.mode.paid:
        return None
    doubts, approvals, key = doubts_of(work, track), Approvals.of(work.studio.state), work.key
    if not doubts or approvals.accepted(key, track.audio.sha256) or _is_shown(work):
        approvals.undoubt(key, work.studio.mode)  # one that was accepted may have been asked for in this mode, too
        return None
    why = "; ".join(doubts)
    approvals.doubt(key, work.studio.mode, track.audio.sha256, why, work.root_run)
    named = f"{key.episode} --mode {work.studio.mode} --segments {key.segment}"
    return WaitingError(
        f"{LISTEN}: {why}",
        why=f"the voice is in {work.folder / 'voice.wav'}; no clip is bought for it before",
        hint=f"ninja approve {named} takes it as it is; another take: ninja produce {named} --retake --retake-of voice"
        f"; to let it go: ninja decline {named}",
    )


def _is_shown(work: SegmentWork) -> bool:
    """Whether the speaker's clip for the voice is bought already."""
    try:
        return work.as_recorded(work.requests).usd(SPEAKER_CLIPS) == 0
    except NinjaError:
        return False
