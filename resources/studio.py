"""The studio of a run: the show's content, the library, and behind each protocol what the mode chose.

`StudioResource` is what Dagster configures (and the launchpad overrides: mode, retake); `Studio` is what it opens for a
run. A mode is a choice made here and nowhere else: assets never ask which one it is.
"""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import dagster as dg
from pydantic import Field, PrivateAttr

from resources.content.segments import Script
from resources.content.show import Show
from resources.content.versions.version import keep, laid_out
from resources.core.copied_folders import origin_of
from resources.core.errors import ContentError
from resources.core.library import Library
from resources.core.names import Mode, segment_number
from resources.core.settings import CACHE_GB, OF_A_RUN, Settings, default_cache, parse_mode, without_slash
from resources.core.values import PERFORMANCE, Part
from resources.media.cores import usable
from resources.models.loading import files_of, load_script, load_show
from resources.providers.elevenlabs.resource import ElevenLabsResource
from resources.providers.fal.pricing import PriceWatch
from resources.providers.fal.resource import FalResource
from resources.providers.protocols import ClipStudio, ShotStudio, UploadDesk, VoiceStudio
from resources.purchasing.books import open_ledger, open_market, open_state
from resources.purchasing.requests.market import Market
from resources.purchasing.requests.segment_requests import RequestContext
from resources.purchasing.requests.takes import Takes, parse_parts
from resources.purchasing.state.state import ShowState
from resources.purchasing.taken_prices import TakenPrices

CONFIG = "the launch's config, resources.studio.config"


@dataclass(frozen=True)
class Studio:
    """Everything that a run is made with. `workers` is how many cells are worked on at a time."""

    mode: Mode
    settings: Settings
    show: Show
    library: Library
    state: ShowState
    voice: VoiceStudio
    uploads: UploadDesk
    clips: ClipStudio
    shots: ShotStudio
    workers: int
    cores: int  # how many ffmpeg processes run at a time
    market: Market | None = None  # where paid modes buy; None where nothing costs anything
    watch: PriceWatch | None = None  # the look at the day's prices before the first purchase
    opened_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    retake: frozenset[str] = frozenset()
    retake_of: frozenset[str] = frozenset()
    earlier: frozenset[str] = frozenset()  # root runs whose retakes are this run's, too: nothing is made anew twice
    on_stop: tuple[Callable[[], None], ...] = field(default=(), repr=False)
    on_close: tuple[Callable[[], None], ...] = field(default=(), repr=False)

    def context(self, script: Script, run: str = "") -> RequestContext:
        """An episode as its requests are built from in this mode, by the root run that asks."""
        takes = Takes(self.state, self.mode, run, earlier=self.earlier)
        return RequestContext(self.show, self.settings.show, script, self.mode, takes, self.market)

    @contextmanager
    def with_todays(self, episode: str) -> Iterator["Studio"]:
        """The studio with an episode's content as it is now, kept in the library: no edit from here on changes it.

        Raises ContentError for a mistake in what people wrote, MediaError where the library cannot take it.
        """
        folder = self.settings.show
        show = load_show(folder)
        version = keep(self.library, folder, files_of(folder, show, load_script(folder, show, episode)))
        with self.at(version) as studio:
            yield studio

    @contextmanager
    def at(self, version: str) -> Iterator["Studio"]:
        """The studio with a version of an episode's content. Raises ContentError, MediaError as `laid_out`."""
        own = self.settings.show
        with laid_out(self.library, version, origin_of(own) or str(own)) as folder:
            settings, show, market = self.settings.at(version, folder), load_show(folder), self.market
            if market is not None:
                market = open_market(settings, show, self.library, market.ledger, market.prices)
            yield replace(self, settings=settings, show=show, market=market)

    def stop(self) -> None:
        """Tell everything that waits for a provider to stop waiting. Nothing that is paid is cancelled."""
        for callback in self.on_stop:
            callback()

    def close(self) -> None:
        """End what the studio keeps open: waits, connections, the ledger and its heartbeat."""
        self.stop()
        for callback in self.on_close:
            callback()


class PlacesResource(dg.ConfigurableResource["PlacesResource"]):
    """Where the show, its output, its library and its ledger are."""

    show: str = Field(description="the folder of show.yaml and the episodes")
    output: str = Field(description="the folder that a person opens")
    library: str = Field(description="where media live once, by content: a folder or an fsspec URL")
    ledger_url: str = Field(description="the SQLAlchemy URL of the ledger of paid requests")
    cache: str = Field(default="", description="the local folder for files of a library elsewhere")
    cache_gb: float = Field(default=CACHE_GB, description="how much of them stays there, in GB")
    publish: str = Field(default="", description="where finished episodes are published: an fsspec URL")

    @classmethod
    def of(cls, settings: Settings) -> "PlacesResource":
        """The places of the environment.

        An address that stands in a variable is given by the variable's name: it may hold a password, and Dagster keeps
        and shows what a resource is given.
        """
        return cls(
            show=str(settings.show),
            output=str(settings.output),
            library=_by_name("NINJA_LIBRARY", settings.library),
            ledger_url=_by_name("NINJA_LEDGER_URL", settings.ledger_url),
            cache=str(settings.cache),
            cache_gb=settings.cache_gb,
            publish=_by_name("NINJA_PUBLISH", settings.publish),
        )

    def settings(self, mode: Mode) -> Settings:
        """The places as settings of a run in that mode."""
        return Settings(
            show=Path(self.show),
            output=Path(self.output),
            library=self.library.strip(),
            ledger_url=self.ledger_url.strip(),
            mode=mode,
            cache=Path(self.cache) if self.cache else default_cache(),
            cache_gb=self.cache_gb,
            publish=without_slash(self.publish.strip()),
        )


def _by_name(variable: str, value: str) -> str | dg.EnvVar:
    """A value by the name of the variable that it was read from: `PlacesResource.settings` reads it so again."""
    written = os.environ.get(variable, "").strip()
    return dg.EnvVar(variable) if value and value in (written, without_slash(written)) else value


class StudioResource(dg.ConfigurableResource["StudioResource"]):
    """The mode of a run, and what it makes anew. In the launchpad: `resources: {studio: {config: {mode: draft}}}`."""

    # What is left empty in the launchpad is None there: Dagster would refuse it in words of its own.
    mode: str | None = Field(default=Mode.REHEARSAL.value, description="rehearsal (offline, $0), draft or final")
    retake: list[str] | None = Field(
        default=[], description="segments to make anew, such as [s03]: in paid modes this pays again"
    )
    retake_of: list[str] | None = Field(
        default=[part.value for part in PERFORMANCE],
        description="what of them to make anew: voice, speaker, listener, shot",
    )
    places: PlacesResource
    fal: FalResource
    elevenlabs: ElevenLabsResource

    _studio: Studio | None = PrivateAttr(default=None)
    _lock: threading.Lock = PrivateAttr(default_factory=threading.Lock)

    def open(self) -> Studio:
        """The studio of this run, opened once. Raises ContentError for a mode or a show that cannot be used."""
        with self._lock:
            if self._studio is None:
                self._studio = self._open()
            return self._studio

    def teardown_after_execution(self, context: dg.InitResourceContext) -> None:  # noqa: ARG002  (Dagster's own form)
        """Close the studio when the run has ended, however it did: the database is one whole file then."""
        with self._lock:
            if self._studio is not None:
                self._studio.close()
                self._studio = None

    @property
    def _parts(self) -> list[str]:
        """What of them to make anew; where that is left empty, a performance."""
        return [part.value for part in PERFORMANCE] if self.retake_of is None else self.retake_of

    def _open(self) -> Studio:
        if self.mode is None:
            raise ContentError(
                "no mode is named: what it costs hangs on it",
                where=f"{CONFIG}.mode",
                hint=f"write one of {', '.join(Mode)}, or leave mode out",
            )
        mode, retake = parse_mode(self.mode, where=f"{CONFIG}.mode"), self.retake or []
        for segment in retake:
            segment_number(segment, where=f"{CONFIG}.retake")
        parts = parse_parts(self._parts, where=f"{CONFIG}.retake_of")
        if retake and not parts:
            raise ContentError(
                f"nothing of {', '.join(retake)} is to be made anew",
                where=f"{CONFIG}.retake_of",
                hint=f"name some of {', '.join(Part)}, or leave retake_of out: {', '.join(PERFORMANCE)}",
            )
        if not retake and set(parts) != set(PERFORMANCE):
            raise ContentError(
                "retake_of says what retake makes anew, and retake names no segment",
                where=f"{CONFIG}.retake_of",
                hint="add its segments, such as retake: [s03], or leave retake_of out",
            )
        settings = replace(self.places.settings(mode), patience=OF_A_RUN)
        show = load_show(settings.show)
        state, library = open_state(settings, show), Library.of(settings, durable=mode.paid)
        try:
            return (self._paid if mode.paid else self._offline)(settings, show, library, state)
        except BaseException:
            state.close()
            raise

    def _offline(self, settings: Settings, show: Show, library: Library, state: ShowState) -> Studio:
        # What draws and speaks on this machine: paid modes wait without it.
        from resources.providers.offline.cast import OfflineClipStudio  # noqa: PLC0415
        from resources.providers.offline.local_files import OfflineUploads  # noqa: PLC0415
        from resources.providers.offline.offline_voice import OfflineVoiceStudio  # noqa: PLC0415
        from resources.providers.offline.stand_ins import OfflineShotStudio  # noqa: PLC0415

        cores = usable()
        return Studio(
            mode=settings.mode,
            settings=settings,
            show=show,
            library=library,
            state=state,
            voice=OfflineVoiceStudio(library),
            uploads=OfflineUploads(library, settings.show),
            clips=OfflineClipStudio(library, settings.show, show.shrink(settings.mode)),
            shots=OfflineShotStudio(library),
            workers=cores,
            cores=cores,
            retake=frozenset(self.retake or []),
            retake_of=frozenset(self._parts),
            on_stop=(state.store.waiting.end, library.stop_waiting),
            on_close=(state.close,),
        )

    def _paid(self, settings: Settings, show: Show, library: Library, state: ShowState) -> Studio:
        ledger = open_ledger(settings, show, state)
        market = open_market(settings, show, library, ledger)
        zone, asked = ZoneInfo(show.schedule.timezone), ledger.now()

        def due(episode: str) -> float:
            """When an episode is due: now, or at the time of a day to come that it is named after."""
            return max(asked, show.schedule.due(episode) or asked).timestamp()

        fal = self.fal.open(
            ledger=ledger,
            library=library,
            portraits=market.portraits,
            prices=market.prices,
            keep_prices=TakenPrices(state).keep,
            today=lambda: datetime.now(zone).date(),
            due=due,
        )
        voice = self.elevenlabs.open(ledger=ledger, library=library, due=due, before_sending=fal.watch.before)
        return Studio(
            mode=settings.mode,
            settings=settings,
            show=show,
            library=library,
            state=state,
            voice=voice,
            uploads=fal.uploads,
            clips=fal.clips,
            shots=fal.shots,
            workers=2 * show.slots,  # speaker and listener of every turn, or a shot: the waiting is remote
            cores=usable(),
            market=market,
            opened_at=ledger.now(),
            watch=fal.watch,
            retake=frozenset(self.retake or []),
            retake_of=frozenset(self._parts),
            on_stop=(voice.stop, fal.queue.stop, state.store.waiting.end, library.stop_waiting),
            on_close=(fal.client.close, ledger.close, state.close),
        )
