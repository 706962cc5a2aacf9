"""The server itself, driven by the real `fal_client`."""

import io
import subprocess
import time
from functools import cache
from pathlib import Path
from typing import Any

import fal_client.client
import httpx
import imageio_ffmpeg
import pytest
from fal_client import StorageSettings, SyncClient
from fal_client.client import Completed, FalClientHTTPError, InProgress, Queued, SyncRequestHandle
from PIL import Image

from tests.providers.client import Providers
from tests.providers.fixture import provider_process, providers
from tests.providers.media import read_picture, read_video
from tests.providers.schemas import ENDPOINTS

__all__ = ["providers"]

STANDARD = "fal-ai/kling-video/ai-avatar/v2/standard"
LISTENER = "fal-ai/kling-video/v2.5-turbo/standard/image-to-video"


@pytest.fixture
def client(providers: Providers, monkeypatch: pytest.MonkeyPatch) -> SyncClient:
    module = fal_client.client
    monkeypatch.setattr(module, "QUEUE_URL_FORMAT", f"{providers.base_url}/queue/")
    monkeypatch.setattr(module, "RUN_URL_FORMAT", f"{providers.base_url}/run/")
    monkeypatch.setattr(module, "REST_URL", providers.base_url)
    monkeypatch.setattr(module, "CDN_URL", providers.base_url)
    monkeypatch.setattr(module, "MAX_ATTEMPTS", 1)
    return SyncClient(key=providers.fal_key)


@cache
def picture(width: int = 320, height: int = 360, mode: str = "RGB") -> bytes:
    buffer = io.BytesIO()
    Image.new(mode, (width, height), "#335577").save(buffer, "png")
    return buffer.getvalue()


@cache
def sound(seconds: float, form: str = "mp3") -> bytes:
    source = f"sine=frequency=300:sample_rate=44100:duration={seconds}"
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-loglevel", "error", "-f", "lavfi", "-i", source, "-f", form, "-"]
    return subprocess.run(command, check=True, capture_output=True).stdout


def uploaded(client: SyncClient, seconds: float = 3.0, image: bytes | None = None) -> dict[str, Any]:
    return {
        "image_url": client.upload(image or picture(), "image/png", "ninja.png"),
        "audio_url": client.upload(sound(seconds), "audio/mpeg", "line.mp3"),
        "prompt": "speaks",
    }


def finished(handle: SyncRequestHandle) -> Completed:
    deadline = time.monotonic() + 10
    while not isinstance(status := handle.status(with_logs=True), Completed):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return status


def failure(handle: SyncRequestHandle) -> Any:
    finished(handle)
    with pytest.raises(FalClientHTTPError) as caught:
        handle.get()
    assert caught.value.status_code == 422
    return caught.value.response.json()["detail"][0]


def test_an_avatar_is_as_long_as_its_sound_and_shaped_as_its_picture(
    providers: Providers, client: SyncClient, tmp_path: Path
) -> None:
    handle = client.submit(STANDARD, uploaded(client, 3.4))
    assert "/queue/fal-ai/kling-video/requests/" in handle.status_url
    finished(handle)
    answer = client._client.get(handle.response_url)
    result = answer.json()
    clip = tmp_path / "clip.mp4"
    clip.write_bytes(httpx.get(result["video"]["url"]).content)
    assert abs(read_video(clip) - 3.4) < 0.2
    assert abs(read_video(clip) - result["duration"]) < 0.01
    assert float(answer.headers["x-fal-billable-units"]) == pytest.approx(result["duration"], abs=0.001)
    bought = providers.report()
    assert [one.ended for one in bought.purchases] == ["ok"]
    assert bought.spent_usd == pytest.approx(result["duration"] * 0.0562, abs=1e-4)
    assert not bought.unused()
    assert bought.purchases[0].content["audio_url"].startswith("sha256:")


def test_a_clip_of_five_seconds_is_a_little_longer(client: SyncClient, tmp_path: Path) -> None:
    arguments = {"prompt": "listens", "image_url": client.upload(picture(), "image/png", "a.png"), "duration": "5"}
    handle = client.submit(LISTENER, arguments)
    finished(handle)
    clip = tmp_path / "clip.mp4"
    clip.write_bytes(httpx.get(handle.get()["video"]["url"]).content)
    assert read_video(clip) == pytest.approx(5.042, abs=0.001)


def test_equal_orders_are_two_purchases_of_one_key(providers: Providers, client: SyncClient) -> None:
    for _ in range(2):  # other addresses, equal content
        finished(client.submit(STANDARD, uploaded(client)))
    report = providers.report()
    assert list(report.counts().values()) == [2]
    assert len(report.twice()) == 2
    assert len(report.unused()) == 2


@pytest.mark.parametrize(
    ("change", "field", "kind"),
    [
        ({"duration": "5"}, "duration", "extra_forbidden"),
        ({"audio_url": None}, "audio_url", "missing"),
        ({"prompt": "x" * 2501}, "prompt", "string_too_long"),
        ({"prompt": 5}, "prompt", "string_type"),
        ({"audio_url": "https://elsewhere.example/a.mp3"}, "audio_url", "file_download_error"),
    ],
)
def test_what_the_schema_does_not_allow_fails_when_the_result_is_fetched(
    client: SyncClient, change: dict[str, Any], field: str, kind: str
) -> None:
    handle = client.submit(STANDARD, {**uploaded(client), **change})
    problem = failure(handle)
    assert (problem["loc"], problem["type"]) == (["body", field], kind)
    assert finished(handle).error


@pytest.mark.parametrize(
    ("seconds", "image", "kind"),
    [
        (1.5, None, "audio_duration_too_short"),
        (61.0, None, "audio_duration_too_long"),
        (3.0, picture(299, 400), "image_too_small"),
        (3.0, picture(900, 300), "image_aspect_ratio_error"),
        (3.0, picture(mode="RGBA"), "unsupported_image_format"),
    ],
)
def test_media_outside_the_limits_are_refused(
    client: SyncClient, seconds: float, image: bytes | None, kind: str
) -> None:
    assert failure(client.submit(STANDARD, uploaded(client, seconds, image)))["type"] == kind


def test_sound_over_five_megabytes_is_refused(client: SyncClient) -> None:
    arguments = uploaded(client)
    arguments["audio_url"] = client.upload(sound(59.5, "wav"), "audio/wav", "line.wav")
    assert failure(client.submit(STANDARD, arguments))["type"] == "file_too_large"


def test_a_wrong_choice_names_the_choices(client: SyncClient) -> None:
    arguments = {"prompt": "x", "image_url": client.upload(picture(), "image/png", "a.png"), "duration": "7"}
    assert failure(client.submit(LISTENER, arguments))["type"] == "literal_error"


def test_an_unknown_endpoint_is_refused_at_once(providers: Providers, client: SyncClient) -> None:
    with pytest.raises(FalClientHTTPError) as caught:
        client.submit("creatify/aurora", {})
    assert caught.value.status_code == 404
    assert not providers.report().purchases


def test_a_wrong_key_is_refused(providers: Providers, client: SyncClient) -> None:
    with pytest.raises(FalClientHTTPError) as caught:
        SyncClient(key="wrong").submit(STANDARD, {})
    assert caught.value.status_code == 401


def test_an_empty_balance_locks_the_account_but_not_its_results(providers: Providers, client: SyncClient) -> None:
    providers.settings(balance_usd=0.01)
    handle = client.submit(STANDARD, uploaded(client))
    finished(handle)
    with pytest.raises(FalClientHTTPError, match="User is locked") as caught:
        client.submit(STANDARD, {})
    assert caught.value.status_code == 403
    assert handle.get()["video"]["url"]


def test_only_so_many_jobs_work_at_once_and_the_rest_wait(providers: Providers, client: SyncClient) -> None:
    providers.settings(concurrency=2, latency=60)
    arguments = uploaded(client)
    handles = [client.submit(STANDARD, arguments) for _ in range(4)]
    states = [handle.status() for handle in handles]
    assert [type(state) for state in states] == [InProgress, InProgress, Queued, Queued]
    assert isinstance(states[3], Queued)
    assert states[3].position == 1
    providers.advance(61)
    finished(handles[0])
    assert [type(handle.status()) for handle in handles] == [Completed, Completed, InProgress, InProgress]
    providers.advance(61)
    finished(handles[3])


def test_jobs_take_longer_and_shorter_by_the_spread(providers: Providers, client: SyncClient) -> None:
    providers.settings(latency=100, latency_spread=0.3)
    arguments = uploaded(client)
    handles = [client.submit(STANDARD, arguments) for _ in range(4)]
    providers.advance(71)
    assert [type(handle.status()) for handle in handles] == [InProgress, InProgress, InProgress, Completed]
    providers.advance(58)
    assert [type(handle.status()) for handle in handles] == [Completed, Completed, InProgress, Completed]
    providers.advance(2)
    finished(handles[2])


def test_a_waiting_job_can_be_cancelled_for_nothing(providers: Providers, client: SyncClient) -> None:
    providers.settings(concurrency=1, latency=60)
    arguments = uploaded(client)
    working = client.submit(STANDARD, arguments)
    waiting = client.submit(STANDARD, arguments)
    waiting.cancel()
    providers.advance(61)
    finished(working)
    with pytest.raises(FalClientHTTPError):
        working.cancel()
    assert [one.ended for one in providers.report().purchases] == ["ok", "cancelled"]
    assert providers.report().purchases[1].cost_usd == 0


def test_the_history_finds_an_ended_request_by_what_was_sent(providers: Providers, client: SyncClient) -> None:
    arguments = uploaded(client)
    handle = client.submit(STANDARD, arguments)
    headers = {"authorization": f"Key {providers.fal_key}"}
    query = {"endpoint_id": STANDARD, "expand": "payloads", "limit": "1"}
    url = f"{providers.base_url}/v1/models/requests/by-endpoint"
    finished(handle)
    page = httpx.get(url, params=query, headers=headers).json()
    assert [(one["request_id"], one["json_input"]) for one in page["items"]] == [(handle.request_id, arguments)]
    assert page["has_more"] is False
    later = httpx.get(url, params={**query, "start": "2099-01-01T00:00:00Z"}, headers=headers).json()
    assert later["items"] == []


def test_bills_and_usage_are_told_to_a_key_with_admin_and_come_to_what_was_spent(
    providers: Providers, client: SyncClient
) -> None:
    def asked(path: str, **query: str) -> httpx.Response:
        headers = {"authorization": f"Key {providers.fal_key}"}
        return httpx.get(f"{providers.base_url}/v1/models/{path}", params=query, headers=headers)

    handle = client.submit(STANDARD, uploaded(client))
    finished(handle)
    assert asked("billing-events").status_code == asked("usage", expand="summary").status_code == 403
    providers.settings(fal_scope="ADMIN", percent_discount=20)
    spent = providers.report().spent_usd
    page = asked("billing-events", endpoint_id=STANDARD).json()
    [event] = page["billing_events"]
    assert (event["request_id"], event["endpoint_id"], page["has_more"]) == (handle.request_id, STANDARD, False)
    assert event["output_units"] * event["unit_price"] == pytest.approx(spent)
    assert event["cost_total"] == pytest.approx(0.8 * spent)
    assert event["cost_estimate_nano_usd"] == round(0.8e9 * spent)
    [used] = asked("usage", expand="summary").json()["summary"]
    assert (used["endpoint_id"], used["cost_total"]) == (STANDARD, pytest.approx(0.8 * spent))
    assert asked("usage").status_code == 400
    assert asked("billing-events", start="2026-01-01", end="2026-06-01").status_code == 400
    assert asked("billing-events", endpoint_id=LISTENER).json()["billing_events"] == []


def test_prices_come_from_the_platform(providers: Providers) -> None:
    answer = httpx.get(
        f"{providers.base_url}/v1/models/pricing",
        params={"endpoint_id": [STANDARD, LISTENER]},
        headers={"authorization": f"Key {providers.fal_key}"},
    ).json()
    assert [price["unit_price"] for price in answer["prices"]] == [0.0562, 0.042]


def test_media_expire_for_good(providers: Providers, client: SyncClient) -> None:
    url = client.upload(picture(), "image/png", "a.png", lifecycle=StorageSettings(expires_in="1h"))
    assert httpx.get(url).status_code == 200
    providers.advance(3601)
    assert httpx.get(url).status_code == 404
    arguments = {**uploaded(client), "image_url": url}
    assert failure(client.submit(STANDARD, arguments))["type"] == "file_download_error"


def test_a_result_is_kept_for_an_hour(providers: Providers, client: SyncClient) -> None:
    handle = client.submit(STANDARD, uploaded(client))
    finished(handle)
    providers.advance(3700)
    with pytest.raises(FalClientHTTPError) as caught:
        handle.get()
    assert caught.value.status_code == 404


def test_a_connection_dropped_after_the_request_was_taken_is_a_purchase(
    providers: Providers, client: SyncClient
) -> None:
    arguments = uploaded(client)
    providers.fault("fal.submit", "drop", times=1)
    providers.fault("fal.submit", "drop", accepted=False, nth=2)
    for _ in range(2):
        with pytest.raises(httpx.RemoteProtocolError):
            client.submit(STANDARD, arguments)
    assert len(providers.report().purchases) == 1


def test_a_hang_is_a_timeout_at_the_client(providers: Providers, client: SyncClient) -> None:
    providers.fault("fal.submit", "hang", seconds=1)
    arguments = uploaded(client)
    with pytest.raises(httpx.ReadTimeout):
        SyncClient(key=providers.fal_key, default_timeout=0.2).submit(STANDARD, arguments)
    assert len(providers.report().purchases) == 1


def test_a_job_can_end_with_an_error_that_is_billed(providers: Providers, client: SyncClient) -> None:
    detail = [{"loc": ["body", "prompt"], "msg": "flagged", "type": "content_policy_violation"}]
    providers.fault("fal.submit", "job", job={"status": 422, "detail": detail, "billed": True})
    handle = client.submit(STANDARD, uploaded(client))
    assert finished(handle).error == "flagged"
    assert failure(handle)["type"] == "content_policy_violation"
    assert providers.report().purchases[0].cost_usd > 0


def test_a_status_can_be_odd(providers: Providers, client: SyncClient) -> None:
    handle = client.submit(STANDARD, uploaded(client))
    providers.fault("fal.status", "patch", patch={"status": "FAILED"})
    with pytest.raises(ValueError, match="FAILED"):
        handle.status()
    finished(handle)


def test_downloads_can_be_cut_shortened_or_something_else(providers: Providers, client: SyncClient) -> None:
    handle = client.submit(STANDARD, uploaded(client))
    finished(handle)
    url = handle.get()["video"]["url"]
    providers.fault("fal.file", "truncate", contains=".mp4")
    with pytest.raises(httpx.RemoteProtocolError):
        httpx.get(url)
    providers.fault("fal.file", "shorten", contains=".mp4", fraction=0.25)
    short = httpx.get(url)
    providers.fault("fal.file", "reply", status=200, body="<html>", content_type="text/html")
    assert httpx.get(url).text == "<html>"
    assert providers.report().unused()
    assert len(short.content) == len(httpx.get(url).content) // 4
    assert not providers.report().unused()


def test_a_submit_can_be_answered_with_the_last_answer(providers: Providers, client: SyncClient) -> None:
    arguments = uploaded(client)
    first = client.submit(STANDARD, arguments)
    providers.fault("fal.submit", "repeat")
    assert client.submit(STANDARD, arguments).request_id == first.request_id
    assert len(providers.report().purchases) == 2


def test_a_direct_run_answers_when_it_is_done(client: SyncClient) -> None:
    image = client.run("fal-ai/flux/dev", {"prompt": "a ninja", "image_size": "square", "seed": 7})["images"][0]
    path = Path(image["url"]).name
    assert path.endswith(".jpeg")
    assert (image["width"], image["height"]) == (512, 512)


def test_every_endpoint_sells_something_for_its_smallest_order(providers: Providers, client: SyncClient) -> None:
    providers.settings(video_height=64)
    clip = client.submit(LISTENER, {"prompt": "x", "image_url": client.upload(picture(), "image/png", "a.png")})
    finished(clip)
    media = {
        "image": client.upload(picture(), "image/png", "a.png"),
        "audio": client.upload(sound(6), "audio/mpeg", "a.mp3"),
        "video": clip.get()["video"]["url"],
    }
    for endpoint in ENDPOINTS.values():
        arguments: dict[str, Any] = {"prompt": "words"} if endpoint.either else {}
        for name, field in endpoint.fields.items():
            if field.required:
                value = media.get(str(field.kind), field.choices[0] if field.choices else "words")
                arguments[name] = [value] if field.many else value
        handle = client.submit(endpoint.id, arguments)
        assert finished(handle).error is None, endpoint.id
        assert handle.get()
        assert providers.report().purchases[-1].cost_usd > 0


def test_the_server_runs_as_a_process_of_its_own(tmp_path: Path) -> None:
    with provider_process(tmp_path, balance_usd=7) as providers:
        assert providers.report().balance_usd == 7


def test_pictures_are_measured_by_their_pixels(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(picture(20, 30, "RGBA"))
    assert (read_picture(path).width, read_picture(path).height, read_picture(path).alpha) == (20, 30, True)
