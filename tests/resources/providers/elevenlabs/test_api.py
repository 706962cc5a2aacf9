"""What of an answer is believed: which line an item of the history is, and how many requests a refusal allows."""

import pytest
from elevenlabs.core.api_error import ApiError
from pydantic import JsonValue

from resources.core.errors import StudioError
from resources.providers.elevenlabs.answers import HistoryItem
from resources.providers.elevenlabs.api import ElevenLabsClient, at_once_of, says


def item(text: str = "Hello.", settings: dict[str, JsonValue] | None = None) -> HistoryItem:
    return HistoryItem(history_item_id="h1", date_unix=1, text=text, settings=settings)


@pytest.mark.parametrize(
    ("asked", "kept", "same"),
    [
        (None, None, True),
        (None, {"stability": 0.5}, True),
        ({"stability": 0.5}, None, True),  # an item that does not tell may be it
        ({"stability": 0.5}, {"stability": 0.5, "style": 0.0}, True),
        ({"stability": 0.5}, {"stability": 1.0}, False),
        ({"stability": 0.5, "style": 0.1}, {"stability": 0.5, "style": 0.0}, False),
    ],
)
def test_an_item_is_a_line_by_its_words_and_by_what_it_tells_of_its_settings(
    asked: dict[str, JsonValue] | None, kept: dict[str, JsonValue] | None, same: bool
) -> None:
    arguments: dict[str, JsonValue] = {"text": "Hello."}
    if asked is not None:
        arguments["voice_settings"] = asked
    assert says(item(settings=kept), arguments) is same
    assert not says(item("hello.", kept), arguments)


@pytest.mark.parametrize(
    ("message", "number"), [("5", 5), ("1", 1), ("0", None), ("-3", None), ("nan", None), ("inf", None), ("many", None)]
)
def test_only_a_number_of_requests_is_one(message: str, number: int | None) -> None:
    refused = ApiError(status_code=429, headers={"Maximum-Concurrent-Requests": message}, body={})
    assert at_once_of(refused) == number
    assert at_once_of(ApiError(status_code=429, headers=None, body={})) is None
    assert at_once_of(ValueError("odd")) is None


def test_without_a_key_there_is_no_client() -> None:
    with pytest.raises(StudioError, match="ElevenLabs has no key"):
        ElevenLabsClient.open("  ")
    assert "sk_very_secret" not in repr(ElevenLabsClient.open("sk_very_secret"))
