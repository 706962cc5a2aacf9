"""What is the same for every kind of segment: takes, prices with what changed, and what a rehearsal asks for."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from resources.core.errors import Charge, ContentError
from resources.core.names import LISTENER_CLIPS, SHOTS, SPEAKER_CLIPS, TTS_AUDIO, Mode
from resources.core.values import Part
from resources.purchasing.requests.segment_kinds import requests_of
from resources.purchasing.requests.segment_requests import cell_of
from tests.paid_episode import PaidEpisode, paid_episode

TURNS = """\
NINJA: One two three, here we go.
GLITCH: Four five six, I can count.
NINJA: One two three, here we go.
"""


@pytest.fixture
def episode(tmp_path: Path) -> Iterator[PaidEpisode]:
    with paid_episode(tmp_path, TURNS) as opened:
        yield opened


def test_a_cell_is_known_by_its_place_and_by_what_stands_there(episode: PaidEpisode) -> None:
    script = episode.context.script
    cells = [cell_of(script.episode, segment, Mode.DRAFT) for segment in script.segments]
    assert [cell.segment for cell in cells] == ["s01", "s02", "s03"]
    assert cells[0].content == cells[2].content != cells[1].content


def test_a_price_is_whole_and_what_was_bought_is_no_part_of_it(episode: PaidEpisode) -> None:
    turn = episode.requests("s01")
    before = {asset: turn.usd(asset) for asset in turn.assets}
    assert sum(before.values()) == pytest.approx(sum(quote.usd for quote in turn.quoted().quotes))
    episode.say("s01")
    assert episode.requests("s01").usd(TTS_AUDIO) == 0
    assert episode.requests("s02").usd(TTS_AUDIO) > 0
    assert turn.usd(SHOTS) == 0  # it has none


def test_the_same_line_elsewhere_is_bought_once(episode: PaidEpisode) -> None:
    episode.say("s01")
    assert episode.requests("s03").usd(TTS_AUDIO) == 0
    assert episode.requests("s03").length() == episode.requests("s01").length()


def test_a_take_that_is_asked_for_anew_is_priced_and_the_current_one_is_left(episode: PaidEpisode) -> None:
    episode.say("s01")
    context = episode.context
    content = context.script.segments[0]
    anew = requests_of(replace(context, anew={("s01", Part.VOICE): 2}), content)
    assert anew.usd(TTS_AUDIO) > 0
    assert anew.requests(SPEAKER_CLIPS) is None  # its voice would be another
    assert requests_of(context, content).usd(TTS_AUDIO) == 0
    others = requests_of(replace(context, anew={("s03", Part.VOICE): 2}), content)
    assert others.usd(TTS_AUDIO) == 0


def test_the_keys_of_a_take_are_those_of_that_take_alone_whatever_else_is_asked_anew(episode: PaidEpisode) -> None:
    context, content = episode.context, episode.context.script.segments[0]
    plain = requests_of(context, content)
    asked = requests_of(replace(context, anew={("s01", Part.VOICE): 5}), content)
    assert asked.keys_at(Part.VOICE, 2) == plain.keys_at(Part.VOICE, 2) != plain.keys_at(Part.VOICE, 1)


def test_a_purchase_that_was_charged_and_brought_nothing_says_so_instead_of_what_changed(episode: PaidEpisode) -> None:
    [request] = episode.requests("s01").requests(TTS_AUDIO) or ()
    claim = episode.ledger.submitted(episode.send(request), "lost")
    episode.ledger.failed(claim, charge=Charge.CHARGED, reason="nothing came", retryable=False)
    [quote] = episode.requests("s01").quotes(TTS_AUDIO)
    assert "ninja ledger settle" in str(quote.note)
    assert quote.usd > 0


def test_a_rehearsal_has_briefs_without_requests_and_nothing_to_import(episode: PaidEpisode) -> None:
    context = replace(episode.context, market=None, mode=Mode.REHEARSAL)
    turn = requests_of(context, context.script.segments[0])
    assert turn.requests(TTS_AUDIO) == ()
    assert turn.keys_at(Part.VOICE, 1) == []
    with pytest.raises(ContentError, match="a rehearsal buys nothing"):
        turn.requests(SPEAKER_CLIPS)


def test_who_listens_is_named_while_it_is_to_be_bought_and_not_afterwards(episode: PaidEpisode) -> None:
    episode.say("s01")
    turn = episode.requests("s01")
    [request] = turn.requests(LISTENER_CLIPS) or ()
    [quote] = turn.quotes(LISTENER_CLIPS)
    assert str(quote.note).startswith("GLITCH listens")
    episode.buy(request, episode.library.put_bytes(b"a loop", ".mp4"))
    [after] = episode.requests("s01").quotes(LISTENER_CLIPS)
    assert after.usd == 0
