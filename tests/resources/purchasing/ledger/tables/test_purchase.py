"""What makes two purchases the same one, and what may never be part of one."""

import hashlib
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resources.core.errors import LedgerError
from resources.core.names import Mode
from resources.purchasing.ledger import Purchase
from resources.purchasing.ledger.tables.purchase import plain_text, scrubbed_json
from tests.resources.purchasing.ledger.helpers import purchase


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


@pytest.mark.parametrize("url", ["https://v3.fal.media/a.mp3", "data:audio/mp3;base64,AAAA", "file:///tmp/a.mp3"])
def test_a_url_left_in_the_arguments_is_refused(url: str) -> None:
    with pytest.raises(LedgerError, match=r"arguments\.audio_url is a URL"):
        purchase(arguments={"audio_url": url})


@pytest.mark.parametrize("words", ["HTTP:0", "Data:yes.", "file:1", "s3:E5", "http://", "see https://cdn/1"])
def test_words_that_only_begin_like_an_address_are_words(words: str) -> None:
    assert purchase(arguments={"prompt": words}).key


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


# Keys from sources

# A whole address is refused as an argument, whoever wrote it: here are words.
WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=40).filter(
    lambda words: "://" not in words and not words.casefold().startswith("data:")
)


@given(WORDS)
def test_words_count_without_what_nobody_reads(words: str) -> None:
    told = unicodedata.normalize("NFC", words)
    apart = unicodedata.normalize("NFD", words)
    for other in (f"  {told}\n", told.replace(" ", "  "), apart, f"{apart}\u2003"):
        assert purchase(other).key == purchase(words).key
    assert plain_text(plain_text(words)) == plain_text(words)


@given(WORDS, WORDS)
def test_other_words_are_another_purchase(one: str, other: str) -> None:
    assert (purchase(one).key == purchase(other).key) == (plain_text(one) == plain_text(other))


@given(st.binary(min_size=1, max_size=8), st.binary(min_size=1, max_size=8), WORDS)
def test_what_a_tool_made_counts_as_what_it_was_made_from(one: bytes, other: bytes, words: str) -> None:
    """Three releases of an encoder give three files of one sound."""

    def sent(file: bytes, origin: str) -> Purchase:
        name = f"sha256:{hashlib.sha256(file).hexdigest()}"
        asked = purchase(arguments={"prompt": words, "audio_url": name, "more": [{"image_url": name}]})
        return asked.model_copy(update={"sources": {name: origin}})

    assert sent(one, "made: the voice").key == sent(other, "made: the voice").key
    assert sent(one, "made: the voice").key != sent(one, "made: another voice").key
    assert (sent(one, "made: the voice").legacy_key == sent(other, "made: the voice").legacy_key) == (one == other)


def test_what_a_person_gave_is_no_part_of_the_key() -> None:
    given_ = purchase().model_copy(update={"given": {"words": "abc"}})
    assert (given_.key, given_.legacy_key) == (purchase().key, purchase().key)
