"""Finished files are fetched from safe addresses alone, and kept only when they are whole and of the right length."""

import shutil
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from PIL import Image

from resources.core.errors import Charge, MediaError, StudioError
from resources.media import ffmpeg
from resources.media.delivered_file import checked, checked_picture
from resources.providers.fal.wire.download import Download, Whose, is_public
from tests.resources.providers.fal.conftest import Bench


def video(path: Path, seconds: float = 2.0, source: str = "testsrc2=") -> Path:
    ffmpeg.run(
        [
            *("-f", "lavfi", "-i", f"{source}s=320x240:r=25:d={seconds}"),
            *("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-movflags", "+faststart", str(path)),
        ]
    )
    return path


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    return video(tmp_path / "clip.mp4")


def test_a_whole_clip_is_measured(clip: Path) -> None:
    facts = checked(clip, seconds=2.0)
    assert (facts.width, facts.height, facts.fps) == (320, 240, 25)
    assert facts.seconds == pytest.approx(2.0)
    assert not facts.closed


def test_a_clip_whose_ends_meet_is_closed(tmp_path: Path) -> None:
    assert checked(video(tmp_path / "still.mp4", source="color=c=teal:"), seconds=2.0).closed


@pytest.mark.parametrize("share", [0.3, 0.7, 0.95])
def test_a_truncated_clip_is_not_taken(clip: Path, share: float) -> None:
    content = clip.read_bytes()
    clip.write_bytes(content[: int(len(content) * share)])
    with pytest.raises(MediaError):
        checked(clip, seconds=2.0)


def test_what_is_no_video_is_not_taken(tmp_path: Path) -> None:
    page = tmp_path / "page.mp4"
    page.write_text("<html>not found</html>")
    with pytest.raises(MediaError):
        checked(page, seconds=2.0)


@pytest.mark.parametrize(("form", "suffix"), [("PNG", ".png"), ("JPEG", ".jpg"), ("WEBP", ".webp")])
def test_a_picture_is_taken_whole_and_by_its_own_format(tmp_path: Path, form: str, suffix: str) -> None:
    path = tmp_path / "file"
    Image.effect_noise((320, 240), 60).save(path, form)
    facts = checked_picture(path)
    assert (facts.width, facts.height, facts.suffix) == (320, 240, suffix)
    path.write_bytes(path.read_bytes()[:-2000])
    with pytest.raises(MediaError):
        checked_picture(path)


def test_a_picture_of_another_kind_is_not_taken(tmp_path: Path) -> None:
    Image.new("RGB", (32, 32)).save(tmp_path / "file", "GIF")
    with pytest.raises(MediaError, match="of another kind"):
        checked_picture(tmp_path / "file")


@pytest.mark.parametrize(("ordered", "taken"), [(2.0, True), (2.55, True), (1.45, True), (2.7, False), (1.3, False)])
def test_a_clip_may_be_a_little_longer_or_shorter(clip: Path, ordered: float, taken: bool) -> None:
    if taken:
        assert checked(clip, seconds=ordered).seconds == pytest.approx(2.0)
    else:
        with pytest.raises(MediaError, match="another length"):
            checked(clip, seconds=ordered)


def refused(download: Download, url: str, folder: Path) -> StudioError:
    with pytest.raises(StudioError) as caught:
        download.clip(url, folder / "got.mp4", Whose("request 1"), seconds=2.0)
    assert not (folder / "got.mp4").exists()
    return caught.value


@pytest.mark.parametrize(
    "url",
    [
        "http://fal.media/a.mp4",
        "file:///etc/passwd",
        "ftp://fal.media/a.mp4",
        "https://127.0.0.1/a.mp4",
        "https://localhost/a.mp4",
        "https://10.0.0.7/a.mp4",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/a.mp4",
        "https://user:pw@93.184.216.34/a.mp4",
        "not an address",
        "https://[bad/a.mp4",
        "https://fal.media:99999/a.mp4",
        "https://fal.media:port/a.mp4",
        "https://8.8.8.8/\ud800.mp4",
        f"https://{'a' * 70}.media/a.mp4",
        "https://8.8.8.8/\x00.mp4",
    ],
)
def test_an_unsafe_address_is_never_asked(tmp_path: Path, url: str) -> None:
    error = refused(Download(), url, tmp_path)
    assert "not one that may be fetched" in str(error)
    assert (error.retryable, error.charge) == (False, Charge.CHARGED)


@pytest.mark.parametrize("place", ["https://127.0.0.1:1/a.mp4", "http://169.254.169.254/a.mp4", "file:///etc/passwd"])
def test_a_redirect_to_a_private_address_is_refused(bench: Bench, place: str) -> None:
    bench.providers.fault("fal.file", "reply", status=302, headers={"location": place}, contains=".mp4", times=None)
    with pytest.raises(StudioError, match="not one that may be fetched"):
        bench.studio.speaker(bench.speaker())


def test_a_redirect_within_the_base_is_followed_but_not_for_ever(bench: Bench, tmp_path: Path) -> None:
    base = bench.providers.base_url
    bench.providers.fault("fal.file", "reply", status=302, headers={"location": "/files/b/x/a.mp4"}, times=None)
    error = refused(Download(base), f"{base}/files/b/x/a.mp4", tmp_path)
    assert "redirects" in str(error)


def test_a_file_that_is_too_large_is_not_read_to_its_end(bench: Bench, tmp_path: Path) -> None:
    base = bench.providers.base_url
    bench.providers.fault("fal.file", "reply", status=200, body="x" * 100_000, times=None)
    error = refused(Download(base, most_bytes=50_000), f"{base}/files/b/x/a.mp4", tmp_path)
    assert "larger than 50000 bytes" in str(error)


def test_a_file_that_is_gone_was_paid_and_may_be_imported_by_hand(bench: Bench, tmp_path: Path) -> None:
    base = bench.providers.base_url
    error = refused(Download(base), f"{base}/files/b/gone/a.mp4", tmp_path)
    assert error.charge is Charge.CHARGED
    assert "ninja import" in str(error)


def test_no_key_goes_along_with_a_download(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, clip: Path
) -> None:
    seen: list[dict[str, str]] = []
    real: Callable[..., object] = Download._store

    def store(self: Download, response: object, target: Path) -> object:
        seen.append(dict(response.request.headers))  # type: ignore[attr-defined]
        return real(self, response, target)

    monkeypatch.setattr(Download, "_store", store)
    shutil.copy(clip, tmp_path / "copy.mp4")
    bench.studio.speaker(bench.speaker())
    assert seen
    assert all("authorization" not in headers for headers in seen)


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.1.2.3"),
        *("192.0.0.8", "192.0.2.1", "198.18.0.1", "198.51.100.7", "203.0.113.9", "224.0.0.1", "240.0.0.1"),
        *("255.255.255.255", "::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1", "2001:db8::1", "100::1"),
        *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "::10.0.0.1", "64:ff9b::a00:1", "64:ff9b::7f00:1"),
        *("2002:7f00:1::", "2002:a00:1::", "2001:0:4136:e378:8000:63bf:f5ff:fffe", "fec0::1"),
    ],
)
def test_no_special_range_is_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", ["93.184.216.34", "8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]
)
def test_the_open_internet_is_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (httpx.Response(302, headers={"location": "https://[bad"}), "not one that may be fetched"),
        (httpx.Response(302, headers={"location": "https://x:99999"}), "not one that may be fetched"),
        (httpx.Response(304), "refused for a reason that is not known"),
    ],
)
def test_an_odd_redirect_is_told_and_the_request_lives_on(tmp_path: Path, answer: httpx.Response, words: str) -> None:
    def look_up(*_: object, **__: object) -> list[tuple[int, int, int, str, tuple[str, int]]]:
        return [(0, 0, 0, "", ("8.8.8.8", 443))]

    download = Download(look_up=look_up, transport=httpx.MockTransport(lambda _: answer))
    assert words in str(refused(download, "https://media.example/a.mp4", tmp_path))


@pytest.mark.parametrize("trouble", [httpx.ConnectError("no way there"), httpx.ReadError("gone"), 429, 500])
def test_a_file_that_cannot_be_fetched_now_is_never_said_to_be_unpaid(tmp_path: Path, trouble: Exception | int) -> None:
    def answer(_: httpx.Request) -> httpx.Response:
        if isinstance(trouble, Exception):
            raise trouble
        return httpx.Response(trouble)

    download = Download("https://files.test", tries=1, transport=httpx.MockTransport(answer))
    error = refused(download, "https://files.test/a.mp4", tmp_path)
    assert (error.retryable, error.charge) == (True, Charge.CHARGED)
    assert "it is fetched again and not paid again" in str(error.hint)
    assert "nothing was" not in str(error)


def test_the_address_that_was_checked_is_the_one_connected_to(tmp_path: Path, clip: Path) -> None:
    asked: list[httpx.Request] = []
    looks: list[str] = []

    def look_up(host: str, port: int, **_: object) -> list[tuple[int, int, int, str, tuple[str, int]]]:
        looks.append(host)  # a second look would find this machine
        numbers = ("2606:4700::1111", "8.8.8.8") if len(looks) == 1 else ("127.0.0.1",)
        return [(0, 0, 0, "", (number, port)) for number in numbers]

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        if len(asked) == 1:
            raise httpx.ConnectError("no way there", request=request)
        return httpx.Response(200, stream=httpx.ByteStream(clip.read_bytes()))

    download = Download(look_up=look_up, transport=httpx.MockTransport(answer))
    download.clip("https://media.example:8443/a.mp4?x=1", tmp_path / "a.mp4", Whose("s01"), seconds=2.0)
    assert looks == ["media.example"]
    assert [str(each.url) for each in asked] == [
        "https://[2606:4700::1111]:8443/a.mp4?x=1",
        "https://8.8.8.8:8443/a.mp4?x=1",
    ]
    assert {each.headers["Host"] for each in asked} == {"media.example:8443"}
    assert {each.extensions["sni_hostname"] for each in asked} == {"media.example"}


def test_a_host_with_one_address_inside_is_not_asked(tmp_path: Path) -> None:
    def look_up(*_: object, **__: object) -> list[tuple[int, int, int, str, tuple[str, int]]]:
        return [(0, 0, 0, "", (number, 443)) for number in ("8.8.8.8", "10.0.0.1")]

    assert "10.0.0.1" in str(refused(Download(look_up=look_up), "https://media.example/a.mp4", tmp_path))
