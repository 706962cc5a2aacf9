"""Runs killed with -9 and started again until the video is there: bought once, nothing lost.

The whole process group dies, at random moments or at the worst ones. A round's seed is in its name, so that it can be
seen again. `make test-crash` runs the long rounds, `make test` the worst moments.
"""

import random
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from ninja_assets.runs.produced import Production
from tests.paid.judge import check_purchases, check_video, settle_untaken
from tests.paid.runs import PATIENCE_SECONDS, PaidStage
from tests.providers.account import Report
from tests.providers.client import Providers
from tests.providers.fixture import provider_process

pytestmark = pytest.mark.long

SEGMENTS = 10
KILLS = 17  # of each long round
WINDOW_SECONDS = 8.0  # of a run, in which it is killed: from its first request to its first composites
STARTS = 40  # until an episode must be done, without kills
SERVER = {"latency": 1.5, "voice_latency": 0.3, "video_height": 120, "concurrency": 4}
NUMBERS = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]


def lines(name: str, segments: int = SEGMENTS) -> list[str]:
    """Short lines that no other name has."""
    chance = random.Random(name)
    return [
        f"{('NINJA', 'GLITCH')[index % 2]}: {' '.join(chance.choices(NUMBERS, k=4))}, {NUMBERS[index]}."
        for index in range(segments)
    ]


def finished(stage: PaidStage, *episodes: str) -> list[Production]:
    """Start the episodes, all at once, until they are done. A run may end without: a lost request has to be settled."""
    done: dict[str, Production] = {}
    for _ in range(STARTS):
        runs = {episode: stage.start(episode) for episode in episodes if episode not in done}
        ended = {episode: run.end().production for episode, run in runs.items()}
        done |= {episode: production for episode, production in ended.items() if production.final_video}
        if len(done) == len(episodes):
            return [done[episode] for episode in episodes]
        settle_untaken(stage)
    raise AssertionError([production.error for production in ended.values()])


# The worst moments, one kill each


def _when(providers: Providers, reached: Callable[[Report], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not reached(providers.report()):
        assert time.monotonic() < deadline, "the moment never came"
        time.sleep(0.05)


def _ended(report: Report) -> bool:
    return any(one.ended == "ok" for one in report.of("fal"))


MOMENTS: dict[str, tuple[str, Callable[[Report], bool]]] = {
    "the voice was made and its answer is under way": ("elevenlabs.speak", lambda report: bool(report.purchases)),
    "the clip was accepted and its answer is under way": ("fal.submit", lambda report: bool(report.of("fal"))),
    "the clip is finished and its result is under way": ("fal.result", _ended),
    "the file is under way": ("fal.file", lambda report: report.requests.get("fal.result", 0) > 0),
}


def test_a_run_killed_at_each_of_the_worst_moments_buys_once_and_loses_nothing(tmp_path: Path) -> None:
    with provider_process(tmp_path / "server", **{**SERVER, "latency": 0.2}) as providers:
        stage = PaidStage.build(tmp_path / "stage", providers, slots=4)
        stage.write_episode("demo", lines("worst", 3))
        for step, reached in MOMENTS.values():
            providers.fault(step, "hang", times=None, seconds=PATIENCE_SECONDS)
            run = stage.start("demo")
            _when(providers, reached)
            assert run.kill()
            providers.clear_faults()
        (production,) = finished(stage, "demo")
        check_video(stage, production, 3)
        check_purchases(stage)


# Long rounds

Trouble = Callable[[Providers, random.Random], None]


def no_trouble(providers: Providers, chance: random.Random) -> None:
    """The provider does what it should."""


def lost_answers(providers: Providers, chance: random.Random) -> None:
    """Some answer is dropped or hangs, whether or not the request took effect."""
    providers.clear_faults()
    for step in chance.sample(["elevenlabs.speak", "fal.submit", "fal.status", "fal.result", "fal.upload"], k=3):
        act = chance.choice(["drop", "hang"])
        accepted = chance.random() < 0.7
        providers.fault(step, act, nth=chance.randint(1, 4), times=chance.randint(1, 2), accepted=accepted, seconds=2.0)
    providers.fault("fal.file", chance.choice(["truncate", "shorten", "drop"]), nth=chance.randint(1, 3))


def killed_round(stage: PaidStage, seed: int, trouble: Trouble, episodes: int, runs: int) -> int:
    """Start `runs` runs of each of `episodes` with the same words, and kill all together at a random moment.

    Repeated until KILLS kills hit a run; a new episode follows one that is done and judged. Returns the kills.
    """
    chance, hits, number = random.Random(seed), 0, 0
    while hits < KILLS:
        number += 1
        names = [f"e{number}-{index}" for index in range(episodes)]
        for name in names:
            stage.write_episode(name, lines(f"{seed} {number}"))
        done = False
        while hits < KILLS and not done:
            trouble(stage.providers, chance)
            started = [stage.start(name) for name in names for _ in range(runs)]
            for run in started:
                run.wait_ready()
            started[0].sleep(chance.uniform(0, WINDOW_SECONDS))
            killed = [run.kill() for run in started]
            hits += sum(killed)
            done = not any(killed) and all(run.end().production.final_video for run in started)
            settle_untaken(stage)
        stage.providers.clear_faults()
        for production in finished(stage, *names):
            check_video(stage, production, SEGMENTS)
        check_purchases(stage)
    return hits


@pytest.mark.crash
@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    ("trouble", "episodes", "runs"),
    [(no_trouble, 1, 1), (lost_answers, 1, 1), (lost_answers, 1, 2), (lost_answers, 2, 1)],
    ids=["plain", "lost answers", "two runs of one episode", "two episodes with equal lines"],
)
def test_an_episode_killed_at_random_is_bought_once_and_whole(
    tmp_path: Path, seed: int, trouble: Trouble, episodes: int, runs: int
) -> None:
    with provider_process(tmp_path / "server", **SERVER) as providers:
        stage = PaidStage.build(tmp_path / "stage", providers)
        assert killed_round(stage, seed, trouble, episodes, runs) >= KILLS
