"""A paid show in a folder of its own, and runs of its episodes as processes that can be interrupted and killed."""

import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from textwrap import dedent
from typing import IO, Any

import dagster as dg
import pytest
from pydantic import ValidationError

from ninja_assets.runs.produced import Production
from resources.core.settings import ROOT, Settings
from resources.models.loading import load_show
from resources.purchasing.accounts.spending import Costs, costs_of
from resources.purchasing.ledger import Entry, Grouping, Ledger
from tests.faces import drawn_face
from tests.providers.client import Providers
from tests.stage import fill_home

SHOW = """\
    title: Paid Show
    slots: {slots}
    characters:
      NINJA: {{name: Ninja, image: characters/ninja.png, voice: {{elevenlabs: {{voice_id: voiceNinja01}}}}}}
      GLITCH: {{name: Glitch, image: characters/glitch.png, voice: {{elevenlabs: {{voice_id: voiceGlitch02}}}}}}
    models:
      draft: {{speaker: fal-ai/kling-video/ai-avatar/v2/standard}}
      final: {{speaker: fal-ai/kling-video/ai-avatar/v2/pro}}
    caps: {{segment_usd: {segment_usd}, episode_usd: {episode_usd}, day_usd: 1000}}
    """
PATIENCE_SECONDS = 240.0  # for one run on a busy machine
NINJA = [sys.executable, "-c", "from ninja_assets.cli import main; main()"]


@dataclass(frozen=True)
class Ended:
    """A run that ended by itself."""

    status: int
    stdout: str
    stderr: str

    @property
    def charged_usd(self) -> float | None:
        """What it said it had been charged; None where it did not say."""
        lines = self.stdout.splitlines()
        try:
            return Production.model_validate_json(lines[-1] if lines else "").cost_usd
        except ValidationError:
            return None

    @property
    def production(self) -> Production:
        """What it printed."""
        lines = self.stdout.splitlines()
        assert lines, self.stderr
        return Production.model_validate_json(lines[-1])


class Run:
    """A run under way, in a process group of its own. Its output is read all the time, so that it never blocks."""

    def __init__(self, command: Sequence[str], environment: dict[str, str]) -> None:
        self._process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
        )
        self.ended: Ended | None = None  # None: it runs, or was killed
        self._ready = threading.Event()
        self._texts = (bytearray(), bytearray())
        assert self._process.stdout is not None
        assert self._process.stderr is not None
        pipes = zip((self._process.stdout, self._process.stderr), self._texts, strict=True)
        self._readers = [threading.Thread(target=self._read, args=pair, daemon=True) for pair in pipes]
        for reader in self._readers:
            reader.start()

    def wait_ready(self) -> None:
        """Wait until the run begins, or has ended."""
        assert self._ready.wait(PATIENCE_SECONDS), "the run never began"

    @property
    def pid(self) -> int:
        """The run's own process."""
        return self._process.pid

    def alive(self) -> bool:
        """Whether it still runs."""
        return self._process.poll() is None

    def sleep(self, seconds: float) -> None:
        """Wait, but no longer than the run lasts."""
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the run alone, as a person or a supervisor does."""
        self._process.send_signal(number)

    def kill(self) -> bool:
        """Kill -9 the whole process group, ffmpeg and all. False: the run had ended by itself."""
        ended = self._process.poll() is not None
        if not ended:
            os.killpg(self._process.pid, signal.SIGKILL)
        self._finish()
        return not ended

    def end(self, seconds: float = PATIENCE_SECONDS) -> Ended:
        """Wait for its end."""
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._finish()
            raise AssertionError(f"not ended after {seconds:.0f} s:\n{self._texts[1].decode()}") from None
        self._finish()
        stdout, stderr = (text.decode() for text in self._texts)
        self.ended = Ended(self._process.returncode, stdout, stderr)
        return self.ended

    def _finish(self) -> None:
        self._process.wait()
        for reader in self._readers:
            reader.join()

    def _read(self, pipe: "IO[bytes]", text: bytearray) -> None:
        for line in pipe:
            text += line
            if line == b"ready\n":
                self._ready.set()
        pipe.close()
        self._ready.set()


@dataclass(frozen=True)
class Here:
    """A run that was made in this process."""

    ended: Ended


@dataclass(frozen=True)
class PaidStage:
    """A show that buys from a server."""

    root: Path
    providers: Providers
    productions: list[Run | Here] = field(default_factory=list)  # every run that may have bought, in order

    @classmethod
    def build(cls, root: Path, providers: Providers, *, slots: int = 10) -> "PaidStage":
        """A stage in `root`: a show with two characters and wide caps, and a Dagster home."""
        for folder in ("show/episodes", "show/characters"):
            (root / folder).mkdir(parents=True)
        fill_home(root / "dagster_home")
        for name, color in (("ninja", "#22d3ee"), ("glitch", "#ff4fd8")):
            drawn_face(0.6, (1080, 960), color).save(root / "show" / "characters" / f"{name}.png")
        settings = (ROOT / "dagster_home" / "dagster.yaml").read_text(encoding="utf-8")
        (root / "dagster_home" / "dagster.yaml").write_text(settings, encoding="utf-8")
        stage = cls(root, providers)
        stage.write_show(slots=slots)
        return stage

    @property
    def environment(self) -> dict[str, str]:
        """The environment of its runs. Who lives is told in the temporary folder: theirs is that of this process."""
        return {
            "PATH": os.environ["PATH"],
            "TMPDIR": tempfile.gettempdir(),
            "HOME": str(self.root),
            "DAGSTER_HOME": str(self.root / "dagster_home"),
            "NINJA_SHOW": str(self.root / "show"),
            "NINJA_OUTPUT": str(self.output),
            **self.providers.environment,
        }

    @property
    def output(self) -> Path:
        """What a person opens."""
        return self.root / "output"

    def write_show(self, *, slots: int = 10, segment_usd: float = 20, episode_usd: float = 100) -> None:
        """Its show.yaml."""
        text = SHOW.format(slots=slots, segment_usd=segment_usd, episode_usd=episode_usd)
        (self.root / "show" / "show.yaml").write_text(dedent(text), encoding="utf-8")

    def write_episode(self, name: str, lines: Sequence[str]) -> None:
        """An episode of lines such as `NINJA: One two three.`"""
        text = "".join(f"{line}\n" for line in lines)
        (self.root / "show" / "episodes" / f"{name}.md").write_text(text, encoding="utf-8")

    def start(self, episode: str, mode: str = "draft", *options: str, **environment: str) -> Run:
        """Begin a run with short waits (see `entry`)."""
        command = [sys.executable, "-m", "tests.paid.entry", episode, mode, *options]
        run = Run(command, {**self.environment, **environment})
        self.productions.append(run)
        return run

    def ninja(self, *arguments: str, **environment: str) -> Run:
        """Begin the real command, with production's waits."""
        run = Run([*NINJA, *arguments], {**self.environment, **environment})
        if arguments[0] == "produce":
            self.productions.append(run)
        return run

    def produce(self, episode: str, mode: str = "draft", *options: str) -> Production:
        """A run to its end, whatever it is."""
        return self.start(episode, mode, *options).end().production

    def ledger(self) -> Ledger:
        """The ledger that the runs wrote. Close it."""
        return Ledger(f"sqlite:///{self.root / 'show' / '.state' / 'ledger.db'}", caps=None)

    def entries(self) -> list[Entry]:
        """Every row of the ledger."""
        with self.ledger() as ledger:
            return list(ledger.rows())

    def reported_usd(self) -> float | None:
        """What the runs said they had been charged, all in all; None where one of them never came to say it."""
        reported = [run.ended.charged_usd if run.ended else None for run in self.productions]
        return None if None in reported else sum(usd for usd in reported if usd is not None)

    def costs(self) -> Costs:
        """What `ninja costs` shows."""
        settings = Settings.from_environment(self.environment)
        return costs_of(settings, load_show(settings.show), Grouping.EPISODE)

    def instance(self) -> dg.DagsterInstance:
        """The Dagster instance that the runs wrote to."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("DAGSTER_HOME", self.environment["DAGSTER_HOME"])
            return dg.DagsterInstance.get()

    def metadata(self, episode: str, asset: str, segment: str) -> dict[str, Any]:
        """The metadata of a cell's latest materialization."""
        with self.instance() as instance:
            partitions = [f"{episode}|{segment}"]
            wanted = dg.AssetRecordsFilter(asset_key=dg.AssetKey(asset), asset_partitions=partitions)
            (record,) = instance.fetch_materializations(wanted, limit=1).records
        made = record.asset_materialization
        assert made is not None
        return {name: value.value for name, value in made.metadata.items()}
