"""Every endpoint of the catalogue, asked through the real client for all that its schema has, and at its limits.

The server has schemas of its own and refuses what they do not have: two readings of fal's documents are compared.
"""

import hashlib
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_args

import pytest
from fal_client.client import Completed

from resources.core.errors import ContentError
from resources.media import ffmpeg
from resources.models import catalogue
from resources.models.catalogue import Endpoint, MediaFacts
from resources.models.endpoints import ids
from resources.providers.fal.wire.client import FalClient
from tests.providers.cdn import File
from tests.providers.client import Providers
from tests.providers.schemas import ENDPOINTS, Field, Kind
from tests.providers.server import ProviderServer
from tests.providers.validate import check
from tests.resources.providers.fal.conftest import picture

ALL = [endpoint.id for endpoint in catalogue.all()]
PICTURES = ("image_url", "start_image_url", "end_image_url", "tail_image_url", "mask_url", "pdf_url")
SOUNDS = ("audio_url", "voice_url")
# Upper bounds that the server of the tests sets and fal's types do not tell: the catalogue claims none of them.
UNDOCUMENTED = {
    ids.AURORA: {"guidance_scale", "audio_guidance_scale"},
    ids.I2V_V3_STANDARD: {"elements"},
    ids.I2V_V3_PRO: {"elements"},
    ids.I2V_V3_4K: {"elements"},
    ids.R2V_O3_PRO: {"elements", "image_urls"},
    ids.R2V_O3_4K: {"elements", "image_urls"},
    ids.NANO_PRO: {"prompt"},
    ids.NANO_PRO_EDIT: {"prompt", "image_urls"},
    ids.NANO_2: {"prompt"},
    ids.NANO_2_EDIT: {"prompt", "image_urls"},
}


@pytest.fixture(scope="module")
def providers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Providers]:
    """One server for all tests of this module: its pictures are tiny."""
    server = ProviderServer(tmp_path_factory.mktemp("catalogue")).start()
    client = Providers(server.base_url)
    client.settings(video_height=64)
    yield client
    client.close()
    server.close()


@dataclass
class Shelf:
    """Real files under made-up addresses, for judging a request without sending it."""

    folder: Path
    files: dict[str, File] = field(default_factory=dict)

    def put(self, name: str, content: bytes) -> str:
        address = f"https://shelf.test/{name}"
        path = self.folder / name
        path.write_bytes(content)
        self.files[address] = File(path, hashlib.sha256(content).hexdigest(), "application/octet-stream", None)
        return address

    def picture(self, width: int = 320, height: int = 320) -> str:
        return self.put(f"{width}x{height}.png", picture(width, height))

    def sound(self, seconds: float) -> str:
        source = f"sine=frequency=300:sample_rate=16000:duration={seconds}"
        content = ffmpeg.run(["-f", "lavfi", "-i", source, "-c:a", "pcm_s16le", "-f", "wav", "-"])
        return self.put(f"{seconds}.wav", content)

    def video(self, seconds: float) -> str:
        path = self.folder / f"made-{seconds}.mp4"
        source = f"color=gray:size=64x64:rate=20:duration={seconds}"
        ffmpeg.run(["-f", "lavfi", "-i", source, "-c:v", "libx264", "-preset", "ultrafast", str(path)])
        return self.put(f"{seconds}.mp4", path.read_bytes())

    def refused(self, endpoint: str, arguments: dict[str, Any]) -> set[str]:
        """The settings for which the provider refuses a request; none if it takes it."""
        order = check(ENDPOINTS[endpoint], arguments, self.files.get)
        return {str(problem["loc"][-1]) for problem in order.problems}


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    return Shelf(tmp_path_factory.mktemp("shelf"))


@pytest.fixture(scope="module")
def files(shelf: Shelf) -> dict[str, str]:
    """Addresses of a picture, a sound and a video that every endpoint takes."""
    return {"picture": shelf.picture(), "sound": shelf.sound(6.0), "video": shelf.video(5.0)}


def everything(endpoint: Endpoint, files: dict[str, str], end: int) -> dict[str, Any]:
    """All settings of an endpoint that go together: each at its least (`end` 0) or at its most (-1)."""
    given = {
        name: _value(name, field.annotation, field.metadata, files, end)
        for name, field in endpoint.arguments.model_fields.items()
    }
    given |= {"prompt": ("p", "p" * 2500)[end]} if "prompt" in given else {}
    if "elements" in given:
        element = {"frontal_image_url": files["picture"], "reference_image_urls": [files["picture"]]}
        pictures_only = endpoint.kind in (catalogue.Kind.VIDEO_EDIT, catalogue.Kind.MOTION_CONTROL)
        given["elements"] = [element if pictures_only else {**element, "voice_id": "v"}]
        if given.get("character_orientation") == "image":
            given["elements"] = None
    if "multi_prompt" in given:
        shots = [{"prompt": "p" * 2500, "duration": "5"}] * 3  # 15 s, the longest
        given |= {"multi_prompt": None} if end == 0 else {"multi_prompt": shots, "prompt": None}
    if "voice_ids" in given:
        given["voice_ids"] = None if end == 0 else ["one", "two"]
    if "num_images" in given and end == -1:
        given["num_images"] = 1  # four of the largest take long to draw; the other end has four of the smallest
    elif "num_images" in given:
        given["num_images"] = 4
    return {name: value for name, value in given.items() if value is not None}


def _value(name: str, kind: Any, bounds: list[Any], files: dict[str, str], end: int) -> Any:
    named: dict[str, Any] = {**dict.fromkeys(PICTURES, files["picture"]), **dict.fromkeys(SOUNDS, files["sound"])}
    named |= {"video_url": files["video"], "negative_prompt": ("", "n" * 2500)[end], "system_prompt": "s", "seed": 7}
    named |= {"expression": "happy"}
    if name == "image_urls":
        return [files["picture"]] * 2
    if name in named:
        return named[name]
    literals = (*get_args(kind), *(choice for inside in get_args(kind) for choice in get_args(inside)))
    choices = [choice for choice in literals if isinstance(choice, str)]
    if choices:
        return choices[end]
    found = {word: getattr(bound, word) for bound in bounds for word in ("ge", "le") if hasattr(bound, word)}
    number = found.get("ge") if end == 0 else found.get("le", 5)  # without an upper bound, the server's own
    return end == -1 if kind is bool else number


def outside(field: Field, given: Any) -> list[Any]:
    """Values just beyond what the server's schema allows."""
    beyond: list[Any] = []
    if field.choices:
        beyond.append("wobble")
    elif field.kind in (Kind.NUMBER, Kind.INTEGER):
        beyond += [] if field.least is None else [field.least - 1]
        beyond += [] if field.most is None else [field.most + 1]
    elif field.many and field.most is not None and isinstance(given, list):
        beyond.append(given[:1] * (int(field.most) + 1))
    elif field.kind is Kind.TEXT and field.most is not None and not field.many:
        beyond.append("p" * (int(field.most) + 1))
    elif field.kind is Kind.BOOL:
        beyond.append("perhaps")
    return beyond


def test_the_server_sells_every_endpoint_with_every_setting_of_the_catalogue() -> None:
    for endpoint in catalogue.all():
        assert set(endpoint.settings()) <= set(ENDPOINTS[endpoint.id].fields), endpoint.id


@pytest.mark.parametrize("name", ALL)
def test_everything_that_an_endpoint_can_be_asked_is_bought_through_the_real_client(
    providers: Providers, shelf: Shelf, files: dict[str, str], name: str
) -> None:
    client = FalClient.open(providers.fal_key, providers.base_url).sync
    kinds = {".png": "image/png", ".wav": "audio/wav", ".mp4": "video/mp4"}
    here = {
        kind: client.upload(shelf.files[url].path.read_bytes(), kinds[shelf.files[url].path.suffix], kind)
        for kind, url in files.items()
    }
    payload = catalogue.get(name).parse(everything(catalogue.get(name), here, -1)).payload()
    handle = client.submit(name, payload)
    deadline = time.monotonic() + 120
    while not isinstance(handle.status(), Completed):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert handle.get().keys() & {"video", "images", "voice_id"}
    bought = providers.report().of("fal")[-1]
    assert (bought.endpoint, bought.ended) == (name, "ok")
    assert bought.content.keys() == payload.keys()


@pytest.mark.parametrize("name", ALL)
def test_the_two_ends_are_taken_and_together_the_whole_schema(shelf: Shelf, files: dict[str, str], name: str) -> None:
    endpoint = catalogue.get(name)
    ends = [everything(endpoint, files, end) for end in (0, -1)]
    for asked in ends:
        assert shelf.refused(name, endpoint.parse(asked).payload()) == set()
    assert ends[0].keys() | ends[1].keys() == set(endpoint.settings())


@pytest.mark.parametrize("name", ALL)
def test_what_the_provider_refuses_is_refused_before_it_is_sent(shelf: Shelf, files: dict[str, str], name: str) -> None:
    endpoint = catalogue.get(name)
    good = everything(endpoint, files, 0)
    tried = [
        (setting, value)
        for setting, field in ENDPOINTS[name].fields.items()
        if setting in good and setting not in UNDOCUMENTED.get(name, ())
        for value in outside(field, good[setting])
    ]
    assert tried or name in (ids.CREATE_VOICE, ids.SYNC_3)
    for setting, value in tried:
        bad = good | {setting: value}
        assert setting in shelf.refused(name, bad), setting
        with pytest.raises(ContentError, match="cannot be asked this"):
            endpoint.parse(bad)


LENGTHS = [
    (ids.AVATAR_STANDARD, "audio_url", {}, (2.0, 60.0), (1.9, 60.2)),
    (ids.AVATAR_PRO, "audio_url", {}, (2.0, 60.0), (1.9, 60.2)),
    (ids.OMNIHUMAN, "audio_url", {"resolution": "1080p"}, (0.5, 29.9), (30.0,)),
    (ids.OMNIHUMAN, "audio_url", {"resolution": "720p"}, (30.0, 59.9), (60.0,)),
    (ids.AURORA, "audio_url", {}, (0.5, 60.0), (60.2,)),
    (ids.FABRIC, "audio_url", {"resolution": "480p"}, (0.5, 30.0), (30.2,)),
    (ids.LTX_25_FAST, "audio_url", {}, (2.0, 20.0), (1.9, 20.2)),
    (ids.CREATE_VOICE, "voice_url", {}, (5.0, 30.0), (4.9, 30.2)),
    (ids.MOTION_STANDARD, "video_url", {"character_orientation": "image"}, (2.0, 10.0), (1.9, 10.2)),
    (ids.MOTION_PRO, "video_url", {"character_orientation": "video"}, (2.0, 30.0), (1.9, 30.2)),
    (ids.MOTION_V3_STANDARD, "video_url", {"character_orientation": "image"}, (2.0, 10.0), (1.9, 10.2)),
    (ids.MOTION_V3_PRO, "video_url", {"character_orientation": "video"}, (2.0, 30.0), (1.9, 30.2)),
    (ids.EDIT_O1, "video_url", {"prompt": "p"}, (3.0, 10.0), (2.9, 10.2)),
]


@pytest.mark.parametrize(("name", "argument", "settings", "inside", "beyond"), LENGTHS)
def test_the_catalogue_and_the_provider_agree_on_how_long_a_file_may_be(
    shelf: Shelf,
    files: dict[str, str],
    name: str,
    argument: str,
    settings: dict[str, str],
    inside: tuple[float, ...],
    beyond: tuple[float, ...],
) -> None:
    endpoint = catalogue.get(name)
    portrait = {"image_url": files["picture"]} if "image_url" in endpoint.settings() else {}
    for seconds in (*inside, *beyond):
        address = shelf.sound(seconds) if argument in SOUNDS else shelf.video(seconds)
        arguments = endpoint.parse(portrait | settings | {argument: address})
        fits = seconds in inside
        assert shelf.refused(name, arguments.payload()) == (set() if fits else {argument})
        assert (not endpoint.problems(arguments, {argument: MediaFacts(seconds=seconds)})) is fits


def test_every_length_that_the_catalogue_limits_is_in_this_test() -> None:
    limited = {
        (endpoint.id, name)
        for endpoint in catalogue.all()
        for name, limit in endpoint.media.items()
        if limit.length() is not None
    }
    # The provider's types allow O3 edit 15 s and its page 10 s: the catalogue takes the narrower. Of these two avatars
    # nothing is told: the catalogue takes what the others do.
    narrower = {(ids.EDIT_O3_PRO, "video_url"), (ids.SYNC_3, "audio_url"), (ids.HEYGEN_4, "audio_url")}
    assert limited - narrower == {(name, argument) for name, argument, *_ in LENGTHS}


@pytest.mark.parametrize(
    ("width", "height", "fits"), [(300, 300, True), (299, 400, False), (750, 300, True), (760, 300, False)]
)
def test_the_catalogue_and_the_provider_agree_on_a_portrait(
    shelf: Shelf, files: dict[str, str], width: int, height: int, fits: bool
) -> None:
    endpoint = catalogue.get(ids.FABRIC)
    given = {"image_url": shelf.picture(width, height), "audio_url": files["sound"], "resolution": "480p"}
    arguments = endpoint.parse(given)
    assert shelf.refused(endpoint.id, arguments.payload()) == (set() if fits else {"image_url"})
    assert (not endpoint.problems(arguments, {"image_url": MediaFacts(width=width, height=height)})) is fits
