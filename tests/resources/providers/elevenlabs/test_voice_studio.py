"""The voice studio with the real SDK against the provider server: lines bought, answers lost or spoiled."""

import base64
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from resources.core.errors import Charge, StudioError
from resources.core.library import Library
from resources.core.values import Voice
from resources.media.audio.voice_track import heard
from resources.media.probe import samples
from resources.media.timebase import RATE
from resources.providers.elevenlabs.api import ElevenLabsClient
from resources.purchasing.ledger import Ledger, State
from tests.providers.client import Providers
from tests.resources.providers.elevenlabs.conftest import PERFORMANCE, QUICK, SPOKEN, Studios, order


def onsets(library: Library, voice: Voice) -> list[float]:
    """The times at which sound begins after silence: the server begins a tone with each word."""
    windows = heard(samples(library.path(voice.audio), RATE)).astype(int)
    return [float(at) * 0.01 for at in np.flatnonzero(np.diff(np.concatenate([[0], windows])) == 1)]


def test_a_line_is_spoken_with_the_times_of_its_words(providers: Providers, studios: Studios, library: Library) -> None:
    providers.settings(clock_ratio=1.12)
    voice = studios().speak(order())
    assert [word.text for word in voice.words] == SPOKEN.split()
    starts = [word.start for word in voice.words]
    assert np.allclose(starts, onsets(library, voice), atol=0.06)
    assert voice.words[-1].end <= voice.seconds
    receipt = voice.receipt
    assert receipt.provider == "elevenlabs"
    assert receipt.endpoint == "elevenlabs/eleven_v3"
    assert receipt.cost_usd == pytest.approx(len(PERFORMANCE) * 0.0001)
    assert receipt.billed_units == pytest.approx(len(PERFORMANCE) / 1000)
    history = ElevenLabsClient.open(providers.elevenlabs_key, providers.base_url).sdk.history.list().history
    assert [item.history_item_id for item in history] == [receipt.request_id]
    assert receipt.note is None
    sent = providers.report().purchases[0].content
    assert sent["text"] == PERFORMANCE
    assert sent["language_code"] == "en"


def test_the_same_line_is_bought_once(providers: Providers, studios: Studios) -> None:
    studio = studios()
    first = studio.speak(order("s01"))
    again = studio.speak(order("s02"))
    assert (again.audio, again.words) == (first.audio, first.words)
    assert again.receipt.reused
    assert again.receipt.cost_usd == 0
    assert again.receipt.saved_usd == pytest.approx(first.receipt.cost_usd)
    assert len(providers.report().purchases) == 1


def test_another_take_is_another_purchase_with_another_seed(providers: Providers, studios: Studios) -> None:
    studio = studios()
    for take in (1, 2):
        studio.speak(order(take=take, seed=7))
    assert [one.content["seed"] for one in providers.report().purchases] == [7, 8]


def test_tags_are_sent_only_to_models_that_act_them(providers: Providers, studios: Studios) -> None:
    voice = studios().speak(order(model="eleven_multilingual_v2", stability=0.4, style=0.2))
    sent = providers.report().purchases[0].content
    assert sent["text"] == SPOKEN
    assert sent["voice_settings"]["stability"] == 0.4
    assert "language_code" not in sent
    assert [word.text for word in voice.words] == SPOKEN.split()


def test_a_cheaper_model_costs_less_by_its_credits(studios: Studios) -> None:
    receipt = studios().speak(order(model="eleven_flash_v2_5")).receipt
    assert receipt.cost_usd == pytest.approx(len(SPOKEN) * 0.00005, rel=0.05)
    assert receipt.billed_units == pytest.approx(len(SPOKEN) / 2000, rel=0.05)
    assert (receipt.unit, receipt.unit_price_usd) == ("1000 credits", 0.10)


def test_a_lost_answer_is_fetched_from_the_history(providers: Providers, studios: Studios, library: Library) -> None:
    providers.fault("elevenlabs.speak", "drop")
    voice = studios().speak(order())
    assert library.has(voice.audio)
    assert [word.text for word in voice.words] == SPOKEN.split()
    assert "worked out from the sound" in (voice.receipt.note or "")
    assert voice.receipt.cost_usd == pytest.approx(len(PERFORMANCE) * 0.0001)
    starts = [word.start for word in voice.words]
    assert np.allclose(starts, onsets(library, voice), atol=0.35)
    report = providers.report()
    assert len(report.purchases) == 1
    assert not report.unused()


def test_an_alignment_in_the_history_is_used(providers: Providers, studios: Studios) -> None:
    plain = studios().speak(order())
    providers.settings(history_alignments=True)
    providers.fault("elevenlabs.speak", "drop")
    found = studios().speak(order(take=2))
    assert found.words == plain.words
    assert found.receipt.note is None


@pytest.mark.parametrize(
    "fault",
    [
        {"act": "reply", "status": 500, "body": {"detail": {"status": "internal_error", "message": "boom"}}},
        {"act": "reply", "status": 502, "body": "<html>bad gateway</html>", "content_type": "text/html"},
        {"act": "reply", "status": 200, "body": "<html>hello</html>", "content_type": "text/html"},
        {"act": "hang", "seconds": 4},
        {"act": "truncate"},
        {"act": "shorten"},
        {"act": "patch", "patch": {"audio_base64": "////not base64"}},
        {"act": "patch", "patch": {"audio_base64": "AAAAAAAA"}},
        {"act": "patch", "remove": ["audio_base64"]},
    ],
)
def test_a_spoiled_answer_is_paid_once_and_its_audio_kept(
    providers: Providers, studios: Studios, fault: dict[str, Any]
) -> None:
    providers.fault("elevenlabs.speak", **fault)
    voice = studios(speak_seconds=2 if fault["act"] == "hang" else 10).speak(order())
    assert [word.text for word in voice.words] == SPOKEN.split()
    report = providers.report()
    assert len(report.purchases) == 1
    assert not report.unused()


def test_audio_that_was_cut_is_fetched_whole(providers: Providers, studios: Studios) -> None:
    whole = studios().speak(order())
    cut = _cut_audio(providers)
    providers.fault("elevenlabs.speak", "patch", patch={"audio_base64": cut})
    voice = studios().speak(order(take=2))
    assert voice.seconds == pytest.approx(whole.seconds)


def _cut_audio(providers: Providers) -> str:
    client = ElevenLabsClient.open(providers.elevenlabs_key, providers.base_url).sdk
    item = client.history.list().history[0]
    audio = b"".join(client.history.get_audio(item.history_item_id))
    return base64.b64encode(audio[: len(audio) // 2]).decode()


def test_an_answer_without_an_alignment_gives_words_by_the_sound(providers: Providers, studios: Studios) -> None:
    providers.fault("elevenlabs.speak", "patch", patch={"alignment": None})
    studio = studios()
    for voice in (studio.speak(order()), studio.speak(order())):
        assert [word.text for word in voice.words] == SPOKEN.split()
        assert "worked out from the sound" in (voice.receipt.note or "")


def test_a_lost_answer_that_the_history_does_not_show_is_waited_out_and_then_sent_again(
    providers: Providers, studios: Studios, ledger: Ledger
) -> None:
    providers.fault("elevenlabs.speak", "drop", accepted=False)
    for _ in range(2):  # it may still be under way: it is not sent again
        with pytest.raises(StudioError, match="run again after") as caught:
            studios().speak(order())
        assert caught.value.charge is Charge.POSSIBLE
    assert ledger.entry(1).state is State.UNKNOWN
    assert not providers.report().purchases
    studios(times=replace(QUICK, work=0.01)).speak(order())
    assert len(providers.report().purchases) == 1


def test_a_history_that_lags_is_found_by_the_next_run(providers: Providers, studios: Studios) -> None:
    providers.settings(history_delay=3600)
    providers.fault("elevenlabs.speak", "drop")
    with pytest.raises(StudioError, match="run again after"):
        studios().speak(order())
    providers.settings(history_delay=0)
    studios().speak(order())
    assert len(providers.report().purchases) == 1


def test_a_history_that_cannot_be_read_proves_nothing(providers: Providers, studios: Studios) -> None:
    providers.fault("elevenlabs.speak", "drop")
    providers.fault("elevenlabs.history", "reply", status=500, times=None)
    past = replace(QUICK, work=0.0)  # it must have ended: an empty look would free it
    with pytest.raises(StudioError, match="the history cannot be read"):
        studios(times=past).speak(order())
    providers.clear_faults()
    providers.fault("elevenlabs.history", "reply", status=200, body={}, times=None)
    with pytest.raises(StudioError, match="the history cannot be read"):
        studios(times=past).speak(order())
    assert len(providers.report().purchases) == 1
    providers.clear_faults()
    studios(times=past).speak(order())
    assert len(providers.report().purchases) == 1


def test_a_line_that_was_answered_with_an_error_and_is_in_no_history_is_sent_again_by_the_same_run(
    providers: Providers, studios: Studios
) -> None:
    providers.fault("elevenlabs.speak", "reply", status=500, body="Internal Server Error", accepted=False)
    studios().speak(order())
    assert len(providers.report().purchases) == 1
    assert providers.report().requests["elevenlabs.speak"] == 2


@pytest.mark.parametrize("named", [True, False])
def test_a_retake_never_takes_the_first_takes_audio(providers: Providers, studios: Studios, named: bool) -> None:
    """Whether or not the history tells the requests' ids, and whatever id an older version kept."""
    first = studios().speak(order())
    providers.settings(history_names_requests=named)
    providers.fault("elevenlabs.speak", "drop", accepted=False)
    with pytest.raises(StudioError, match="run again after"):
        studios().speak(order(take=2))
    again = studios(times=replace(QUICK, work=0.01)).speak(order(take=2))
    assert again.receipt.request_id != first.receipt.request_id
    assert len(providers.report().purchases) == 2


def test_equal_words_of_two_takes_are_told_apart_in_the_history(providers: Providers, studios: Studios) -> None:
    providers.fault("elevenlabs.speak", "drop", times=2)
    ids = [studios().speak(order(take=take)).receipt.request_id for take in (1, 2)]
    assert len(set(ids)) == len(providers.report().purchases) == 2


def test_audio_gone_from_the_library_is_fetched_again(providers: Providers, studios: Studios, library: Library) -> None:
    voice = studios().speak(order())
    library.path(voice.audio).unlink()
    again = studios().speak(order())
    assert again.audio == voice.audio
    assert library.has(voice.audio)
    assert len(providers.report().purchases) == 1


def test_audio_damaged_in_the_library_is_fetched_again(
    providers: Providers, studios: Studios, library: Library
) -> None:
    voice = studios().speak(order())
    path = library.path(voice.audio)
    whole = path.read_bytes()
    path.chmod(0o644)
    path.write_bytes(bytes(len(whole)))
    assert studios().speak(order()).audio == voice.audio
    assert path.read_bytes() == whole
    assert len(providers.report().purchases) == 1
