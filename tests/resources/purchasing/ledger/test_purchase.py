"""What makes two purchases the same one, and what may never be part of one."""

import pytest
from pydantic import JsonValue

from resources.core.errors import LedgerError
from resources.core.names import Mode
from resources.purchasing.ledger import contents
from resources.purchasing.ledger.purchase import scrubbed_json
from tests.resources.purchasing.ledger.helpers import media, purchase


def test_the_key_of_a_purchase_never_changes() -> None:
    # A changed key would buy everything again: this hash may only change together with a migration.
    assert purchase().key == "dbcf3449f6ff640c827989fdcf36c308688173a34b5191e415fad41c47cfdadb"


def test_equal_words_of_two_episodes_and_modes_are_one_purchase() -> None:
    other = purchase(episode="tuesday", segment="s07", mode=Mode.FINAL, usd=2.0)
    assert other.key == purchase().key


@pytest.mark.parametrize(
    "other",
    [
        purchase("hello!"),
        purchase(take=2),
        purchase(provider="other"),
        purchase().model_copy(update={"endpoint": "fal-ai/kling-video/ai-avatar/v2/pro"}),
        purchase(arguments={"prompt": "hello", "audio_url": "sha256:" + "ab" * 32, "generate_audio": False}),
    ],
)
def test_other_words_takes_providers_endpoints_or_arguments_are_other_purchases(other: object) -> None:
    assert getattr(other, "key") != purchase().key  # noqa: B009


def test_the_order_of_arguments_does_not_matter() -> None:
    assert purchase(arguments={"a": 1, "b": [2]}).key == purchase(arguments={"b": [2], "a": 1}).key


def test_media_urls_become_their_contents_at_any_depth() -> None:
    given: dict[str, JsonValue] = {
        "image_url": "https://cdn/1",
        "list": ["https://cdn/2"],
        "prompt": "see https://cdn/1",
    }
    named = contents(given, {"https://cdn/1": media("a"), "https://cdn/2": media("b")})
    assert named == {
        "image_url": f"sha256:{media('a').sha256}",
        "list": [f"sha256:{media('b').sha256}"],
        "prompt": "see https://cdn/1",
    }


@pytest.mark.parametrize("url", ["https://v3.fal.media/a.mp3", "data:audio/mp3;base64,AAAA", "file:///tmp/a.mp3"])
def test_a_url_left_in_the_arguments_is_refused(url: str) -> None:
    with pytest.raises(LedgerError, match=r"arguments\.audio_url is a URL"):
        purchase(arguments={"audio_url": url})


@pytest.mark.parametrize("name", ["api_key", "xi-api-key", "Authorization", "token", "FAL_KEY", "client_secret"])
def test_an_argument_named_like_a_secret_is_refused(name: str) -> None:
    with pytest.raises(LedgerError, match="looks like a secret"):
        purchase(arguments={"nested": [{name: "x"}]})


def test_the_value_of_a_providers_key_is_refused_wherever_it_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAL_AI_API_KEY", "s3cr3t-value")
    with pytest.raises(LedgerError, match="holds a provider's key") as refusal:
        purchase(arguments={"prompt": ["say s3cr3t-value now"]})
    assert "s3cr3t-value" not in str(refusal.value)


def test_what_is_stored_after_a_payment_is_cleaned_and_not_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ELEVENLABS_API_KEY", "s3cr3t-value")
    assert scrubbed_json({"a": ["key s3cr3t-value\x00", float("nan"), 1]}) == {"a": ["key [secret]", None, 1]}
