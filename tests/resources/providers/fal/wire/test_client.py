"""The client of the process: its key, its one server, its retries switched off, and no secret in anything it says."""

import logging
import subprocess
import sys
import traceback
from importlib.metadata import version

import fal_client.client as sdk
import httpx
import pytest
from fal_client.client import FalClientHTTPError

from resources.core.errors import ContentError, StudioError
from resources.providers.fal.wire import client as client_module
from resources.providers.fal.wire.client import FalClient, key_from, point
from tests.providers.client import Providers
from tests.resources.providers.fal.conftest import STANDARD, MakeBench


def test_the_key_is_read_from_either_variable_and_the_first_wins() -> None:
    assert key_from({"FAL_AI_API_KEY": "alias"}) == "alias"
    assert key_from({"FAL_AI_API_KEY": "alias", "FAL_KEY": " own "}) == "own"


def test_no_key_is_an_error_that_says_where_to_get_one() -> None:
    with pytest.raises(StudioError, match="has no key") as caught:
        key_from({"FAL_KEY": " "})
    assert "https://fal.ai/dashboard/keys" in str(caught.value)
    with pytest.raises(StudioError, match="has no key"):
        FalClient.open("")


def test_white_space_around_a_key_goes_into_no_request_and_hides_the_key_from_no_error() -> None:
    client = FalClient.open(" the-key-itself\n")
    assert client.platform.headers["authorization"] == "Key the-key-itself"
    assert (client.sync.key, client.secrets) == ("the-key-itself", ("the-key-itself",))


def test_a_fresh_process_talks_to_fal_itself_without_retries() -> None:
    program = (
        "import fal_client.client as sdk; from resources.providers.fal.wire.client import FalClient;"
        "FalClient.open('k');"
        "print(sdk.MAX_ATTEMPTS, sdk.QUEUE_URL_FORMAT, sdk.REST_URL, sdk.CDN_URL)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["1", "https://queue.fal.run/", "https://rest.fal.ai", "https://v3.fal.media"]


def test_a_base_redirects_queue_run_storage_and_files() -> None:
    point("http://127.0.0.1:9/")
    assert (sdk.QUEUE_URL_FORMAT, sdk.RUN_URL_FORMAT) == ("http://127.0.0.1:9/queue/", "http://127.0.0.1:9/run/")
    assert (sdk.REST_URL, sdk.CDN_URL) == ("http://127.0.0.1:9", "http://127.0.0.1:9")


def test_a_process_talks_to_one_server() -> None:
    point("http://127.0.0.1:9")
    point("http://127.0.0.1:9/")
    with pytest.raises(ContentError, match="one process can talk to one"):
        point("http://127.0.0.1:10")
    with pytest.raises(ContentError, match="one process can talk to one"):
        point(None)


@pytest.mark.parametrize("base", ["ftp://x", "localhost:8080", "http://", "http://user:pw@host"])
def test_a_base_that_is_no_address_is_refused(base: str) -> None:
    with pytest.raises(ContentError, match="FAL_BASE_URL"):
        point(base)


def test_a_client_whose_retries_cannot_be_switched_off_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(sdk, "MAX_ATTEMPTS")
    with pytest.raises(StudioError, match="cannot be kept from paying twice"):
        point(None)
    assert client_module._pointed_at == []


def test_the_pinned_version_is_the_one_that_was_read() -> None:
    assert version("fal-client") == "1.0.3"


@pytest.mark.parametrize("fault", [{"act": "drop"}, {"act": "reply", "status": 429, "body": "{}"}])
def test_the_real_client_sends_a_submit_once(providers: Providers, fault: dict[str, object]) -> None:
    client = FalClient.open(providers.fal_key, providers.base_url)
    providers.fault("fal.submit", times=None, **fault)  # type: ignore[arg-type]
    with pytest.raises((httpx.HTTPError, FalClientHTTPError)):
        client.sync.submit(STANDARD, {})
    assert len(providers.report().of("fal")) == 1


def test_the_key_is_in_no_log_no_error_no_trace_no_picture_of_an_object_and_no_file(
    make_bench: MakeBench, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    bench = make_bench()
    key = bench.providers.fal_key
    told: list[str] = [repr(bench.client), repr(bench.queue), repr(bench.studio)]
    refused: list[str] = []
    echo = f'{{"detail": "no access for Authorization: Key {key}"}}'
    for step, status in [("fal.upload", 401), ("fal.submit", 400), ("fal.status", 403), ("fal.result", 402)]:
        bench.providers.fault(step, "reply", status=status, body=echo, times=None, accepted=False)
        try:
            bench.studio.speaker(bench.speaker(take=status))  # what the history shows to be done is taken all the same
        except StudioError as error:
            refused.append(step)
            told += traceback.format_exception(error)
        bench.providers.clear_faults()
    assert {"fal.upload", "fal.submit"} <= set(refused)
    bench.providers.fault("fal.pricing", "reply", status=401, body=echo)
    with pytest.raises(StudioError) as caught:
        bench.client.ask("models/pricing", endpoint_id=STANDARD)
    told += traceback.format_exception(caught.value)
    told += [caplog.text, *(str(record.__dict__) for record in caplog.records)]
    secret = key.split(":")[1]
    assert [text for text in told if secret in text] == []
    left = [path for path in bench.folder.rglob("*") if path.is_file() and secret.encode() in path.read_bytes()]
    assert left == []
