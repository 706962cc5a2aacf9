"""A scheduled paid episode ends with its video by itself: what a tick decides, and what it does after each trouble."""

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from ninja_assets.build import build_defs
from ninja_assets.jobs import JOB_NAME, SCHEDULED_TAG, episode_request
from ninja_assets.open_requests import Attempt, Standing, decide, open_requests
from ninja_assets.partitions import EPISODE, segments_of
from ninja_assets.runs.production import QUIET
from ninja_assets.schedules import NAME as SCHEDULE
from resources.core.names import Mode
from resources.models.loading import load_show
from resources.providers.elevenlabs.resource import ElevenLabsResource
from resources.providers.fal.resource import FalResource
from resources.studio import PlacesResource
from tests.providers.client import Providers
from tests.providers.fixture import pointed_server
from tests.stage import PAID_SHOW, Stage, paid_show

NOW = datetime(2026, 11, 20, 7, tzinfo=UTC)
FAILED = Attempt("r1", dg.DagsterRunStatus.FAILURE, True, NOW - timedelta(hours=1), hopeful=True)
OPEN = Standing([FAILED], made=False, unknown=0, state="b")
WORDS = ("we", "run", "here", "today", "always", "tonight")  # each of another length
MOST_TURNS = 6  # of run and tick, that an episode may take


@pytest.mark.parametrize(
    ("standing", "message"),
    [
        (OPEN, None),
        (replace(OPEN, unknown=2), "not known yet: 2"),
        (replace(OPEN, made=True), "has its video"),
        (replace(OPEN, attempts=[replace(FAILED, hopeful=False)]), "does not help without a change"),
        (replace(OPEN, attempts=[replace(FAILED, status=dg.DagsterRunStatus.STARTED)]), "under way"),
        (replace(OPEN, attempts=[replace(FAILED, status=dg.DagsterRunStatus.CANCELED)]), "a person's"),
        (replace(OPEN, attempts=[replace(FAILED, scheduled=False), FAILED]), "a person's"),
        (replace(OPEN, attempts=[replace(FAILED, state="b")]), "nothing has changed"),
        (replace(OPEN, attempts=[replace(FAILED, state="a")]), None),
        (replace(OPEN, attempts=[replace(FAILED, ended_at=NOW)]), "again at 07:01"),
        (replace(OPEN, attempts=[FAILED] * 8), "tried 8 times"),
    ],
)
def test_an_episode_is_launched_again_only_when_that_can_help(standing: Standing, message: str | None) -> None:
    why = decide(standing, NOW)
    assert why is None if message is None else message in str(why)


# The sensor itself


@dataclass
class Daemon:
    """What Dagster's daemon does with a schedule and the sensor, one after the other."""

    stage: Stage
    providers: Providers
    instance: dg.DagsterInstance
    numbers: Iterator[int] = field(default_factory=itertools.count)

    @property
    def resources(self) -> dict[str, Any]:
        """The providers, with waits that a test can sit out."""
        base = self.providers.base_url
        return {
            "fal": FalResource(
                key=self.providers.fal_key,
                base_url=base,
                poll_seconds=0.05,
                start_seconds=0.05,
                work_seconds=0.05,
                look_seconds=0.02,
            ),
            "elevenlabs": ElevenLabsResource(
                api_key=self.providers.elevenlabs_key, base_url=base, work_seconds=0.05, look_seconds=0.02
            ),
        }

    def write(self) -> str:
        """A new episode, whose words are its own, and sound as no others do: theirs would be found as bought."""
        number = next(self.numbers)
        name = f"scheduled-{number}"
        self.stage.write_episode(name, f"NINJA: {WORDS[number // 6].title()} {WORDS[number % 6]}.\n")
        return name

    def first(self, episode: str) -> dg.RunRequest:
        """What the schedule asks for."""
        return episode_request("daily", episode, segments_of(4), Mode.DRAFT, {SCHEDULED_TAG: SCHEDULE})

    def run(self, request: dg.RunRequest) -> bool:
        """A run to its end; whether it ended well."""
        episode = request.tags["ninja/episode"]
        self.instance.add_dynamic_partitions(EPISODE, [episode])
        defs = build_defs(settings=self.stage.settings(Mode.DRAFT), resource_overrides=self.resources)
        config: Mapping[str, Any] = {**request.run_config, **QUIET}
        job = defs.resolve_job_def(JOB_NAME)
        return job.execute_in_process(
            instance=self.instance, run_config=config, tags=request.tags, raise_on_error=False
        ).success

    def tick(self) -> list[dg.RunRequest] | str:
        """What the sensor asks for, or why it asks for nothing."""
        places = PlacesResource.of(self.stage.settings(Mode.DRAFT))
        show = load_show(self.stage.show)
        sensor = open_requests(show=show, folder=self.stage.show, first_pause=timedelta(0))
        with dg.build_sensor_context(instance=self.instance, resources={"places": places, **self.resources}) as context:
            answer = sensor(context)
        if isinstance(answer, dg.SkipReason):
            return str(answer.skip_message)
        assert isinstance(answer, list)
        return [one for one in answer if isinstance(one, dg.RunRequest)]

    def made(self, episode: str) -> bool:
        return (self.stage.output / episode / "draft" / "final.mp4").exists()

    def until_made(self, episode: str) -> int:
        """Run and tick until the video is there, with nobody's help; returns how many runs it took."""
        requests, runs = [self.first(episode)], 0
        for _ in range(MOST_TURNS):
            for request in requests:
                runs += 1
                if self.run(request):
                    return runs
            told = self.tick()
            asked = [] if isinstance(told, str) else told
            requests = [one for one in asked if one.tags["ninja/episode"] == episode]  # earlier ones may go on, too
        raise AssertionError(f"{episode} has no video: {self.tick()}\n{self.failures(episode)}")

    def failures(self, episode: str) -> str:
        """What each run of an episode has failed with, newest first."""
        runs = self.instance.get_runs(dg.RunsFilter(tags={"ninja/episode": episode}))
        failed = dg.DagsterEventType.STEP_FAILURE
        records = [
            each for run in runs for each in self.instance.get_records_for_run(run.run_id, of_type=failed).records
        ]
        events = [record.event_log_entry.dagster_event for record in records]
        told = [event.step_failure_data for event in events if event is not None]
        return "\n".join(str(each.error and each.error.message) + str(each.user_failure_data) for each in told)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Providers]:
    with pointed_server(tmp_path_factory.mktemp("server")) as client:
        client.settings(video_height=120)
        yield client


@pytest.fixture(scope="module")
def opened(server: Providers, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Daemon]:
    stage = paid_show(tmp_path_factory.mktemp("scheduled"), ticks=True)
    stage.write_show(PAID_SHOW.replace("day_usd: 20", "day_usd: 200") + "schedule: {enabled: true, mode: draft}\n")
    with stage.instance() as instance:
        yield Daemon(stage, server, instance)


@pytest.fixture
def daemon(opened: Daemon, monkeypatch: pytest.MonkeyPatch) -> Iterator[Daemon]:
    for name in ("FAL_KEY", "ELEVENLABS_API_KEY"):
        monkeypatch.setenv(name, "a-key-of-the-test")
    yield opened
    opened.providers.clear_faults()


def reply(status: int, body: str = "no", **more: Any) -> dict[str, Any]:
    return {"act": "reply", "status": status, "body": body, **more}


FAULTS: list[tuple[str, dict[str, Any]]] = [
    *(("elevenlabs.speak", {"act": "drop", "accepted": accepted}) for accepted in (False, True)),
    *(("elevenlabs.speak", reply(status, accepted=accepted)) for status in (429, 500) for accepted in (False, True)),
    ("elevenlabs.speak", {"act": "truncate"}),
    *(("fal.submit", {"act": "drop", "accepted": accepted}) for accepted in (False, True)),
    *(("fal.submit", reply(status, accepted=accepted)) for status in (409, 429, 502) for accepted in (False, True)),
    ("fal.submit", {"act": "job", "job": {"status": 503, "detail": "gone", "error_type": "runner_disconnected"}}),
    ("fal.submit", {"act": "job", "job": {"status": 504, "detail": "late", "error_type": "startup_timeout"}}),
    *(("fal.status", {**how, "times": 4}) for how in ({"act": "drop"}, reply(404), reply(502), reply(405))),
    *(("fal.result", {**how, "times": 5}) for how in ({"act": "drop"}, reply(404), reply(500), reply(405))),
    *(("fal.file", {**how, "times": 4}) for how in ({"act": "truncate"}, {"act": "shorten"}, reply(403), reply(500))),
    *(("fal.upload", {**how, "times": 4}) for how in ({"act": "drop"}, reply(500))),
]
# Those of which a request's fate is not known, of each provider; the others run with `make test-crash`.
IN_SUITE = [("elevenlabs.speak", "drop", False), ("fal.submit", "drop", False)]


@pytest.mark.parametrize(
    ("step", "how"),
    [
        pytest.param(
            step,
            how,
            id=f"{step} {how['act']} {how.get('status', '')}{'' if how.get('accepted', True) else ' before'}",
            marks=() if (step, how["act"], how.get("accepted", True)) in IN_SUITE else pytest.mark.crash,
        )
        for step, how in FAULTS
    ],
)
def test_over_a_single_fault_a_scheduled_episode_ends_with_its_video_and_nothing_is_bought_twice(
    daemon: Daemon, step: str, how: dict[str, Any]
) -> None:
    episode = daemon.write()
    daemon.providers.fault(step, **how)
    assert daemon.until_made(episode) <= 3
    twice = [one for one in daemon.providers.report().twice() if one.cost_usd]
    assert [one for one in twice if sum(other.key == one.key and other.cost_usd > 0 for other in twice) > 1] == []


def test_what_the_provider_refused_for_its_content_is_not_launched_again(daemon: Daemon) -> None:
    episode = daemon.write()
    detail = [{"loc": ["body", "prompt"], "msg": "flagged", "type": "content_policy_violation"}]
    daemon.providers.fault("fal.submit", "job", job={"status": 422, "detail": detail})
    assert not daemon.run(daemon.first(episode))
    told = daemon.tick()
    assert f"{episode}: another try does not help" in str(told)


def test_a_run_that_waits_for_a_persons_approval_is_not_launched_again(daemon: Daemon) -> None:
    show = daemon.stage.show / "show.yaml"
    before = show.read_text(encoding="utf-8")
    show.write_text(f"{before}approval: always\n", encoding="utf-8")
    try:
        episode = daemon.write()
        assert not daemon.run(daemon.first(episode))
        assert f"{episode}: another try does not help" in str(daemon.tick())
        assert not daemon.made(episode)
    finally:
        show.write_text(before, encoding="utf-8")


def test_a_request_that_is_lost_is_looked_for_and_launched_when_it_is_decided(daemon: Daemon) -> None:
    episode = daemon.write()
    daemon.providers.fault("fal.submit", "drop", contains="ai-avatar")
    daemon.providers.fault("fal.requests", "reply", status=500, body="", times=None)
    assert not daemon.run(daemon.first(episode))
    assert "not known yet: 1" in str(daemon.tick())
    daemon.providers.clear_faults()
    requests = daemon.tick()
    assert isinstance(requests, list)
    [request] = [one for one in requests if one.tags["ninja/episode"] == episode]
    assert request.tags["ninja/mode"] == "draft"
    assert daemon.run(request)
    assert daemon.made(episode)


def test_a_schedule_that_is_off_or_rehearses_looks_for_nothing_and_launches_nothing(tmp_path: Path) -> None:
    stage = paid_show(tmp_path, ticks=True)
    with stage.instance() as instance:
        daemon = Daemon(stage, Providers("http://127.0.0.1:9"), instance)
        for settings, told in (("enabled: true", "nothing is bought"), ("mode: final", "off")):
            stage.write_show(f"{PAID_SHOW}schedule: {{{settings}}}\n")
            assert told in str(daemon.tick())
