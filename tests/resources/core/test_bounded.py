"""The whole of an answer has a deadline, however slowly its bytes come: at both providers, and for files."""

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from resources.core.bounded import within
from resources.core.errors import StudioError
from resources.failures import Kind, Step
from resources.providers.elevenlabs.api import CLIENT_ERRORS, ElevenLabsClient
from resources.providers.fal.wire.client import FalClient
from resources.providers.fal.wire.download import Download, Whose
from tests.resources.providers.fal.conftest import unpointed

__all__ = ["unpointed"]

SECONDS = 0.4


@pytest.fixture
def dripping() -> Iterator[str]:
    """A server that answers a byte every now and then, for as long as anybody listens."""
    ended = threading.Event()
    door = socket.create_server(("127.0.0.1", 0))

    def drip(caller: socket.socket) -> None:
        with caller:
            try:
                caller.sendall(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 100000\r\n\r\n")
                while not ended.wait(0.05):
                    caller.sendall(b" ")
            except OSError:
                return

    def serve() -> None:
        while True:
            try:
                caller, _ = door.accept()
            except OSError:
                return
            threading.Thread(target=drip, args=(caller,), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    yield f"http://127.0.0.1:{door.getsockname()[1]}"
    ended.set()
    door.close()


def test_what_ends_in_time_is_returned_and_raised_as_it_is() -> None:
    assert within(20, lambda: "all") == "all"
    with pytest.raises(KeyError, match="own"):
        within(20, lambda: {"other": 1}["own"])


def test_a_timeout_of_the_calls_own_is_not_mistaken_for_the_deadline() -> None:
    def late() -> None:
        raise TimeoutError("its own")

    with pytest.raises(TimeoutError, match="its own"):
        within(20, late)


def test_a_dripping_answer_of_fal_is_a_lost_answer(dripping: str) -> None:
    client = FalClient.open("id:secret", dripping, answer_seconds=SECONDS)
    with pytest.raises(httpx.ReadTimeout, match="whole answer") as caught:
        client.whole(lambda: client.sync.submit("fal-ai/flux/dev", {"prompt": "A street."}))
    assert client.failure(caught.value, Step.SUBMIT).kind is Kind.ANSWER_LOST
    with pytest.raises(StudioError, match="connection to the provider was lost"):
        client.ask("models/pricing")


def test_a_dripping_answer_of_elevenlabs_is_a_lost_answer(dripping: str) -> None:
    client = ElevenLabsClient.open("a-key", dripping, speak_seconds=SECONDS)
    with pytest.raises(CLIENT_ERRORS) as caught:
        client.speak({"voice_id": "voice", "text": "One.", "model_id": "eleven_v3", "output_format": "mp3_44100_128"})
    assert client.failure(caught.value, Step.SPEAK).kind is Kind.ANSWER_LOST


def test_a_dripping_file_is_given_up_and_paid_for(dripping: str, tmp_path: Path) -> None:
    download = Download(dripping, tries=2, pause=0.01, whole=SECONDS)
    with pytest.raises(StudioError) as caught:
        download.clip(f"{dripping}/a.mp4", tmp_path / "file", Whose("request 1"), seconds=2.0)
    assert caught.value.retryable
    assert not (tmp_path / "file").exists()
