"""Files are uploaded once each, with an end, and again only when their address is no good any more."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from resources.content.settings.characters import Character
from resources.core.errors import Charge, ContentError, StudioError
from resources.core.values import Media
from resources.media.audio.voice_track import wav_bytes
from resources.models.portraits import Portraits
from resources.providers.fal.uploads import FalUploads
from tests.resources.providers.fal.conftest import Bench, cell, picture


def count(bench: Bench) -> int:
    return bench.providers.report().requests.get("fal.upload", 0)


def file(bench: Bench, content: bytes = b"abc", suffix: str = ".mp3") -> Media:
    return bench.library.put_bytes(content, suffix)


def test_a_file_is_uploaded_once_with_an_end(bench: Bench) -> None:
    media = file(bench)
    upload = bench.uploads.upload(media, cell=cell())
    assert bench.uploads.upload(media, cell=cell("s02")) == upload
    assert count(bench) == 1
    assert upload.expires_at is not None
    assert upload.expires_at - datetime.now(UTC) == pytest.approx(timedelta(days=7), abs=timedelta(minutes=1))
    bench.providers.advance(8 * 86_400)
    gone = bench.client.platform.get(upload.url)
    assert gone.status_code == 404


def test_threads_that_want_one_file_upload_it_once(bench: Bench) -> None:
    media = file(bench)
    with ThreadPoolExecutor(8) as pool:
        urls = {upload.url for upload in pool.map(lambda _: bench.uploads.upload(media), range(8))}
    assert (len(urls), count(bench)) == (1, 1)


def test_an_address_near_its_end_is_not_given_out(bench: Bench) -> None:
    short = FalUploads(
        bench.client, bench.ledger, bench.library, Portraits(bench.library, bench.show), lifetime_seconds=3600
    )
    media = file(bench)
    assert short.upload(media).url != short.upload(media).url


def test_a_forgotten_address_is_not_given_out(bench: Bench) -> None:
    media = file(bench)
    first = bench.uploads.upload(media)
    bench.uploads.forget(media)
    assert bench.uploads.upload(media).url != first.url


@pytest.mark.parametrize(
    "fault", [{"act": "drop"}, {"act": "reply", "status": 503, "body": "nginx"}, {"act": "reply", "status": 429}]
)
def test_an_upload_that_fails_is_tried_again(
    bench: Bench, fault: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("resources.providers.fal.uploads._PAUSE_SECONDS", 0.01)
    bench.providers.fault("fal.upload", times=2, **fault)  # type: ignore[arg-type]
    bench.providers.fault("fal.token", "drop")
    assert bench.uploads.upload(file(bench)).url.startswith(bench.providers.base_url)


def test_an_upload_that_never_works_costs_nothing(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("resources.providers.fal.uploads._PAUSE_SECONDS", 0.01)
    bench.providers.fault("fal.upload", "reply", status=500, body="{}", times=None)
    with pytest.raises(StudioError) as caught:
        bench.uploads.upload(file(bench))
    assert (caught.value.retryable, caught.value.charge) == (True, Charge.NONE)


def test_the_older_storage_is_never_tried_since_it_is_sent_the_key(bench: Bench) -> None:
    bench.providers.fault("fal.upload", "reply", status=400, body='{"detail": "no"}', times=None)
    with pytest.raises(StudioError):
        bench.uploads.upload(file(bench))
    assert "storage/upload/initiate" not in str(bench.providers.report().requests)


def test_a_voice_is_uploaded_as_an_mp3(bench: Bench) -> None:
    tone = (np.sin(np.arange(3 * 48_000) / 20) * 0.3).astype(np.float32)
    track = file(bench, wav_bytes(tone), ".wav")
    upload = bench.uploads.voice(track, cell=cell())
    assert upload.media.suffix == ".mp3"


def test_a_portrait_is_the_prepared_picture_of_the_angle(bench: Bench) -> None:
    (bench.show / "characters/wide.png").write_bytes(picture(1600, 1000))
    character = bench.character(angles={"wide": Path("characters/wide.png")})
    front = bench.uploads.portrait(character, angle=None, width=1080, height=960, cell=cell())
    wide = bench.uploads.portrait(character, angle="wide", width=1080, height=960, cell=cell())
    assert front is not None
    assert wide is not None
    with Image.open(bench.library.path(wide.media)) as image:
        assert image.size == (1125, 1000)
    assert front.media != wide.media


def test_a_missing_picture_and_a_puppet_without_one_are_refused(bench: Bench) -> None:
    missing = bench.character(image=Path("characters/nobody.png"))
    puppet = Character(name="Glitch", puppet="glitch")
    for character, words in [(missing, "is missing"), (puppet, "has no picture")]:
        with pytest.raises(ContentError, match=words):
            bench.uploads.portrait(character, angle=None, width=540, height=540, cell=cell())


def test_a_puppet_can_be_drawn_for_the_models(bench: Bench) -> None:
    drawn = bench.library.put_bytes(picture(), ".png")
    uploads = FalUploads(
        bench.client, bench.ledger, bench.library, Portraits(bench.library, bench.show, lambda *_: drawn)
    )
    puppet = Character(name="Glitch", puppet="glitch")
    assert uploads.portrait(puppet, angle=None, width=540, height=540, cell=cell()) is not None


def test_after_a_stop_nothing_is_uploaded(bench: Bench) -> None:
    bench.queue.stop()
    with pytest.raises(StudioError, match="stopped"):
        bench.uploads.upload(bench.library.put_bytes(b"a picture", ".png"))
    assert "fal.upload" not in bench.providers.report().requests


@pytest.mark.parametrize("body", ["[]", "7", '{"access_url": null}', '{"access_url": 5}', '{"access_url": ""}'])
def test_an_answer_that_names_no_address_is_asked_for_again(bench: Bench, body: str) -> None:
    bench.providers.fault("fal.upload", "reply", status=200, body=body)
    assert bench.uploads.upload(bench.library.put_bytes(b"a file", ".png")).url.startswith(bench.providers.base_url)
