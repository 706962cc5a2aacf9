"""What a shot asks for: known when all that it is made from is there, expected before, in its mode's quality."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from resources.core.names import SHOTS, TTS_AUDIO, Mode
from resources.core.values import Media, Part
from resources.purchasing.requests.shot_requests import ShotRequests
from tests.paid_episode import PaidEpisode, paid_episode

LINES = """\
NINJA: One two three, here we go.
IMAGE {name: map}: A map of the arcade.
BROLL {image: map, seconds: 5}: It unfolds.
EDIT {clip: s01}: The studio during a thunderstorm.
"""


@pytest.fixture
def episode(tmp_path: Path) -> Iterator[PaidEpisode]:
    with paid_episode(tmp_path, LINES) as opened:
        yield opened


def picture(episode: PaidEpisode, size: tuple[int, int] = (1080, 1920)) -> Media:
    path = episode.stage.root / "picture.png"
    Image.new("RGB", size, "#336699").save(path)
    return episode.library.put(path)


def bought(episode: PaidEpisode, segment: str) -> Media:
    """Have the picture of a segment bought."""
    [request] = episode.requests(segment).requests(SHOTS) or ()
    made = picture(episode)
    episode.buy(request, made)
    return made


def test_a_shot_that_is_made_from_words_is_known_at_once(episode: PaidEpisode) -> None:
    shot = episode.requests("s02")
    [request] = shot.requests(SHOTS) or ()
    assert (request.label, request.seconds, dict(request.media)) == ("IMAGE", None, {})
    assert shot.requests(TTS_AUDIO) == ()
    assert shot.endpoints() == {request.purchase.endpoint}
    assert shot.length() == (0.0, True)  # it is made for others


def test_what_is_made_from_another_shot_waits_for_it_and_is_expected_meanwhile(episode: PaidEpisode) -> None:
    shot = episode.requests("s03")
    assert shot.requests(SHOTS) is None
    [quote] = shot.quotes(SHOTS)
    assert (quote.exact, quote.key) == (False, None)
    assert quote.usd > 0
    assert "s03 is made from what is not there yet" in shot.waits().what
    assert shot.length() == (5.0, False)
    made = bought(episode, "s02")
    [request] = episode.requests("s03").requests(SHOTS) or ()
    assert request.seconds == 5.0
    assert len(request.media) == 1
    assert episode.requests("s02").picture() == made


def test_a_file_that_is_recorded_of_a_slot_stands_in_the_place_of_the_one_that_lies_there_now(
    episode: PaidEpisode,
) -> None:
    bought(episode, "s02")
    recorded = picture(episode, (720, 1280))
    shot = episode.requests("s03")
    [now] = shot.requests(SHOTS) or ()
    [then] = shot.for_files(dict.fromkeys(shot.segment.needs, recorded)).requests(SHOTS) or ()
    assert list(then.media.values()) == [recorded]
    assert then.purchase.key != now.purchase.key


def test_what_was_expected_is_what_it_costs_when_it_is_known(episode: PaidEpisode) -> None:
    [expected] = episode.requests("s03").quotes(SHOTS)
    bought(episode, "s02")
    [known] = episode.requests("s03").quotes(SHOTS)
    assert (known.usd, known.endpoint, known.exact) == (expected.usd, expected.endpoint, True)


def test_another_picture_is_another_purchase_of_what_is_made_from_it(episode: PaidEpisode) -> None:
    bought(episode, "s02")
    shot = episode.requests("s03")
    assert isinstance(shot, ShotRequests)
    [before] = shot.requests(SHOTS) or ()
    [other] = shot.shot({"image": picture(episode, (1088, 1920))}).requests
    assert other.purchase.key != before.purchase.key


def test_a_shot_whose_length_nobody_ordered_is_as_long_as_the_clip_that_it_is_made_from(episode: PaidEpisode) -> None:
    edit, turn = episode.requests("s04"), episode.requests("s01")
    assert edit.planned_seconds() == turn.planned_seconds() > 0
    assert edit.length() == (turn.planned_seconds(), False)
    [guessed] = edit.quotes(SHOTS)
    episode.say("s01", 4.0)
    [measured] = episode.requests("s04").quotes(SHOTS)
    assert measured.usd > guessed.usd  # of the voice's own length now
    assert not measured.exact


def test_a_lost_picture_is_waited_for_again(episode: PaidEpisode) -> None:
    made = bought(episode, "s02")
    episode.library.path(made).unlink()
    assert episode.requests("s02").picture() is None
    assert episode.requests("s03").requests(SHOTS) is None


def test_another_take_is_another_purchase_and_nothing_else_of_a_shot_can_be_made_anew(episode: PaidEpisode) -> None:
    shot = episode.requests("s02")
    assert shot.keys_at(Part.SHOT, 1) != shot.keys_at(Part.SHOT, 2)
    assert shot.keys_at(Part.VOICE, 1) == []
    assert not shot.under_way(Part.SHOT)
    [request] = shot.requests(SHOTS) or ()
    episode.send(request)
    assert shot.under_way(Part.SHOT)
    assert not shot.under_way(Part.VOICE)


def test_a_draft_is_made_in_a_drafts_quality_where_the_shot_does_not_say(tmp_path: Path) -> None:
    lines = "".join(
        f"BROLL {{image: characters/ninja.png, seconds: 5{own}}}: He waves.\n" for own in ("", ", quality: best")
    )
    models: dict[Mode, list[frozenset[str]]] = {}
    for mode in (Mode.DRAFT, Mode.FINAL):
        with paid_episode(tmp_path / mode.value, lines, mode=mode) as episode:
            shots = [episode.requests(segment) for segment in ("s01", "s02")]
            models[mode] = [shot.endpoints() for shot in shots]
            bought = [
                frozenset({request.purchase.endpoint for request in shot.requests(SHOTS) or ()}) for shot in shots
            ]
        assert bought == models[mode]
    assert models[Mode.DRAFT][0] != models[Mode.FINAL][0]
    assert models[Mode.DRAFT][1] == models[Mode.FINAL][1]


def test_a_file_of_the_show_is_given_at_once_and_is_measured(tmp_path: Path) -> None:
    with paid_episode(tmp_path, "BROLL {image: characters/ninja.png, seconds: 5}: He waves.\n") as episode:
        shot = episode.requests("s01")
        [request] = shot.requests(SHOTS) or ()
        [media] = request.media.values()
        assert media.suffix in (".jpg", ".png")
        assert [quote.exact for quote in shot.quotes(SHOTS)] == [True]
