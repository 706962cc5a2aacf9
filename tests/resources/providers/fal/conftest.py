"""A studio of fal.ai against the loopback server: the real client, ledger and library, with short times."""

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import fal_client.client as sdk
import pytest
from PIL import Image

from resources.content.orders import ListenerOrder, SpeakerOrder
from resources.content.show import Caps, Character, ElevenLabsVoice, ListenerPlan, Listening, ModeModels, Voices
from resources.core.library import Library
from resources.core.names import Mode
from resources.core.values import Cell, Media
from resources.media.audio.voice_track import silent_tone
from resources.models.prices import PriceList
from resources.providers.fal import client as client_module
from resources.providers.fal.client import FalClient
from resources.providers.fal.clip_studio import FalClipStudio
from resources.providers.fal.download import Download
from resources.providers.fal.pricing import PriceWatch
from resources.providers.fal.queue import FalQueue, Times
from resources.providers.fal.uploads import FalUploads
from resources.purchasing.ledger import Ledger
from resources.purchasing.requests.clip_requests import FalOrders
from resources.purchasing.requests.portraits import Portraits
from tests.providers.client import Providers
from tests.providers.fixture import providers

__all__ = ["providers"]

STANDARD = "fal-ai/kling-video/ai-avatar/v2/standard"
PRO = "fal-ai/kling-video/ai-avatar/v2/pro"
LISTENER = "fal-ai/kling-video/v2.5-turbo/standard/image-to-video"
CAPS = Caps(segment_usd=20, episode_usd=100, day_usd=1000)
FAST = Times(poll=0.03, deadline=20, wait=0.02, retry=0.02, look_up=2.0)


def cell(segment: str = "s01") -> Cell:
    return Cell(episode="2026-11-20", segment=segment, mode=Mode.DRAFT)


@pytest.fixture(autouse=True)
def unpointed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test has a server of its own: the process forgets which one it talks to, and its addresses come back."""
    monkeypatch.setattr(client_module, "_pointed_at", [])
    for name in client_module._SWITCHES:
        monkeypatch.setattr(sdk, name, getattr(sdk, name))


@dataclass
class Bench:
    """Everything between a test and the server."""

    providers: Providers
    folder: Path
    client: FalClient
    ledger: Ledger
    library: Library
    show: Path
    uploads: FalUploads
    queue: FalQueue
    studio: FalClipStudio
    watch: PriceWatch

    def character(self, **changes: object) -> Character:
        listening = Listening(moods={"amused": "Smiling broadly."})
        voices = Voices(elevenlabs=ElevenLabsVoice(voice_id="voiceNinja01"))
        given = {"name": "Ninja", "image": Path("characters/ninja.png"), "listening": listening, "voice": voices}
        return Character.model_validate({**given, **changes})

    def speaker(self, segment: str = "s01", seconds: float = 2.4, take: int = 1, **changes: object) -> SpeakerOrder:
        character = self.character()
        tone = silent_tone(self.library, seconds)
        order = SpeakerOrder(
            cell=cell(segment),
            label="NINJA",
            character=character,
            track=tone,
            audio=self.uploads.upload(tone),
            image=self.uploads.portrait(character, angle=None, width=540, height=540, cell=cell(segment)),
            seconds=seconds,
            words=(),
            width=540,
            height=540,
            take=take,
        )
        return order.model_copy(update=changes)

    def listener(self, segment: str = "s01", seconds: float = 6.0, take: int = 1, **changes: object) -> ListenerOrder:
        character = self.character()
        order = ListenerOrder(
            cell=cell(segment),
            label="NINJA",
            character=character,
            image=self.uploads.portrait(character, angle=None, width=540, height=540, cell=cell(segment)),
            seconds=seconds,
            width=540,
            height=540,
            mood=None,
            take=take,
        )
        return order.model_copy(update=changes)

    def bought(self) -> int:
        return len(self.providers.report().of("fal"))


def picture(width: int = 640, height: int = 640, mode: str = "RGB", form: str = "PNG") -> bytes:
    file = io.BytesIO()
    Image.new(mode, (width, height), 90 if mode == "L" else (90, 120, 160, 128)[: len(mode)]).save(file, form)
    return file.getvalue()


def models(*plans: ListenerPlan, listener: str = LISTENER) -> ModeModels:
    return ModeModels(
        speaker=STANDARD, listener=listener, listener_plans=plans or (ListenerPlan.LIBRARY, ListenerPlan.LOOP)
    )


MakeBench = Callable[..., Bench]


@pytest.fixture
def make_bench(providers: Providers, tmp_path: Path) -> Iterator[MakeBench]:
    """Benches over one ledger and one library: a second one is what the next process would be."""
    ledgers: list[Ledger] = []

    def make(
        *,
        times: Times = FAST,
        mode_models: ModeModels | None = None,
        key: str | None = None,
        answer_seconds: float = 5.0,
        caps: Caps = CAPS,
        download: Download | None = None,
    ) -> Bench:
        show = tmp_path / "show"
        (show / "characters").mkdir(parents=True, exist_ok=True)
        if not (show / "characters/ninja.png").exists():
            (show / "characters/ninja.png").write_bytes(picture())
        client = FalClient.open(key or providers.fal_key, providers.base_url, answer_seconds=answer_seconds)
        ledger = Ledger(f"sqlite:///{tmp_path}/ledger.db", caps=caps)
        ledgers.append(ledger)
        library = Library(tmp_path / "library")
        uploads = FalUploads(client, ledger, library, Portraits(library, show))
        fetch = download or Download(client.base_url, pause=0.02, secrets=client.secrets)
        overlay = tmp_path / "prices.json"
        prices = PriceList.load(overlay)
        watch = PriceWatch(client, prices, overlay, library)
        queue = FalQueue(client, ledger, library, uploads, times=times, download=fetch, watch=watch)
        studio = FalClipStudio(queue, FalOrders(ledger, library, prices, mode_models or models()))
        return Bench(providers, tmp_path, client, ledger, library, show, uploads, queue, studio, watch)

    yield make
    for ledger in ledgers:
        ledger.close()


@pytest.fixture
def bench(make_bench: MakeBench) -> Bench:
    return make_bench()


def upload_of(bench: Bench, content: bytes, suffix: str) -> Media:
    return bench.library.put_bytes(content, suffix)
