"""What the clips of an episode cost: each purchase once, nothing for what is bought, and what is unknown by itself."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ninja_assets.cells.consent.bill import Bill
from ninja_assets.cells.work import SegmentWork
from resources.core.names import LISTENER_CLIPS, SHOTS, SPEAKER_CLIPS, TTS_AUDIO, UPLOADED_URLS
from resources.core.values import Media, Part, Upload
from resources.purchasing.requests.briefs import Uploads
from resources.purchasing.requests.takes import line_of
from resources.purchasing.requests.turn_requests import TurnRequests
from tests.paid_episode import PaidEpisode, paid_episode

LINES = """\
NINJA: One two three, here we go.
NINJA: Four five six, I can count.
GLITCH: Seven eight.
"""


@pytest.fixture
def episode(tmp_path: Path) -> Iterator[PaidEpisode]:
    with paid_episode(tmp_path, LINES) as opened:
        for number, segment in enumerate(("s01", "s02", "s03")):
            opened.say(segment, 2.0 + number)
        yield opened


def clips(episode: PaidEpisode, *segments: str) -> list[SegmentWork]:
    return [episode.work(asset, segment) for segment in segments for asset in (SPEAKER_CLIPS, LISTENER_CLIPS)]


def test_what_is_shown_is_what_is_reserved_to_the_cent(episode: PaidEpisode) -> None:
    bill = Bill.of(clips(episode, "s01", "s02", "s03"))
    assert [each.usd for each in bill.wanted] == [item.usd for item in bill.offer.items]
    assert bill.offer.usd == pytest.approx(sum(each.usd for each in bill.wanted))
    assert [each.purchase is not None for each in bill.wanted] == [True] * len(bill.wanted)
    assert not bill.unknown


def test_a_loop_that_several_turns_are_made_with_is_on_it_once_where_it_is_first_needed(episode: PaidEpisode) -> None:
    bill = Bill.of(clips(episode, "s01", "s02"))
    assert [(item.segment, item.asset, item.label) for item in bill.offer.items] == [
        ("s01", SPEAKER_CLIPS, "NINJA"),
        ("s01", LISTENER_CLIPS, "NINJA"),
        ("s02", SPEAKER_CLIPS, "NINJA"),
    ]
    assert Bill.of(clips(episode, "s02")).offer.of("s02", LISTENER_CLIPS) > 0


def test_what_is_bought_or_under_way_is_on_no_bill(episode: PaidEpisode) -> None:
    [speaker] = episode.requests("s01").requests(SPEAKER_CLIPS) or ()
    [listener] = episode.requests("s01").requests(LISTENER_CLIPS) or ()
    episode.buy(speaker, episode.library.put_bytes(b"a clip", ".mp4"))
    episode.send(listener)
    bill = Bill.of(clips(episode, "s01"))
    assert (bill.offer.items, bill.wanted, bill.offer.usd) == ((), (), 0.0)
    assert bill.segments == ("s01", "s01")
    assert bill.message == "demo: the clips of s01 cost $0.00"


def test_a_retake_is_on_it_as_the_take_that_it_will_make_before_it_is_counted(episode: PaidEpisode) -> None:
    [speaker] = episode.requests("s01").requests(SPEAKER_CLIPS) or ()
    episode.buy(speaker, episode.library.put_bytes(b"a clip", ".mp4"))
    again = episode.work(SPEAKER_CLIPS, "s01", retake=["s01"], of=[Part.SPEAKER])
    [wanted] = Bill.of([again]).wanted
    assert wanted.purchase is not None
    assert wanted.purchase.take == 2
    assert Bill.of([again]).again == "ninja produce demo --mode draft --segments s01 --retake --retake-of speaker"
    assert Bill.of(clips(episode, "s01", "s02")).again == "ninja produce demo --mode draft"
    for other in (
        episode.work(SPEAKER_CLIPS, "s01", retake=["s02"], of=[Part.SPEAKER]),
        episode.work(SPEAKER_CLIPS, "s01", retake=["s01"], of=[Part.LISTENER]),
    ):
        assert Bill.of([other]).wanted == ()


def test_a_clip_is_on_it_for_the_voice_that_it_is_made_for_whatever_take_is_the_current_one(
    episode: PaidEpisode,
) -> None:
    work, requests = episode.work(SPEAKER_CLIPS, "s01"), episode.requests("s01")
    assert isinstance(requests, TurnRequests)
    assert requests.track is not None
    work.records.write(TTS_AUDIO, work.key, requests.track, {})
    line = line_of(work.script, work.content, Part.VOICE)
    episode.context.takes.retake(work.key, Part.VOICE, line=line, under_way=lambda: False)  # by a run in final
    episode.say("s01", 3.0)
    image = requests.context.paid.portraits.of(work.studio.show.characters["NINJA"], angle=None, width=1080, height=960)
    [made] = TurnRequests(work.context, work.turn).speaker(requests.track, image).requests
    [item], [wanted] = Bill.of([work]).offer.items, Bill.of([work]).wanted
    assert wanted.purchase is not None
    assert (item.what, item.usd) == (made.purchase.key, made.purchase.estimate.usd)


def test_a_clip_is_on_it_for_the_picture_that_was_uploaded_whatever_lies_in_the_show_now(episode: PaidEpisode) -> None:
    """The clips of the picture of now are bought, those of the one that was uploaded are not: they are no gift."""
    work, requests = episode.work(SPEAKER_CLIPS, "s01"), episode.requests("s01")
    assert isinstance(requests, TurnRequests)
    assert requests.track is not None
    [now] = requests.requests(SPEAKER_CLIPS) or ()
    episode.buy(now, episode.library.put_bytes(b"a clip", ".mp4"))
    assert Bill.of([work]).offer.usd == 0
    before = uploaded(work, requests)
    [made] = TurnRequests(work.context, work.turn).speaker(requests.track, before).requests
    [item], [wanted] = Bill.of([work]).offer.items, Bill.of([work]).wanted
    assert wanted.purchase is not None
    assert (item.what, item.usd) == (made.purchase.key, made.purchase.estimate.usd)
    assert work.price_usd() == item.usd


def uploaded(work: SegmentWork, requests: TurnRequests) -> Media:
    """Record that another picture was uploaded for a turn of NINJA's than lies in the show now."""
    assert requests.track is not None
    glitch = work.studio.show.characters["GLITCH"]
    before = requests.context.paid.portraits.of(glitch, angle=None, width=1080, height=960)
    sound = Upload(url="https://cdn.test/voice.mp3", media=requests.track.audio)
    portraits = {"NINJA": Upload(url="https://cdn.test/ninja.jpg", media=before)}
    work.records.write(UPLOADED_URLS, work.key, Uploads(voice=sound, portraits=portraits), {})
    return before


def test_a_clip_of_the_picture_that_was_uploaded_and_that_is_under_way_is_abandoned_by_no_retake(
    episode: PaidEpisode,
) -> None:
    work, requests = episode.work(SPEAKER_CLIPS, "s01", retake=["s01"], of=[Part.SPEAKER]), episode.requests("s01")
    assert isinstance(requests, TurnRequests)
    assert requests.track is not None
    [made] = TurnRequests(work.context, work.turn).speaker(requests.track, uploaded(work, requests)).requests
    episode.send(made)
    assert work.retaken(Part.SPEAKER).take(work.content, Part.SPEAKER) == 1


def test_a_clip_without_a_price_stops_no_other_and_is_named(episode: PaidEpisode) -> None:
    works = clips(episode, "s01", "s03")
    odd = episode.context.script.turn("s01").model_copy(update={"model": "fal-ai/of-nobody"})
    unknown = [
        SegmentWork(each.asset, each.key, each.script, odd, each.studio, each.records, each.root_run)
        if each.asset == SPEAKER_CLIPS and each.key.segment == "s01"
        else each
        for each in works
    ]
    bill = Bill.of(unknown)
    assert [(asset, key.segment) for asset, key in bill.unknown] == [(SPEAKER_CLIPS, "s01")]
    assert {item.segment for item in bill.offer.items} == {"s01", "s03"}
    assert bill.message.endswith(", without s01, whose price cannot be told")


def test_a_shot_that_is_made_from_another_is_reserved_by_what_is_written_and_once(tmp_path: Path) -> None:
    lines = (
        "NINJA: One two three.\n"
        "IMAGE {name: map}: A map.\n"
        "BROLL {image: map, seconds: 5}: It unfolds.\n"
        "BROLL {image: map, seconds: 5}: It unfolds.\n"
    )
    with paid_episode(tmp_path, lines) as episode:
        works = [episode.work(SHOTS, segment) for segment in ("s02", "s03", "s04")]
        bill = Bill.of(works)
        assert [(item.segment, item.label) for item in bill.offer.items] == [
            ("s02", "IMAGE"),
            ("s03", "BROLL"),
            ("s04", "BROLL"),
        ]
        assert [each.purchase is None for each in bill.wanted] == [False, True, True]
        assert len({item.what for item in bill.offer.items}) == 3
        assert Bill.of(works).offer.mark == bill.offer.mark  # an approval of it holds in a further try


def test_another_picture_under_the_same_words_is_another_offer(tmp_path: Path) -> None:
    offers = []
    for number, words in enumerate(("A map.", "A map of the sea.")):
        lines = f"NINJA: One.\nIMAGE {{name: map}}: {words}\nBROLL {{image: map, seconds: 5}}: It unfolds.\n"
        with paid_episode(tmp_path / str(number), lines) as episode:
            offers.append(Bill.of([episode.work(SHOTS, "s03")]).offer)
    assert offers[0].usd == offers[1].usd
    assert not offers[0].covers(offers[1])
