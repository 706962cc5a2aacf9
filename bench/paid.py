"""A paid episode from the shell to its final video, against a server that takes as long as a provider does.

    make bench        (or: python -m bench.paid [CLIP_SECONDS [VOICE_SECONDS]]; a real clip takes about 240)

The critical path is what no program can save: the slowest chain of voice and clip (the plan's number of voices at once
makes lines wait for each other), then the composites and the joining, which need this machine and cannot begin before
the clips are there, because all of them end together. The sequential way is the same job with one worker, in the same
run and against the same server.
"""

import math
import os
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import dagster as dg

from ninja_assets.definitions import build_defs
from ninja_assets.runs.produce import check_order, dagster_instance, produce
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


def main(clip_seconds: str = "40", voice_seconds: str = "2") -> None:
    """Buy an episode side by side, and another one by one, and print both beside the critical path."""
    clip, voice = float(clip_seconds), float(voice_seconds)
    waits = {"latency": clip, "voice_latency": voice, "voice_concurrency": VOICES_AT_ONCE}
    with (
        tempfile.TemporaryDirectory(prefix="ninja-bench-") as name,
        provider_process(Path(name) / "server", video_height=480, **waits) as providers,
    ):
        wide = _stage(Path(name) / "wide", providers, "Side by side")
        wall, steps = _timed(wide, wide.ninja("produce", EPISODE, "--mode", "draft", "--json"))
        twice = len(providers.report().twice())
        _show(clip, voice, wall, steps, twice)
        narrow = _stage(Path(name) / "narrow", providers, "One by one")
        command = [sys.executable, "-m", "bench.paid", ALONE]
        alone, _ = _timed(narrow, Run(command, narrow.environment))
    _row("one by one", alone, f"{alone / wall:.1f} x as long", "")


def _show(clip: float, voice: float, wall: float, steps: dict[str, float], twice: int) -> None:
    """Print a run beside its critical path."""
    chain = math.ceil(SEGMENTS / VOICES_AT_ONCE) * voice + clip
    machine = steps["composites"] + steps["final_video"]
    critical = chain + machine
    print(f"{SEGMENTS} segments, {clip:g} s a clip, {voice:g} s a voice, {os.cpu_count()} cores")
    _row("slowest chain of voice and clip", chain, f"{chain / critical:.0%} of the critical path", "")
    _row("composites and joining", machine, f"{machine / critical:.0%}", "")
    _row("critical path", critical, "", "")
    _row("from command to final video", wall, f"{wall / critical:.2f} x the critical path", "<= 1.15")
    for step, seconds in steps.items():
        _row(f"  step {step}", seconds, f"{seconds / wall:.0%}", "")
    _row("  before, between and after steps", wall - sum(steps.values()), "", "")
    print(f"purchases sent twice: {twice}")


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


def _stage(root: Path, providers: Providers, opening: str) -> PaidStage:
    stage = PaidStage.build(root, providers)
    lines = [f"{opening} we count to {number}, and on we go with it." for number in NUMBERS]
    stage.write_episode(EPISODE, [f"{('NINJA', 'GLITCH')[index % 2]}: {line}" for index, line in enumerate(lines)])
    return stage


def _timed(stage: PaidStage, run: Run) -> tuple[float, dict[str, float]]:
    """The wall time of a run that is just begun, and of each of its steps."""
    began = time.monotonic()
    ended = run.end(3600)
    wall = time.monotonic() - began
    assert ended.status == 0, ended.stderr
    os.environ["DAGSTER_HOME"] = stage.environment["DAGSTER_HOME"]
    with dg.DagsterInstance.get() as instance:
        stats = instance.get_run_step_stats(ended.production.run_id)
    return wall, {stat.step_key: (stat.end_time or 0) - (stat.start_time or 0) for stat in stats}


def _row(what: str, seconds: float, ratio: str, target: str) -> None:
    print(f"{what:<36}{seconds:>8.1f} s   {ratio:<28}{target}")


if __name__ == "__main__":
    if sys.argv[1:] == [ALONE]:
        sys.exit(one_by_one())
    main(*sys.argv[1:])
