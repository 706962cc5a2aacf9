"""An episode as a paid mode builds its requests from, on a stage of its own, and what a test buys of it.

Show, files, library and ledger are real; nobody is asked and nothing is sent: what is bought, the ledger is told.
"""

import shutil
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

import numpy as np

from ninja_assets.cells.record.records import Records
from ninja_assets.cells.work import SegmentWork
from resources.content.show import Show
from resources.core.library import Library
from resources.core.names import LISTENER_CLIPS, TTS_AUDIO, CellKey, Mode
from resources.core.settings import Settings
from resources.core.values import Media
from resources.media.audio.voice_track import wav_bytes
from resources.media.timebase import RATE
from resources.models.loading import load_script, load_show
from resources.models.prices.billing import reported_usd
from resources.purchasing.books import open_context, open_ledger
from resources.purchasing.ledger import Claim, Ledger
from resources.purchasing.requests.request import Request
from resources.purchasing.requests.segment_kinds import requests_of
from resources.purchasing.requests.segment_requests import RequestContext, SegmentRequests
from resources.purchasing.state.place import sqlite_file
from resources.purchasing.state.state import ShowState
from resources.studio import Studio
from tests.empty_ledger import empty_ledger
from tests.stage import PAID_SHOW, Stage, paid_show

_NOBODY = cast("Any", None)  # a studio's providers: nobody is asked


@dataclass(frozen=True)
class PaidEpisode:
    """An episode that is open in a paid mode."""

    stage: Stage
    settings: Settings
    show: Show
    library: Library
    ledger: Ledger
    context: RequestContext

    def requests(self, segment: str) -> SegmentRequests:
        """What a segment asks for."""
        content = self.context.script.segment(segment)
        assert content is not None
        return requests_of(self.context, content)

    def send(self, request: Request) -> Claim:
        """Have it sent, and its answer never come."""
        return self.ledger.sending(self.ledger.claim(request.purchase))

    def buy(self, request: Request, media: Media, *, seconds: float | None = None) -> None:
        """Have it bought, with that file."""
        claim = self.ledger.submitted(self.send(request), f"request-{request.purchase.key[:12]}")
        self.ledger.collected(claim, media=media, billed=reported_usd(0.01), seconds=seconds)

    def say(self, segment: str, seconds: float = 2.0, *, sound: Media | None = None) -> None:
        """Have a segment's line bought: a tone of so many seconds, if no other sound."""
        [request] = self.requests(segment).requests(TTS_AUDIO) or ()
        self.buy(request, sound or self.tone(seconds))

    def tone(self, seconds: float) -> Media:
        """A sound of that length, which dies away at its end as words do."""
        times = np.arange(round(seconds * RATE)) / RATE
        dying = np.minimum(1, (seconds - times) / 0.08)
        return self.library.put_bytes(wav_bytes((0.1 * dying * np.sin(2000 * times)).astype(np.float32)), ".wav")

    def work(self, asset: str, segment: str, *, retake: Collection[str] = (), of: Collection[str] = ()) -> SegmentWork:
        """A cell as a run is handed it, whose launch asks for a retake of these segments and parts."""
        content = self.context.script.segment(segment)
        assert content is not None
        state = ShowState.of(self.ledger)
        studio = Studio(
            mode=self.settings.mode,
            settings=self.settings,
            show=self.show,
            library=self.library,
            state=state,
            voice=_NOBODY,
            uploads=_NOBODY,
            clips=_NOBODY,
            shots=_NOBODY,
            workers=1,
            cores=1,
            market=self.context.market,
            retake=frozenset(retake),
            retake_of=frozenset(of),
        )
        records = Records(state, self.settings.output, self.settings.mode)
        key = CellKey(self.context.script.episode, segment)
        return SegmentWork(asset, key, self.context.script, content, studio, records, "run-1")


@contextmanager
def paid_episode(root: Path, text: str, *, mode: Mode = Mode.DRAFT, show: str = PAID_SHOW) -> Iterator[PaidEpisode]:
    """Open the episode `demo` of these lines."""
    stage = paid_show(root)
    shutil.copytree(portraits(), stage.settings().library)
    stage.write_show(show)
    stage.write_episode(text=text)
    with opened_on(stage, mode) as opened:
        yield opened


@cache
def _folder() -> TemporaryDirectory[str]:
    return TemporaryDirectory()


@cache
def portraits() -> Path:
    """A library in which the pictures of `paid_show` were prepared for a short episode: once in a process."""
    stage = paid_show(Path(_folder().name))
    with opened_on(stage) as opened:
        opened.requests("s01").expected(LISTENER_CLIPS)
        opened.requests("s02").expected(LISTENER_CLIPS)
    return Path(stage.settings().library)


@contextmanager
def opened_on(stage: Stage, mode: Mode = Mode.DRAFT) -> Iterator[PaidEpisode]:
    """Open the episode `demo` of a stage as it is now."""
    settings = stage.settings(mode)
    file = sqlite_file(settings.ledger_url)
    assert file is not None
    empty_ledger(file)
    loaded = load_show(settings.show)
    library = Library.of(settings)
    with open_ledger(settings, loaded) as ledger:
        script = load_script(settings.show, loaded, "demo")
        context = open_context(settings, loaded, script, library, ledger)
        yield PaidEpisode(stage, settings, loaded, library, ledger, context)
