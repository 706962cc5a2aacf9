"""A studio of fal.ai against the loopback server: the real client, ledger and library, with short times."""

import io
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import fal_client.client as sdk
import numpy as np
import pytest
from PIL import Image

from resources.content.settings.characters import Character, ElevenLabsVoice, Listening, Voices
from resources.content.show import Caps, ListenerPlan, ModeModels
from resources.core.library import Library
from resources.core.names import Mode
from resources.core.values import Cell, Media
from resources.media.audio.voice_track import upload_copy, wav_bytes
from resources.media.timebase import RATE
from resources.models.portraits import Portraits
from resources.models.prices import PriceList
from resources.models.prompts.book import shipped
from resources.providers.fal.clip_studio import FalClipStudio
from resources.providers.fal.pricing import PriceWatch
from resources.providers.fal.queue import FalQueue, Times
from resources.providers.fal.uploads import FalUploads
from resources.providers.fal.wire import client as client_module
from resources.providers.fal.wire.client import FalClient
from resources.providers.fal.wire.download import Download
from resources.providers.fal.wire.webhooks import FalWebhooks
from resources.purchasing.ledger import Ledger, State
from resources.purchasing.ledger.arrivals import Hooks
from resources.purchasing.requests.briefs import ListenerBrief, SpeakerBrief
from resources.purchasing.requests.clip_requests import listener_requests, speaker_requests
from resources.purchasing.requests.market import Market
from resources.purchasing.state.state import ShowState
from resources.purchasing.taken_prices import TakenPrices
from tests.empty_ledger import empty_ledger
from tests.providers.client import Providers
from tests.providers.fixture import providers

__all__ = ["providers"]

STANDARD = "fal-ai/kling-video/ai-avatar/v2/standard"
PRO = "fal-ai/kling-video/ai-avatar/v2/pro"
LISTENER = "fal-ai/kling-video/v2.5-turbo/standard/image-to-video"
USUAL = 2.4  # of the voice, where a test says nothing of it
CAPS = Caps(segment_usd=20, episode_usd=100, day_usd=1000)
FAST = Times(poll=0.03, deadline=20, wait=0.02, retry=0.02, start=30.0, work=30.0, look=0.05)


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
    market: Market
    uploads: FalUploads
    queue: FalQueue
    studio: FalClipStudio
    watch: PriceWatch

    @property
    def states(self) -> list[State]:
        """How far each purchase has come, oldest first."""
        return [entry.state for entry in self.ledger.rows()]

    def taken(self) -> PriceList:
        """The price list with what was taken from the platform."""
        return PriceList.load(taken=TakenPrices(ShowState.of(self.ledger)).sheet())

    def character(self, **changes: object) -> Character:
        listening = Listening(moods={"amused": "Smiling broadly."})
        voices = Voices(elevenlabs=ElevenLabsVoice(voice_id="voiceNinja01"))
        given = {"name": "Ninja", "image": Path("characters/ninja.png"), "listening": listening, "voice": voices}
        return Character.model_validate({**given, **changes})

    def speaker(self, segment: str = "s01", seconds: float = USUAL, take: int = 1, **changes: Any) -> SpeakerBrief:
        character = self.character()
        brief = SpeakerBrief(
            cell=cell(segment),
            label="NINJA",
            character=character,
            track=self.hum(seconds),
            image=self.portrait(character),
            seconds=seconds,
            words=(),
            width=540,
            height=540,
            take=take,
        )
        brief = replace(brief, **changes)
        return replace(brief, requests=speaker_requests(self.market, brief))

    def listener(self, segment: str = "s01", seconds: float = 6.0, take: int = 1, **changes: Any) -> ListenerBrief:
        character = self.character()
        brief = ListenerBrief(
            cell=cell(segment),
            label="NINJA",
            character=character,
            image=self.portrait(character),
            seconds=seconds,
            width=540,
            height=540,
            mood=None,
            take=take,
        )
        brief = replace(brief, **changes)
        return replace(brief, requests=listener_requests(self.market, brief))

    def hum(self, seconds: float) -> Media:
        """A track of that length: a faint tone."""
        return hum(self.library, seconds)

    def portrait(self, character: Character) -> Media:
        return self.market.portraits.of(character, angle=None, width=540, height=540)

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


@cache
def _held() -> TemporaryDirectory[str]:
    return TemporaryDirectory()


@cache
def _prepared() -> Path:
    """A library in which the picture, and a voice as long as most, were prepared for a model: once in a process."""
    root = Path(_held().name)
    (root / "ninja.png").write_bytes(picture())
    library = Library(root / "library")
    character = Character.model_validate({"name": "Ninja", "image": "ninja.png"})
    Portraits(library, root).of(character, angle=None, width=540, height=540)
    upload_copy(library, hum(library, USUAL))
    return root / "library"


def hum(library: Library, seconds: float) -> Media:
    """A track of that length: a faint tone."""
    times = np.arange(round(seconds * RATE)) / RATE
    return library.put_bytes(wav_bytes((0.01 * np.sin(400 * times)).astype(np.float32)), ".wav")


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
        webhook_url: str | None = None,
    ) -> Bench:
        show = tmp_path / "show"
        (show / "characters").mkdir(parents=True, exist_ok=True)
        if not (show / "characters/ninja.png").exists():
            (show / "characters/ninja.png").write_bytes(picture())
        client = FalClient.open(key or providers.fal_key, providers.base_url, answer_seconds=answer_seconds)
        ledger = Ledger(empty_ledger(tmp_path / "ledger.db"), caps=caps)
        ledgers.append(ledger)
        if not (tmp_path / "library").exists():
            shutil.copytree(_prepared(), tmp_path / "library")
        library = Library(tmp_path / "library")
        portraits = Portraits(library, show)
        prices = TakenPrices(ShowState.of(ledger))
        market = Market(
            ledger, library, PriceList.load(taken=prices.sheet()), mode_models or models(), shipped(), portraits
        )
        uploads = FalUploads(client, ledger, library, portraits)
        fetch = download or Download(client.base_url, pause=0.02, secrets=client.secrets)
        watch = PriceWatch(client, market.prices, prices.keep, library)
        webhooks = FalWebhooks(webhook_url, Hooks(ledger.store)) if webhook_url else None
        queue = FalQueue(client, ledger, library, uploads, times=times, download=fetch, watch=watch, webhooks=webhooks)
        studio = FalClipStudio(queue, library)
        return Bench(providers, tmp_path, client, ledger, library, show, market, uploads, queue, studio, watch)

    yield make
    for ledger in ledgers:
        ledger.close()


@pytest.fixture
def bench(make_bench: MakeBench) -> Bench:
    return make_bench()
