"""The voice studio with the real SDK against the provider server, faults included."""

import base64
import logging
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from resources.content.settings.characters import Character, ElevenLabsVoice, Voices
from resources.content.show import Caps
from resources.core.errors import CapError, Charge, ContentError, StudioError
from resources.core.library import Library
from resources.core.names import Mode
from resources.core.values import Cell, Voice
from resources.media.audio.voice_track import heard
from resources.media.probe import samples
from resources.media.timebase import RATE
from resources.models.prices import PriceList
from resources.providers.elevenlabs.api import ElevenLabsClient
from resources.providers.elevenlabs.voice_studio import ElevenLabsVoiceStudio, Times
from resources.purchasing.ledger import Claim, Ledger, State
from resources.purchasing.requests.briefs import VoiceBrief
from resources.purchasing.requests.voice_requests import voice_request
from tests.empty_ledger import empty_ledger
from tests.providers.client import Providers
from tests.providers.fixture import provider_process, providers

__all__ = ["providers"]

PERFORMANCE = "[excited] What's up ninjas! Big news, today."
SPOKEN = "What's up ninjas! Big news, today."
QUICK = Times(wait=0.02, busy=20, retry=0.05, longest_retry=0.2, work=30.0, look=0.05, damaged=0.3)
CAPS = Caps(segment_usd=1, episode_usd=10, day_usd=20)
Studios = Callable[..., ElevenLabsVoiceStudio]


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path / "library")


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger(empty_ledger(tmp_path / "ledger.db"), caps=CAPS) as opened:
        yield opened


@pytest.fixture
def studios(providers: Providers, ledger: Ledger, library: Library) -> Studios:
    def make(key: str = Providers.elevenlabs_key, speak_seconds: float = 10, **more: Any) -> ElevenLabsVoiceStudio:
        client = ElevenLabsClient.open(key, providers.base_url, speak_seconds=speak_seconds)
        return ElevenLabsVoiceStudio(client, ledger, library, **{"times": QUICK, **more})

    return make


def order(
    segment: str = "s01", performance: str = PERFORMANCE, spoken: str = SPOKEN, take: int = 1, **voice: Any
) -> VoiceBrief:
    given = ElevenLabsVoice(**{"voice_id": "voiceNinja01", **voice})
    brief = VoiceBrief(
        cell=Cell(episode="first-light", segment=segment, mode=Mode.DRAFT),
        label="NINJA",
        character=Character(name="Ninja", puppet="ninja", voice=Voices(elevenlabs=given)),
        performance=performance,
        spoken=spoken,
        take=take,
        language="en",
    )
    return replace(brief, requests=(voice_request(PriceList.load(), brief),))


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


def test_a_storm_of_refusals_is_waited_out(providers: Providers, studios: Studios) -> None:
    body = {"detail": {"status": "system_busy", "message": "busy"}}
    providers.fault("elevenlabs.speak", "reply", status=429, body=body, accepted=False, times=5)
    studios().speak(order())
    assert len(providers.report().purchases) == 1
    assert providers.report().requests["elevenlabs.speak"] == 6


def test_a_storm_without_end_ends_in_an_error_that_cost_nothing(
    providers: Providers, studios: Studios, ledger: Ledger
) -> None:
    providers.fault("elevenlabs.speak", "reply", status=429, body={}, accepted=False, times=None)
    with pytest.raises(StudioError, match="busy") as caught:
        studios(times=replace(QUICK, busy=0.5, retry=0.1)).speak(order())
    assert caught.value.retryable
    assert caught.value.charge is Charge.NONE
    assert ledger.entry(1).spent_usd == 0


def test_no_more_lines_are_spoken_at_once_than_the_plan_allows(providers: Providers, studios: Studios) -> None:
    providers.settings(tier="starter", voice_concurrency=3, voice_latency=0.15)
    studio = studios()
    lines = [order(f"s{n:02d}", f"Line number {n}.", f"Line number {n}.") for n in range(1, 9)]
    with ThreadPoolExecutor(8) as pool:
        voices = list(pool.map(studio.speak, lines))
    assert len({voice.audio.sha256 for voice in voices}) == 8
    report = providers.report()
    assert len(report.purchases) == 8
    assert report.requests["elevenlabs.speak"] == 8
    assert report.requests["elevenlabs.subscription"] == 1
    assert studio._account.size == 3


def test_a_key_that_may_not_read_its_plan_learns_it_from_the_answers(providers: Providers, studios: Studios) -> None:
    providers.settings(voice_concurrency=3)
    providers.fault("elevenlabs.subscription", "reply", status=401, body={"detail": {"status": "missing_permissions"}})
    studio = studios()
    studio.speak(order())
    assert studio._account.size == 3


def test_a_plan_smaller_than_the_setting_is_learnt_from_refusals(providers: Providers, studios: Studios) -> None:
    providers.settings(voice_concurrency=1, voice_latency=0.1)
    studio = studios(at_once=4)
    lines = [order(f"s{n:02d}", f"Line number {n}.", f"Line number {n}.") for n in range(1, 5)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(studio.speak, lines))
    assert len(providers.report().purchases) == 4
    assert studio._account.size == 1


def test_two_workers_at_once_buy_one_line(providers: Providers, studios: Studios) -> None:
    providers.settings(voice_latency=0.3)
    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(lambda studio: studio.speak(order()), [studios(), studios()])
    assert first.audio == second.audio
    assert len(providers.report().purchases) == 1


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"character_limit": 5}, "no credits left"),
        ({"voices": {"other1": "Other"}}, "does not know the voice"),
    ],
)
def test_a_refusal_costs_nothing_and_says_what_to_do(
    providers: Providers, studios: Studios, ledger: Ledger, change: dict[str, Any], words: str
) -> None:
    providers.settings(**change)
    with pytest.raises(StudioError, match=words) as caught:
        studios().speak(order())
    assert caught.value.charge is Charge.NONE
    assert not caught.value.retryable
    assert caught.value.hint
    assert not providers.report().purchases
    assert ledger.entry(1).spent_usd == 0


def test_a_key_that_is_refused_is_told_and_the_line_is_free_when_the_history_can_be_read(
    providers: Providers, studios: Studios, ledger: Ledger
) -> None:
    key = providers.elevenlabs_key
    providers.settings(elevenlabs_key="changed")
    with pytest.raises(StudioError, match="does not accept the key"):
        studios().speak(order())
    assert ledger.entry(1).state is State.UNKNOWN  # one witness: the history cannot be read with this key
    providers.settings(elevenlabs_key=key)
    studios().speak(order())
    assert len(providers.report().purchases) == 1


def test_a_setting_that_the_model_refuses_is_named(studios: Studios) -> None:
    with pytest.raises(StudioError, match="Must be one of"):
        studios().speak(order(stability=0.3))


def test_over_a_cap_nothing_is_sent(providers: Providers, studios: Studios) -> None:
    long = "word " * 3000
    with pytest.raises(CapError):
        studios().speak(order(performance=long, spoken=long))
    assert "elevenlabs.speak" not in providers.report().requests


def test_a_character_without_a_voice_is_refused_with_the_line_to_add() -> None:
    silent = replace(order(), character=Character(name="Ninja", puppet="ninja"))
    with pytest.raises(ContentError, match="voice_id"):
        voice_request(PriceList.load(), silent)


def test_a_server_that_cannot_be_reached_was_sent_nothing(ledger: Ledger, library: Library) -> None:
    client = ElevenLabsClient.open("key-of-nobody", "http://127.0.0.1:9")
    studio = ElevenLabsVoiceStudio(client, ledger, library, times=QUICK)
    with pytest.raises(StudioError, match="cannot be reached") as caught:
        studio.speak(order())
    assert caught.value.charge is Charge.NONE
    assert ledger.entry(1).state is State.INTENDED


def test_without_a_key_nothing_is_opened() -> None:
    with pytest.raises(StudioError, match="has no key"):
        ElevenLabsClient.open("  ")


def test_a_stop_ends_the_wait(providers: Providers, studios: Studios) -> None:
    providers.fault("elevenlabs.speak", "reply", status=429, body={}, accepted=False, times=None)
    studio = studios(times=Times(retry=30, longest_retry=30))
    threading.Timer(0.3, studio.stop).start()
    began = time.monotonic()
    with pytest.raises(StudioError, match="stopped"):
        studio.speak(order())
    assert time.monotonic() - began < 5


def test_a_line_whose_run_is_stopped_right_before_it_goes_out_is_not_sent(
    providers: Providers, studios: Studios, ledger: Ledger
) -> None:
    def stop() -> None:
        studio.stop()

    studio = studios(before_sending=stop)
    with pytest.raises(StudioError, match="stopped"):
        studio.speak(order())
    assert [row.state for row in ledger.rows()] == [State.INTENDED]
    assert providers.report().purchases == []


def test_a_stop_between_the_record_and_the_post_leaves_the_row_free(
    providers: Providers, library: Library, tmp_path: Path
) -> None:
    class Stopping(Ledger):
        def sending(self, claim: Claim, *given: Any, **how: Any) -> Claim:
            studio.stop()
            return super().sending(claim, *given, **how)

    client = ElevenLabsClient.open(providers.elevenlabs_key, providers.base_url)
    with Stopping(f"sqlite:///{tmp_path / 'stopped.db'}", caps=CAPS) as ledger:
        studio = ElevenLabsVoiceStudio(client, ledger, library, times=QUICK)
        with pytest.raises(StudioError, match="stopped"):
            studio.speak(order())
        assert [(row.state, row.charge) for row in ledger.rows()] == [(State.INTENDED, Charge.NONE)]
    assert providers.report().purchases == []


def test_the_key_is_in_no_log_and_no_error(
    providers: Providers, studios: Studios, caplog: pytest.LogCaptureFixture
) -> None:
    key = "sk_a_key_that_must_not_be_seen"
    caplog.set_level(logging.DEBUG)
    body = {"detail": {"status": "invalid_api_key", "message": f"Invalid API key {key}"}}
    providers.fault("elevenlabs.speak", "reply", status=401, body=body)
    with pytest.raises(StudioError) as caught:
        studios(key=key).speak(order())
    assert key not in str(caught.value)
    assert key not in caplog.text


_KILLED = textwrap.dedent(
    """
    import sys
    from pathlib import Path
    from tests.resources.providers.elevenlabs.test_voice_studio import CAPS, QUICK, order
    from resources.providers.elevenlabs.api import ElevenLabsClient
    from resources.providers.elevenlabs.voice_studio import ElevenLabsVoiceStudio
    from resources.purchasing.ledger import Ledger
    from resources.core.library import Library
    from resources.models.prices import PriceList

    url, key, folder = sys.argv[1:]
    with Ledger(f"sqlite:///{folder}/ledger.db", caps=CAPS) as ledger:
        client, library = ElevenLabsClient.open(key, url), Library(f"{folder}/library")
        print("ready", flush=True)
        ElevenLabsVoiceStudio(client, ledger, library, times=QUICK).speak(order())
    """
)


def test_a_process_killed_while_a_line_is_made_loses_nothing(tmp_path: Path) -> None:
    with provider_process(tmp_path / "server", voice_latency=0.6) as providers:
        command = [sys.executable, "-c", _KILLED, providers.base_url, providers.elevenlabs_key, str(tmp_path)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, start_new_session=True) as worker:
            assert worker.stdout is not None
            worker.stdout.readline()
            while not providers.report().purchases and worker.poll() is None:
                time.sleep(0.02)
            worker.kill()
        client = ElevenLabsClient.open(providers.elevenlabs_key, providers.base_url)
        while not client.sdk.history.list().history:  # the provider goes on
            time.sleep(0.02)
        with Ledger(f"sqlite:///{tmp_path}/ledger.db", caps=CAPS) as ledger:
            assert ledger.entry(1).state is State.SENDING
            library = Library(tmp_path / "library")
            voice = ElevenLabsVoiceStudio(client, ledger, library, times=QUICK).speak(order())
            assert library.has(voice.audio)
            assert ledger.entry(1).state is State.COLLECTED
        report = providers.report()
        assert len(report.purchases) == 1
        assert not report.unused()
