"""The voice studio with the real SDK against the provider server: what refuses it, holds it back or ends it."""

import logging
import subprocess
import sys
import textwrap
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from resources.content.settings.characters import Character
from resources.core.errors import CapError, Charge, ContentError, StudioError
from resources.core.library import Library
from resources.models.prices import PriceList
from resources.providers.elevenlabs.api import ElevenLabsClient
from resources.providers.elevenlabs.voice_studio import ElevenLabsVoiceStudio, Times
from resources.purchasing.ledger import Claim, Ledger, State
from resources.purchasing.requests.voice_requests import voice_request
from tests.providers.client import Providers
from tests.providers.fixture import provider_process
from tests.resources.providers.elevenlabs.conftest import CAPS, QUICK, Studios, order


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
    from tests.resources.providers.elevenlabs.conftest import CAPS, QUICK, order
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
