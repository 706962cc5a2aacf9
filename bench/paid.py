"""A paid episode from the shell to its final video, against a server that takes as long as a provider does.

    make bench        (or: python -m bench.paid [CLIP_SECONDS [VOICE_SECONDS]]; a real clip takes about 240)

The critical path is what no program can save: the voices (the plan's number of voices at once makes lines wait for
each other), where the price is settled; the slowest clip; then what is left of the composites, and the joining. Clips
take up to 30 % longer or shorter, so that composites overlap with the waiting. On a small machine the cores are the
limit: what a run's processes used of them is printed, too. The server makes real clips, which a provider does on its
own machines: an episode of the same lines is bought before, without waiting, and the clips are there. The sequential
way is the same job with one worker, in the same run and against the same server.
"""

import math
import os
import resource
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import dagster as dg

from bench.last_cells import last_cells
from ninja_assets.build import build_defs
from ninja_assets.runs.home import dagster_instance
from ninja_assets.runs.production import check_order, produce
from resources.core.names import Mode
from resources.core.settings import Settings
from resources.studio import Studio, StudioResource
from tests.paid.runs import PaidStage, Run
from tests.providers.client import Providers
from tests.providers.fixture import provider_process

EPISODE = "bench"
SEGMENTS = 10
VOICES_AT_ONCE = 5
NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
ALONE = "one-by-one"
SPREAD = 0.3  # of a clip's seconds


def main(clip_seconds: str = "40", voice_seconds: str = "2") -> None:
    """Buy an episode side by side, and another one by one, and print both beside the critical path.

    The second takes ten minutes at 40 s a clip: what is known before is printed before.
    """
    clip, voice = float(clip_seconds), float(voice_seconds)
    waits = {"latency": clip, "voice_latency": voice, "voice_concurrency": VOICES_AT_ONCE, "latency_spread": SPREAD}
    with (
        tempfile.TemporaryDirectory(prefix="ninja-bench-") as name,
        provider_process(Path(name) / "server", video_height=480) as providers,
    ):
        first = _stage(Path(name) / "first", providers)
        _timed(first, first.ninja("produce", EPISODE, "--mode", "draft", "--json"))
        bought = len(providers.report().purchases)
        providers.settings(**waits)
        wide = _stage(Path(name) / "wide", providers)
        before = _used()
        wall, last = _timed(wide, wide.ninja("produce", EPISODE, "--mode", "draft", "--json"))
        used = _used() - before
        purchases = [purchase.key for purchase in providers.report().purchases[bought:]]
        twice = len(purchases) - len(set(purchases))
        _show(clip, voice, wall, last, twice)
        cores = os.cpu_count() or 1
        _row("CPU of the run's processes", used, f"{used / cores / wall:.0%} of {cores} cores all the time", "")
        narrow = _stage(Path(name) / "narrow", providers)
        command = [sys.executable, "-m", "bench.paid", ALONE]
        alone, _ = _timed(narrow, Run(command, narrow.environment))
    _row("one by one", alone, f"{alone / wall:.1f} x as long", "")


def _show(clip: float, voice: float, wall: float, last: dict[str, float], twice: int) -> None:
    """Print a run beside its critical path. `last` has the seconds from the run's start to each asset's last cell."""
    chain = math.ceil(SEGMENTS / VOICES_AT_ONCE) * voice + clip * (1 + SPREAD)
    machine = last["final_video"] - max(last["speaker_clips"], last["listener_clips"])
    critical = chain + machine
    print(f"{SEGMENTS} segments, {clip:g} s a clip, {voice:g} s a voice, {os.cpu_count()} cores")
    _row("slowest chain of voice and clip", chain, f"{chain / critical:.0%} of the critical path", "")
    _row("composites and joining", machine, f"{machine / critical:.0%}", "")
    _row("critical path", critical, "", "")
    _row("from command to final video", wall, f"{wall / critical:.2f} x the critical path", "<= 1.15")
    for asset, seconds in last.items():
        _row(f"  last cell of {asset}", seconds, f"{seconds / wall:.0%}", "")
    _row("  before and after the run", wall - last["final_video"], "", "")
    print(f"purchases sent twice: {twice}")


def _used() -> float:
    """CPU seconds of the processes that have ended."""
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


def one_by_one() -> int:
    """The same job with one worker for everything; returns the exit status."""
    settings = Settings.from_environment().in_mode(Mode.DRAFT)
    found = build_defs(settings=settings).resources or {}
    parts = {name: found[name] for name in ("places", "fal", "elevenlabs")}
    studio = OneWorker(mode=settings.mode.value, **parts)
    with dagster_instance() as instance:
        production = produce(check_order(settings, EPISODE), instance, resource_overrides={**parts, "studio": studio})
    print(production.model_dump_json())
    return 0 if production.final_video else 1


class OneWorker(StudioResource):
    """A studio that does one thing at a time."""

    def open(self) -> Studio:
        """The studio of the run."""
        return replace(super().open(), workers=1)


def _stage(root: Path, providers: Providers) -> PaidStage:
    stage = PaidStage.build(root, providers)
    lines = [f"Side by side we count to {number}, and on we go with it." for number in NUMBERS]
    stage.write_episode(EPISODE, [f"{('NINJA', 'GLITCH')[index % 2]}: {line}" for index, line in enumerate(lines)])
    return stage


def _timed(stage: PaidStage, run: Run) -> tuple[float, dict[str, float]]:
    """The wall time of a run that is just begun; and when, from the run's start, each asset's last cell was done."""
    began = time.monotonic()
    ended = run.end(3600)
    wall = time.monotonic() - began
    assert ended.status == 0, ended.stderr
    os.environ["DAGSTER_HOME"] = stage.environment["DAGSTER_HOME"]
    with dg.DagsterInstance.get() as instance:
        return wall, last_cells(instance, ended.production.run_id)


def _row(what: str, seconds: float, ratio: str, target: str) -> None:
    print(f"{what:<36}{seconds:>8.1f} s   {ratio:<28}{target}", flush=True)


if __name__ == "__main__":
    if sys.argv[1:] == [ALONE]:
        sys.exit(one_by_one())
    main(*sys.argv[1:])
