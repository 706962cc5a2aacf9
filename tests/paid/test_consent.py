"""Consent by price, at every door: a person is asked once, when the voices are made; what waits buys nothing."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import dagster as dg
import pytest

from ninja_assets.build import build_defs
from ninja_assets.cells.running.launch import WAITS_TAG
from ninja_assets.jobs import JOB_NAME, run_config
from ninja_assets.partitions import EPISODE, range_tags
from ninja_assets.runs.approving import approve
from ninja_assets.runs.launches import launch_again
from ninja_assets.runs.produced import Production
from ninja_assets.runs.production import check_order, go_on, produce
from resources.core.errors import ContentError
from resources.core.names import Mode
from resources.models.loading import load_show
from resources.models.prices.price_values import usd
from resources.providers.fal.resource import FalResource
from resources.purchasing.books import open_state, waits_of
from resources.purchasing.state.approvals import Approvals
from resources.purchasing.state.consent import Offer
from tests.providers.client import Providers
from tests.providers.fixture import pointed_server
from tests.stage import BOUGHT, PAID_SHOW, Stage, paid_show

pytestmark = pytest.mark.long

TURNS = "NINJA: One two three, here we go.\nGLITCH: Four five six, I can count.\n"
VOICES = ["eleven_v3"] * 2
CLIPS = 4  # a speaker and a listener of each turn


class Door:
    """A paid show whose prices are asked for, and the ways in which its episode is launched."""

    def __init__(self, stage: Stage, providers: Providers) -> None:
        self.stage, self.providers = stage, providers

    @property
    def fal(self) -> dict[str, object]:
        """fal.ai, asked more often than a real one may be."""
        address = self.providers.environment["FAL_BASE_URL"]
        return {"fal": FalResource(key=dg.EnvVar("FAL_KEY"), base_url=address, poll_seconds=0.1)}

    def bought(self) -> list[str]:
        """The endpoints of what was bought so far."""
        return [one.endpoint for one in self.providers.report().purchases]

    def shell(
        self, answer: bool | None = None, *, agreed: bool = False, assets: Sequence[str] = BOUGHT
    ) -> tuple[Production, list[Offer]]:
        """A production at a shell, where somebody answers if an `answer` is given; and what they were shown."""
        shown: list[Offer] = []

        def answered(offers: Sequence[Offer]) -> bool:
            shown.extend(offers)
            return bool(answer)

        with self.stage.instance() as instance:
            order = check_order(self.stage.settings(Mode.DRAFT), "demo")
            asked = answered if answer is not None else None
            made = produce(order, instance, approve=asked, agreed=agreed, assets=assets, resource_overrides=self.fal)
        return made, shown

    @contextmanager
    def pages(self, tags: Mapping[str, str] = {}) -> Iterator[tuple[dg.DagsterInstance, dg.ExecuteInProcessResult]]:
        """A run that the pages launched (or, with a tick's tags, the schedule), and the instance that has it."""
        with self.stage.instance() as instance:
            instance.add_dynamic_partitions(EPISODE, ["demo"])
            job = build_defs(settings=self.stage.settings(), resource_overrides=self.fal).resolve_job_def(JOB_NAME)
            yield (
                instance,
                job.execute_in_process(
                    instance=instance,
                    run_config=run_config("draft"),
                    tags={**range_tags("demo", ["s01", "s02", "s03", "s04"]), **tags},
                    asset_selection=[dg.AssetKey(name) for name in BOUGHT],
                    raise_on_error=False,
                ),
            )

    def approve(self, instance: dg.DagsterInstance, *segments: str) -> Production:
        """What `ninja approve demo` does, and the desk."""
        show = load_show(self.stage.show)
        approved = approve(self.stage.settings(), show, "demo", segments=segments)
        order = check_order(self.stage.settings(approved.mode), "demo")
        launches = [launch_again(instance, root, "demo", approved.mode) for root in approved.root_runs]
        return go_on(order, instance, launches, resource_overrides=self.fal)


@pytest.fixture
def providers(tmp_path: Path) -> Iterator[Providers]:
    with pointed_server(tmp_path / "server") as client:
        client.settings(video_height=120)
        yield client


@pytest.fixture
def door(providers: Providers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Door:
    for name, value in providers.environment.items():
        monkeypatch.setenv(name, value)
    stage = paid_show(tmp_path / "stage")
    stage.write_show(f"{PAID_SHOW}approval: {{above_usd: 0.50}}\n")
    stage.write_episode(text=TURNS)
    return Door(stage, providers)


def test_at_a_terminal_one_question_is_asked_when_the_voices_are_made(door: Door) -> None:
    declined, shown = door.shell(answer=False)
    assert (declined.declined, declined.error, declined.final_video) == (True, None, None)
    assert door.bought() == VOICES
    [offer] = shown
    assert declined.waiting_usd == offer.usd > 0.5
    made, shown = door.shell(answer=True)
    assert shown == [offer]
    assert made.error is None
    assert len(door.bought()) == len(VOICES) + CLIPS
    assert made.cost_usd == pytest.approx(offer.usd, abs=0.01)
    again, shown = door.shell(answer=False)
    assert (again.error, shown) == (None, [])  # nothing is left to be bought


def test_a_production_that_waited_and_went_on_tells_all_that_it_spent(door: Door) -> None:
    made, shown = door.shell(answer=True)
    assert (made.error, len(shown)) == (None, 1)
    assert made.cost_usd == pytest.approx(door.providers.report().spent_usd, abs=0.001)
    assert made.cost_usd > shown[0].usd
    assert not any(segment.reused for segment in made.segments)


def test_without_a_terminal_it_waits_unless_it_was_agreed_before(door: Door) -> None:
    waiting, _ = door.shell()
    assert waiting.waiting_usd is not None
    assert f"waiting for approval of {usd(waiting.waiting_usd)}" in str(waiting.error)
    assert "ninja approve demo" in str(waiting.error)
    assert door.bought() == VOICES
    agreed, _ = door.shell(agreed=True)
    assert agreed.error is None
    assert len(door.bought()) == len(VOICES) + CLIPS


def test_a_yes_is_used_by_the_run_that_buys_though_nobody_is_asked_there(door: Door) -> None:
    settings, show = door.stage.settings(), load_show(door.stage.show)
    assert door.shell()[0].waiting_usd is not None
    approve(settings, show, "demo")
    with open_state(settings, show) as state:
        assert len(Approvals.of(state).agreed("demo")) == 1
        assert door.shell(agreed=True)[0].error is None
        assert Approvals.of(state).agreed("demo") == []  # so that nobody is told that it was taken back


@pytest.mark.parametrize("tags", [{}, {"dagster/tick": "1"}], ids=["pages", "schedule"])
def test_a_run_of_the_pages_or_the_clock_fails_with_those_words_until_it_is_approved_once(
    door: Door, tags: Mapping[str, str]
) -> None:
    with door.pages(tags) as (instance, result):
        assert not result.success
        [failure] = [event for event in result.all_events if event.is_step_failure]
        message = str(failure.step_failure_data.user_failure_data)
        [ask] = waits_of(door.stage.settings(), load_show(door.stage.show), "demo")[0]
        assert f"waiting for approval of {usd(ask.offer.usd)}" in message
        run = instance.get_run_by_id(result.run_id)
        assert run is not None
        assert (run.tags[WAITS_TAG], run.tags["dagster/max_retries"]) == (
            f"waiting for approval of {usd(ask.offer.usd)}",
            "0",
        )
        assert door.bought() == VOICES
        made = door.approve(instance)
        assert made.error is None
        assert len(door.bought()) == len(VOICES) + CLIPS
        approved = instance.get_run_by_id(made.run_id)
        assert approved is not None
        assert approved.tags["ninja/root_run"] == result.run_id
        assert approved.run_config["resources"] == run_config("draft")["resources"]
        with pytest.raises(ContentError, match="nothing of demo waits for approval"):
            door.approve(instance)


def test_an_approval_is_of_what_was_shown_and_other_words_are_asked_for_anew(door: Door) -> None:
    with door.pages() as (instance, _):
        door.stage.write_episode(text=TURNS.replace("I can count", "I can count to a very long number"))
        again = door.approve(instance)
        assert again.waiting_usd is not None
        assert door.bought() == [*VOICES, "eleven_v3"]
        [ask] = waits_of(door.stage.settings(), load_show(door.stage.show), "demo")[0]
        assert ask.offer.usd == again.waiting_usd
        assert door.approve(instance).error is None


def test_an_approval_that_is_used_buys_no_other_take(door: Door) -> None:
    with door.pages() as (instance, _):
        assert door.approve(instance).error is None
    before = len(door.bought())
    with door.stage.instance() as instance:
        order = check_order(door.stage.settings(Mode.DRAFT), "demo", retake=True, retake_of=["speaker", "listener"])
        retaken = produce(order, instance, assets=BOUGHT, resource_overrides=door.fal)
    assert retaken.waiting_usd is not None
    assert len(door.bought()) == before


def test_stopping_at_the_voice_asks_for_nothing(door: Door) -> None:
    voices, shown = door.shell(answer=False, assets=("script", "tts_audio"))
    assert (voices.error, voices.waiting_usd, shown) == (None, None, [])
    assert door.bought() == VOICES


def test_no_clip_is_bought_for_a_voice_that_is_not_its_line_until_a_person_has_heard_it(door: Door) -> None:
    door.stage.write_show(f"{PAID_SHOW}approval: never\n")
    # The server says a number's digits in no time: as if the end were missing.
    door.stage.write_episode(text=TURNS.replace("Four five six", "1234567890 1234567890"))
    made, _ = door.shell()
    assert "s02 tts_audio" in str(made.error)
    assert "listen first: almost nothing is heard" in str(made.error)
    assert "ninja approve demo --mode draft --segments s02" in str(made.error)
    voice = door.stage.output / "demo" / "draft" / "s02" / "voice.wav"
    assert voice.exists()
    assert {one.segment: one.error is not None for one in made.segments} == {"s01": False, "s02": True}
    before = door.bought()
    assert len(before) == len(VOICES) + CLIPS // 2  # the other segment has what it needs
    again, _ = door.shell()
    assert "listen first" in str(again.error)
    alone, _ = door.shell(assets=("uploaded_urls", "speaker_clips", "listener_clips"))
    assert alone.error is not None
    assert door.bought() == before
    with door.stage.instance() as instance:
        with pytest.raises(ContentError, match="no voice of s01 of demo waits to be heard"):
            door.approve(instance, "s01")
        accepted = door.approve(instance, "s02")
    assert accepted.error is None
    assert len(door.bought()) == len(VOICES) + CLIPS
