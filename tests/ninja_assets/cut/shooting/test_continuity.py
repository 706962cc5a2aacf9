"""How a face goes on from the turn before: a listener in its loop, and only what is still heard remakes it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ninja_assets.cells.record.cell_values import Listeners
from ninja_assets.cells.work import SegmentWork
from ninja_assets.cut.shooting.continuity import faces, heard_from, looked_at, rest_of
from ninja_assets.cut.shooting.turn_timing import timing_of
from resources.core.names import COMPOSITES, LISTENER_CLIPS, SPEAKER_CLIPS, TTS_AUDIO
from resources.core.values import Clip, Media, Receipt, VoiceTrack
from resources.media.picture.composite_order import PaneClip
from resources.media.timebase import FPS
from tests.paid_episode import PaidEpisode, paid_episode

LINES = """\
NINJA: One two three, here we go.
NINJA {beat: 0.5}: Four five six.
GLITCH: Seven eight nine.
"""
LOOP = 5.0  # seconds
OPENING = 6  # frames before the second voice: its beat beyond the pause that the first one ends with


@pytest.fixture
def episode(tmp_path: Path) -> Iterator[PaidEpisode]:
    with paid_episode(tmp_path, LINES) as opened:
        yield opened


def media(name: str) -> Media:
    return Media(sha256=name.encode().hex().ljust(64, "0")[:64], suffix=".mp4", size=1)


def clip(name: str, seconds: float, *, loops: bool = False) -> Clip:
    return Clip(
        video=media(name), seconds=seconds, width=540, height=540, fps=30.0, receipt=Receipt(provider="x"), loops=loops
    )


def spoken(episode: PaidEpisode, segment: str, seconds: float, listener: str, loop: str = "loop") -> SegmentWork:
    """A turn as it stands: its voice, its speaker's clip, and who listens in a loop."""
    work = episode.work(COMPOSITES, segment)
    track = VoiceTrack(
        audio=media(f"v{segment}"), seconds=seconds, words=(), padded=False, receipt=Receipt(provider="x")
    )
    work.records.write(TTS_AUDIO, work.key, track, {})
    work.records.write(SPEAKER_CLIPS, work.key, clip(f"s{segment}", seconds), {})
    listening = Listeners(clips={listener: clip(loop, LOOP, loops=True)})
    work.records.write(LISTENER_CLIPS, work.key, listening, {})
    return work


def seen(work: SegmentWork, *, listener: str = "GLITCH", cut_after_beat: bool = False) -> dict[str, PaneClip]:
    """The faces of a turn as they go on."""
    turn = work.turn
    track = work.read(TTS_AUDIO, VoiceTrack).value
    timing = timing_of(work.studio.library, work.studio.show, turn, track)
    clips = {turn.speaker: clip("now", track.seconds), listener: clip("loop", LOOP, loops=True)}
    made_from: dict[str, str] = {}
    found = faces(work, clips, timing, made_from, cut_after_beat=cut_after_beat)
    assert made_from == {}  # nothing of the turn before is heard any more
    return found


def test_the_first_turn_looks_at_nothing(episode: PaidEpisode) -> None:
    work = spoken(episode, "s01", 2.0, "GLITCH")
    assert (list(heard_from(work)), list(looked_at(work)), rest_of(work, {})) == ([], [], None)
    assert seen(work)["GLITCH"].begins == 0


def test_a_turn_looks_at_the_one_before_and_is_made_from_it_only_where_that_is_still_heard(
    episode: PaidEpisode,
) -> None:
    work = episode.work(COMPOSITES, "s02")
    assert [(asset, key.segment) for asset, key in looked_at(work)] == [
        (TTS_AUDIO, "s01"),
        (SPEAKER_CLIPS, "s01"),
        (LISTENER_CLIPS, "s01"),
    ]
    assert list(heard_from(work)) == []
    assert rest_of(work, {}) is None


@pytest.mark.parametrize(("seconds", "begins"), [(2.0, 2.0), (LOOP, 0.0), (7.0, 2.0)])
def test_who_listens_goes_on_in_the_same_loop_where_it_was(episode: PaidEpisode, seconds: float, begins: float) -> None:
    spoken(episode, "s01", seconds, "GLITCH")
    found = seen(spoken(episode, "s02", 2.0, "GLITCH"))["GLITCH"]
    assert (found.begins, found.loops, found.before) == (begins, True, None)


def test_who_speaks_next_ends_its_loop_where_that_begins_if_nothing_is_known_of_the_turn_before(
    episode: PaidEpisode,
) -> None:
    assert seen(spoken(episode, "s02", 4.0, "GLITCH"))["GLITCH"].begins == pytest.approx(-(4.0 + OPENING / FPS) % LOOP)
    work = spoken(episode, "s01", 2.0, "GLITCH")
    work.records.forget(LISTENER_CLIPS, work.key)
    assert seen(spoken(episode, "s02", 4.0, "GLITCH"))["GLITCH"].begins == pytest.approx(-(4.0 + OPENING / FPS) % LOOP)


def test_who_is_to_speak_waits_in_its_first_picture_or_is_seen_listening_until_the_framing_changes(
    episode: PaidEpisode,
) -> None:
    spoken(episode, "s01", 2.0, "GLITCH")
    work = spoken(episode, "s02", 2.0, "GLITCH")
    found = seen(work)["NINJA"]
    assert (found.waits, found.before) == (OPENING, None)
    assert seen(work, cut_after_beat=True)["NINJA"].waits == OPENING  # it spoke before, and was in no loop


def test_a_clip_that_does_not_loop_is_seen_from_its_beginning(episode: PaidEpisode) -> None:
    spoken(episode, "s01", 2.0, "GLITCH")
    work = spoken(episode, "s02", 2.0, "GLITCH")
    track = work.read(TTS_AUDIO, VoiceTrack).value
    timing = timing_of(work.studio.library, work.studio.show, work.turn, track)
    found = faces(work, {"GLITCH": clip("still", 2.0)}, timing, {}, cut_after_beat=False)
    assert (found["GLITCH"].begins, found["GLITCH"].loops) == (0.0, False)
