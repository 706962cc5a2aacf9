"""A small show on its own stage: a folder of content, an output folder, a Dagster instance. For whole runs."""

from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

import dagster as dg
from PIL import Image

from ninja_assets.runs.production import Approve, Production, check_order, produce
from resources.core.names import Mode
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


@dataclass(frozen=True)
class Stage:
    """Where a test's episodes are made."""

    root: Path

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

    def instance(self) -> dg.DagsterInstance:
        home = self.root / "dagster_home"
        home.mkdir(exist_ok=True)
        silent = {"module": "dagster._core.storage.noop_compute_log_manager", "class": "NoOpComputeLogManager"}
        overrides = {"telemetry": {"enabled": False}, "compute_logs": silent}
        return dg.DagsterInstance.local_temp(str(home), overrides=overrides)

    def produce(
        self,
        episode: str = "demo",
        *,
        segments: tuple[str, ...] = (),
        retake: bool = False,
        mode: Mode = Mode.REHEARSAL,
        approve: Approve | None = None,
    ) -> Production:
        with self.instance() as instance:
            order = check_order(self.settings(mode), episode, segments=segments, retake=retake)
            return produce(order, instance, approve=approve)


def face(size: tuple[int, int], color: str) -> Image.Image:
    """A portrait, with hair of that colour."""
    return drawn_face(0.6, size, color)


def paid_show(root: Path) -> Stage:
    """A stage whose show can be bought: pictures, voices, models and caps, and the episode `demo`."""
    stage = build_stage(root)
    for name, color in (("ninja", "#22d3ee"), ("glitch", "#ff4fd8")):
        face((1080, 960), color).save(stage.show / "characters" / f"{name}.png")
    stage.write_show(PAID_SHOW)
    return stage


def build_stage(root: Path) -> Stage:
    """A stage with the small show, its pictures and the episode `demo`."""
    stage = Stage(root)
    (stage.show / "episodes").mkdir(parents=True)
    (stage.show / "characters").mkdir()
    Image.new("RGB", (640, 640), "#446688").save(stage.show / "characters" / "guest.png")
    Image.new("RGB", (640, 640), "#884466").save(stage.show / "characters" / "glitch-close.png")
    stage.write_show()
    stage.write_episode()
    return stage
