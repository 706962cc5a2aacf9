"""What a turn asks for: its line at once; who speaks and who listens when its length is known, and guessed before."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from resources.core.errors import ContentError
from resources.core.names import LISTENER_CLIPS, SHOTS, SPEAKER_CLIPS, TTS_AUDIO
from resources.core.values import Part
from resources.purchasing.requests.turn_requests import TurnRequests
from tests.paid_episode import PaidEpisode, opened_on, paid_episode
from tests.stage import PAID_SHOW

TURNS = """\
NINJA: One two three, here we go.
GLITCH: Four five six, I can count.
"""


@pytest.fixture
def episode(tmp_path: Path) -> Iterator[PaidEpisode]:
    with paid_episode(tmp_path, TURNS) as opened:
        yield opened


def test_before_a_voice_its_line_is_known_and_its_clips_are_not(episode: PaidEpisode) -> None:
    turn = episode.requests("s01")
    assert len(turn.requests(TTS_AUDIO) or ()) == 1
    assert (turn.requests(SPEAKER_CLIPS), turn.requests(LISTENER_CLIPS)) == (None, None)
    assert turn.requests(SHOTS) == ()
    seconds, exact = turn.length()
    assert (seconds, exact) == (turn.planned_seconds(), False)
    assert turn.picture() is None


def test_what_is_expected_before_the_voice_is_of_each_face_and_not_exact(episode: PaidEpisode) -> None:
    quoted = episode.requests("s01").quoted()
    assert [(quote.asset, quote.exact) for quote in quoted.quotes] == [
        (TTS_AUDIO, True),
        (SPEAKER_CLIPS, False),
        (LISTENER_CLIPS, False),
    ]
    assert all(quote.usd > 0 for quote in quoted.quotes)
    assert str(quoted.quotes[-1].note).startswith("GLITCH listens: ")


def test_after_its_voice_a_turn_is_as_long_as_its_track_and_billed_for_that(episode: PaidEpisode) -> None:
    episode.say("s01", 3.0)
    turn = episode.requests("s01")
    assert isinstance(turn, TurnRequests)
    assert turn.track is not None
    assert turn.length() == (round(turn.track.seconds, 3), True)
    [speaker] = turn.requests(SPEAKER_CLIPS) or ()
    assert speaker.purchase.estimate.units == pytest.approx(turn.track.seconds, abs=0.1)
    assert speaker.seconds == pytest.approx(turn.track.seconds, abs=0.1)
    assert [request.label for request in turn.requests(LISTENER_CLIPS) or ()] == ["GLITCH"]
    assert turn.usd(TTS_AUDIO) == 0


def test_another_turns_voice_tells_nothing_of_this_one(episode: PaidEpisode) -> None:
    episode.say("s02")
    assert episode.requests("s01").requests(SPEAKER_CLIPS) is None


def test_a_speakers_clip_is_a_picture_for_others_once_it_is_bought(episode: PaidEpisode) -> None:
    episode.say("s01")
    [request] = episode.requests("s01").requests(SPEAKER_CLIPS) or ()
    clip = episode.library.put_bytes(b"a clip", ".mp4")
    episode.buy(request, clip)
    assert episode.requests("s01").picture() == clip
    assert episode.requests("s01").usd(SPEAKER_CLIPS) == 0


def test_a_lost_voice_is_not_known_and_what_is_made_for_it_neither(episode: PaidEpisode) -> None:
    sound = episode.tone(2.0)
    episode.say("s01", sound=sound)
    episode.library.path(sound).unlink()
    turn = episode.requests("s01")
    assert turn.requests(SPEAKER_CLIPS) is None
    assert turn.quoted().exact is False


def test_what_waits_for_a_voice_says_how_it_becomes_known(episode: PaidEpisode) -> None:
    waits = episode.requests("s01").waits()
    assert "s01 has no voice yet" in waits.what
    assert "ninja produce demo --mode draft" in str(waits.hint)


def test_a_retake_of_a_part_is_another_purchase_and_of_an_unknown_part_none(episode: PaidEpisode) -> None:
    turn = episode.requests("s01")
    first, second = (turn.keys_at(Part.VOICE, take) for take in (1, 2))
    assert len(first) == len(second) == 1
    assert first != second
    assert turn.keys_at(Part.SPEAKER, 1) == []  # not known before its voice
    assert turn.keys_at(Part.SHOT, 1) == []  # it has none


def test_a_voice_that_is_asked_for_anew_leaves_the_clips_of_the_old_one_alone(episode: PaidEpisode) -> None:
    episode.say("s01")
    turn = episode.requests("s01")
    assert len(turn.keys_at(Part.SPEAKER, 2)) == 1
    assert turn.keys_at(Part.SPEAKER, 2) != turn.keys_at(Part.SPEAKER, 1)


def test_what_was_sent_is_under_way_and_would_be_abandoned_by_another_voice(episode: PaidEpisode) -> None:
    episode.say("s01")
    turn = episode.requests("s01")
    assert not turn.under_way(Part.VOICE)
    [speaker] = turn.requests(SPEAKER_CLIPS) or ()
    episode.send(speaker)
    assert (turn.under_way(Part.SPEAKER), turn.under_way(Part.VOICE)) == (True, True)
    assert (turn.under_way(Part.LISTENER), turn.under_way(Part.SHOT)) == (False, False)


def test_a_camera_angle_is_the_speakers_alone(tmp_path: Path) -> None:
    own = "        image: characters/glitch.png\n"
    angled = PAID_SHOW.replace(own, f"{own}        angles: {{close: characters/glitch-close.png}}\n")
    angled += "cameras: {close: {angle: close}}\n"
    with paid_episode(tmp_path, "NINJA: One two.\nGLITCH {camera: close}: Three four.\n", show=angled) as episode:
        for segment in ("s01", "s02"):
            episode.say(segment)
        [listening] = episode.requests("s01").requests(LISTENER_CLIPS) or ()
        [speaking] = episode.requests("s02").requests(SPEAKER_CLIPS) or ()
        pictures = {
            name: next(sha for sha, media in request.media.items() if media.suffix != ".mp3")
            for name, request in {"listening": listening, "speaking": speaking}.items()
        }
    assert pictures["listening"] != pictures["speaking"]


def test_a_line_without_a_voice_of_the_provider_has_no_track_and_says_what_to_add(tmp_path: Path) -> None:
    mute = PAID_SHOW.replace("        voice: {elevenlabs: {voice_id: voiceNinja01}}\n", "")
    with paid_episode(tmp_path, TURNS, show=mute) as episode:
        turn = episode.requests("s01")
        assert turn.requests(SPEAKER_CLIPS) is None
        with pytest.raises(ContentError, match="NINJA has no ElevenLabs voice"):
            turn.requests(TTS_AUDIO)


def test_a_changed_word_is_told_with_the_price_of_its_voice(episode: PaidEpisode) -> None:
    episode.say("s01")
    stage = episode.stage
    stage.write_episode(text=TURNS.replace("here we go", "here we are"))
    episode.ledger.close()
    with opened_on(stage) as again:
        [quote] = again.requests("s01").quotes(TTS_AUDIO)
        assert quote.changed == ("words",)
        assert quote.note == "words changed"
        assert quote.usd > 0
