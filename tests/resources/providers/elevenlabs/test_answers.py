"""What is believed of ElevenLabs' answers: odd parts are not known, and nothing that was paid for is lost to one."""

from types import SimpleNamespace
from typing import Any

import pytest

from resources.providers.elevenlabs.answers import HistoryItem, read_alignment, read_audio, read_item, read_page

ITEM: dict[str, Any] = {"history_item_id": "h1", "date_unix": 1_796_022_630, "text": "Hello."}


def given(**parts: object) -> SimpleNamespace:
    return SimpleNamespace(**parts)


@pytest.mark.parametrize(
    "odd",
    [
        {"characters": ["H", None]},
        {"characters": [1, 2]},
        {"characters": "Hi"},
        {"characters": None},
        {"character_start_times_seconds": [0.0, "x"]},
        {"character_start_times_seconds": None},
        {"character_end_times_seconds": [0.1, float("nan")]},
        {"character_end_times_seconds": [0.1, {}]},
        {"character_end_times_seconds": [0.1]},
        {"character_end_times_seconds": 3.5},
    ],
)
def test_an_alignment_of_another_shape_is_none(odd: dict[str, object]) -> None:
    whole: dict[str, object] = {
        "characters": ["H", "i"],
        "character_start_times_seconds": [0, 0.1],
        "character_end_times_seconds": [0.1, 0.2],
    }
    read = read_alignment(given(**whole))
    assert read is not None
    assert (read.characters, read.starts, read.ends) == (["H", "i"], [0, 0.1], [0.1, 0.2])
    assert read_alignment(given(**whole | odd)) is None
    assert read_alignment("2020-01-01") is None
    assert read_alignment(None) is None


@pytest.mark.parametrize(("audio", "read"), [("YWJj", b"abc"), ("", None), ("a", None), ("é", None), ([], None)])
def test_audio_that_cannot_be_decoded_is_damaged(audio: object, read: bytes | None) -> None:
    assert read_audio(audio) == read


def test_what_an_item_tells_in_another_shape_it_does_not_tell() -> None:
    counts = {"character_count_change_from": 0, "character_count_change_to": 7}
    assert read_item(given(**ITEM, **counts)).credits == 7
    item = read_item(
        given(**ITEM | {"text": 5}, request_id=[], settings="x", voice_id=None, model_id={}, alignments=5, **counts)
    )
    assert item == HistoryItem(history_item_id="h1", date_unix=ITEM["date_unix"], alignments=5, **counts)
    odd: Any
    for odd in (None, "7", {}, True):
        assert read_item(given(**ITEM, character_count_change_from=0, character_count_change_to=odd)).credits is None


def test_a_count_that_began_anew_with_a_month_does_not_tell_that_a_line_was_free() -> None:
    counts = {"character_count_change_from": 9990, "character_count_change_to": 12}
    assert read_item(given(**ITEM, **counts)).credits is None


@pytest.mark.parametrize(
    "odd",
    [
        None,
        [],
        "x",
        given(date_unix=1),
        given(history_item_id="", date_unix=1),
        given(history_item_id="h1"),
        given(history_item_id="h1", date_unix=10**18),
        given(history_item_id="h1", date_unix="soon"),
    ],
)
def test_an_item_without_an_id_or_a_time_is_nothing_to_go_by(odd: object) -> None:
    with pytest.raises(ValueError, match="makes no sense"):
        read_item(odd)


@pytest.mark.parametrize(
    "odd",
    [
        None,
        "x",
        given(history=None, has_more=False),
        given(history={}, has_more=False),
        given(history=[]),
        given(history=[None], has_more=False),
        given(history=[], has_more=True),
        given(history=[], has_more=True, last_history_item_id=5),
    ],
)
def test_a_page_that_makes_no_sense_is_no_empty_one(odd: object) -> None:
    with pytest.raises(ValueError, match=r"makes no sense|does not come to an end"):
        read_page(odd)
    assert read_page(given(history=[], has_more=False, last_history_item_id="h9")) == ([], None)
