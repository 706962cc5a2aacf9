"""A small show on its own stage: a folder of content, an output folder, a Dagster instance. For whole runs."""

import io
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from textwrap import dedent
from typing import Any

import dagster as dg
from PIL import Image

from ninja_assets.runs.produced import Production
from ninja_assets.runs.production import Approve, check_order, produce
from resources.core.names import COMPOSITES, EPISODE_ASSETS, Mode
from resources.core.settings import Settings
from tests.faces import drawn_face

SHOW = """\
    title: Test Show
    slots: 4
    owners: ["team:test"]
    characters:
      NINJA: {name: Ninja, puppet: ninja, color: "#22d3ee", voice: {offline: {variant: en-us+m3, effect: warm}}}
      GLITCH:
        name: Glitch
        puppet: glitch
        color: "#ff4fd8"
        angles: {close: characters/glitch-close.png}
        voice: {offline: {variant: en-us+f5, effect: bright}}
      GUEST: {name: Guest, image: characters/guest.png, color: "#ffd166"}
    cameras: {close: {angle: close}}
    caps: {segment_usd: 2, episode_usd: 10, day_usd: 20}
    look: {rehearsal_size: half}
    """

PAID_SHOW = """\
    title: Paid Show
    slots: 4
    owners: ["team:test"]
    characters:
      NINJA:
        name: Ninja
        image: characters/ninja.png
        voice: {elevenlabs: {voice_id: voiceNinja01}}
      GLITCH:
        name: Glitch
        image: characters/glitch.png
        voice: {elevenlabs: {voice_id: voiceGlitch02}}
        listening: {moods: {amused: Smirking., shocked: Staring.}}
    models:
      draft: {speaker: fal-ai/kling-video/ai-avatar/v2/standard}
      final: {speaker: fal-ai/kling-video/ai-avatar/v2/pro}
    caps: {segment_usd: 2, episode_usd: 10, day_usd: 20}
    """

EPISODE = """\
    ---
    title: "A test"
    ---
    NINJA: [excited] One two three, here we go.
    GLITCH: Four five six, I can count too.
    NINJA: Seven eight nine, that will do.
    """


BOUGHT = EPISODE_ASSETS[: EPISODE_ASSETS.index(COMPOSITES)]  # all that money goes to: no picture is drawn of it


@dataclass(frozen=True)
class Stage:
    """Where a test's episodes are made.

    Its Dagster instance is in memory, for a third of the work. `ticks`, for tests of sensors, has storage for those,
    and its events in memory alone; `on_disk` has all on the disk, for who opens it a second time, as a schedule does.
    """

    root: Path
    ticks: bool = False
    on_disk: bool = False

    @property
    def show(self) -> Path:
        return self.root / "show"

    @property
    def output(self) -> Path:
        return self.root / "output"

    def settings(self, mode: Mode = Mode.REHEARSAL) -> Settings:
        environment = {"NINJA_SHOW": str(self.show), "NINJA_OUTPUT": str(self.output), "NINJA_MODE": mode.value}
        return Settings.from_environment(environment)

    def write_show(self, text: str = SHOW) -> None:
        (self.show / "show.yaml").write_text(dedent(text), encoding="utf-8")

    def write_episode(self, name: str = "demo", text: str = EPISODE) -> None:
        (self.show / "episodes" / f"{name}.md").write_text(dedent(text), encoding="utf-8")

    @cached_property
    def dagster(self) -> dg.DagsterInstance:
        """Its Dagster instance in memory."""
        if self.ticks:
            return open_home(self._home(), events_in_memory=True)
        return dg.DagsterInstance.ephemeral(settings={"telemetry": {"enabled": False}})

    @contextmanager
    def instance(self) -> Iterator[dg.DagsterInstance]:
        """Its Dagster instance, which remembers what earlier ones were told."""
        if not self.on_disk:
            yield self.dagster
            return
        with open_home(self._home()) as opened:
            yield opened

    def _home(self) -> Path:
        home = self.root / "dagster_home"
        if not (home / "history").exists():
            fill_home(home)
        return home

    def copied(self, root: Path) -> "Stage":
        """Another stage on which the same was made: files, library, records. Its Dagster instance knows nothing yet."""
        shutil.copytree(self.root, root)
        return Stage(root)

    def produce(
        self,
        episode: str = "demo",
        *,
        segments: tuple[str, ...] = (),
        retake: bool = False,
        mode: Mode = Mode.REHEARSAL,
        approve: Approve | None = None,
        assets: Sequence[str] = EPISODE_ASSETS,
    ) -> Production:
        with self.instance() as instance:
            order = check_order(self.settings(mode), episode, segments=segments, retake=retake)
            return produce(order, instance, approve=approve, assets=assets)


def open_home(home: Path, *, events_in_memory: bool = False, **overrides: object) -> dg.DagsterInstance:
    """The Dagster instance of a home that `fill_home` has made; `overrides` are settings of its dagster.yaml.

    With its events in memory a run makes no database of its own, and costs a third; no other process sees them.
    """
    storage = "dagster._core.storage"
    silent = {"module": f"{storage}.noop_compute_log_manager", "class": "NoOpComputeLogManager"}
    settings: Any = {"telemetry": {"enabled": False}, "compute_logs": silent, **overrides}
    if events_in_memory:
        settings["event_log_storage"] = {"module": f"{storage}.event_log.in_memory", "class": "InMemoryEventLogStorage"}
    return dg.DagsterInstance.local_temp(str(home), overrides=settings)


def fill_home(home: Path) -> Path:
    """Make a Dagster home that has its tables and nothing in them: its first run need not make them."""
    for name, content in _dagster_tables().items():
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_bytes(content)
    return home


@cache
def _dagster_tables() -> dict[str, bytes]:
    """The files of a Dagster home that has its tables and nothing in them: made once in a process, and copied."""
    with TemporaryDirectory() as folder:
        home = Path(folder)
        with open_home(home) as opened:
            opened.get_runs()
            opened.all_instigator_state()
        return {path.relative_to(home).as_posix(): path.read_bytes() for path in home.rglob("*") if path.is_file()}


def face(size: tuple[int, int], color: str) -> Image.Image:
    """A portrait, with hair of that colour."""
    return drawn_face(0.6, size, color)


@cache
def _face_png(size: tuple[int, int], color: str) -> bytes:
    return _png(face(size, color))


def _png(picture: Image.Image) -> bytes:
    content = io.BytesIO()
    picture.save(content, "PNG")
    return content.getvalue()


def paid_show(root: Path, *, ticks: bool = False) -> Stage:
    """A stage whose show can be bought: pictures, voices, models and caps, and the episode `demo`."""
    stage = build_stage(root, ticks=ticks)
    for name, color in (("ninja", "#22d3ee"), ("glitch", "#ff4fd8")):
        (stage.show / "characters" / f"{name}.png").write_bytes(_face_png((1080, 960), color))
    stage.write_show(PAID_SHOW)
    return stage


def build_stage(root: Path, *, ticks: bool = False, on_disk: bool = False, library: Path | None = None) -> Stage:
    """A stage with the small show, its pictures and the episode `demo`; its library a copy of `library`, if any."""
    stage = Stage(root, ticks, on_disk)
    if library is not None:
        shutil.copytree(library, stage.settings().library)
    (stage.show / "episodes").mkdir(parents=True)
    (stage.show / "characters").mkdir()
    (stage.show / "characters" / "guest.png").write_bytes(_face_png((640, 640), "#446688"))
    (stage.show / "characters" / "glitch-close.png").write_bytes(_face_png((640, 640), "#884466"))
    stage.write_show()
    stage.write_episode()
    return stage
