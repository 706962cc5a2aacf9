"""The studio of a run: the show's content, the library, and behind each seam what the mode chose.

`StudioResource` is what Dagster configures (and the launchpad overrides: mode, retake); `Studio` is what it opens for a
run. A mode is a choice made here and nowhere else: assets never ask which one it is.
"""

import os
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import dagster as dg
from pydantic import Field, PrivateAttr

from resources.library import Library
from resources.offline.cast import OfflineClipStudio
from resources.offline.uploads import OfflineUploads
from resources.offline.voice import OfflineVoiceStudio
from resources.seams import ClipStudio, UploadDesk, VoiceStudio
from resources.settings import Settings, parse_mode
from resources.show.loader import load_show
from resources.show.model import Show
from resources.show.naming import Mode


@dataclass(frozen=True)
class Studio:
    """Everything that a run is made with. `workers` is how many cells are worked on at a time."""

    mode: Mode
    settings: Settings
    show: Show
    library: Library
    voice: VoiceStudio
    uploads: UploadDesk
    clips: ClipStudio
    workers: int
    retake: frozenset[str] = frozenset()
    retake_of: frozenset[str] = frozenset()
    on_stop: tuple[Callable[[], None], ...] = field(default=(), repr=False)

    def stop(self) -> None:
        """Tell everything that waits for a provider to stop waiting. Nothing that is paid is cancelled."""
        for callback in self.on_stop:
            callback()


class PlacesResource(dg.ConfigurableResource["PlacesResource"]):
    """Where the show, its output, its library and its ledger are."""

    show: str = Field(description="the folder of show.yaml and the episodes")
    output: str = Field(description="the folder that a person opens")
    library: str = Field(description="where media live once, by content: a folder or an fsspec URL")
    ledger_url: str = Field(description="the SQLAlchemy URL of the ledger of paid requests")

    @classmethod
    def of(cls, settings: Settings) -> "PlacesResource":
        """The places of the environment."""
        return cls(
            show=str(settings.show),
            output=str(settings.output),
            library=settings.library,
            ledger_url=settings.ledger_url,
        )

    def settings(self, mode: Mode) -> Settings:
        """The places as settings of a run in that mode."""
        return Settings(Path(self.show), Path(self.output), self.library, self.ledger_url, mode)


class StudioResource(dg.ConfigurableResource["StudioResource"]):
    """The mode of a run, and what it makes anew. In the launchpad: `resources: {studio: {config: {mode: draft}}}`."""

    mode: str = Field(Mode.REHEARSAL.value, description="rehearsal (offline, $0), draft or final")
    retake: list[str] = Field([], description="segments to make anew, such as [s03]: in paid modes this pays again")
    retake_of: list[str] = Field(
        ["voice", "speaker", "listener"], description="what of them to make anew: voice, speaker, listener"
    )
    places: PlacesResource

    _studio: Studio | None = PrivateAttr(default=None)
    _lock: threading.Lock = PrivateAttr(default_factory=threading.Lock)

    def open(self) -> Studio:
        """The studio of this run, opened once. Raises ContentError for a mode or a show that cannot be used."""
        with self._lock:
            if self._studio is None:
                self._studio = self._open()
            return self._studio

    def _open(self) -> Studio:
        mode = parse_mode(self.mode, where="the launch's config, resources.studio.config.mode")
        settings = self.places.settings(mode)
        library = Library(settings.library)
        return Studio(
            mode=mode,
            settings=settings,
            show=load_show(settings.show),
            library=library,
            voice=OfflineVoiceStudio(library),
            uploads=OfflineUploads(library, settings.show),
            clips=OfflineClipStudio(library, settings.show),
            workers=os.cpu_count() or 2,
            retake=frozenset(self.retake),
            retake_of=frozenset(self.retake_of),
        )
