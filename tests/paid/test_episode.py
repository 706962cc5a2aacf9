"""An episode bought through the real command with production's waits: bought right, bought once, told whole."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from ninja_assets.cli.app import app
from ninja_assets.runs.produced import Production
from tests.paid.judge import check_purchases, check_video, files_with
from tests.paid.runs import Ended, Here, PaidStage
from tests.providers.account import Report
from tests.providers.fixture import pointed_anew, provider_process

FAL_KEY = "fal-key-71c2e9:secret-part-5d0a44f1"
ELEVENLABS_KEY = "sk_0d9b7e55c1_elevenlabs_secret"
KEYS = {"FAL_KEY": FAL_KEY, "ELEVENLABS_API_KEY": ELEVENLABS_KEY}
SECRETS = (FAL_KEY, "secret-part-5d0a44f1", ELEVENLABS_KEY)
SPEAKER = "fal-ai/kling-video/ai-avatar/v2/"
LISTENER = "fal-ai/kling-video/v2.5-turbo/standard/image-to-video"
LINES = ["NINJA: [excited] One two.", "GLITCH: Four, count!", "NINJA: Eight."]  # a second each


class Story:
    """What was done with one stage, in order; each step looks at what it added to the provider's account."""

    def __init__(self, stage: PaidStage) -> None:
        self.stage = stage
        self.told = ""

    def ninja(self, *arguments: str) -> tuple[Production, list[str]]:
        """A production by a shell; and the endpoints of what it bought."""
        before = len(self.report().purchases)
        ended = self.stage.ninja("produce", "demo", *arguments, "--json", **KEYS).end()
        return self._looked_at(ended, before)

    def here(self, *arguments: str) -> tuple[Production, list[str]]:
        """The same without a process of its own: what is imported is there already."""
        before = len(self.report().purchases)
        return self._looked_at(self.ended(*arguments), before)

    def ended(self, *arguments: str) -> Ended:
        """A production in this process, however it ends."""
        with pointed_anew():
            done = CliRunner().invoke(
                app, ["produce", "demo", *arguments, "--json"], env={**self.stage.environment, **KEYS}
            )
        ended = Ended(done.exit_code, done.stdout, done.stderr)
        self.stage.productions.append(Here(ended))
        return ended

    def _looked_at(self, ended: Ended, before: int) -> tuple[Production, list[str]]:
        self.told += ended.stdout + ended.stderr
        assert ended.status == 0, ended.stderr
        return ended.production, [one.endpoint for one in self.report().purchases[before:]]

    def report(self) -> Report:
        """The account."""
        return self.stage.providers.report()


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    """A stage whose server takes recognisable keys, and takes long enough to be polled."""
    folder = tmp_path_factory.mktemp("paid")
    settings = {"fal_key": FAL_KEY, "elevenlabs_key": ELEVENLABS_KEY, "latency": 3.0, "video_height": 120}
    with provider_process(folder / "server", **settings) as providers:
        stage = PaidStage.build(folder / "stage", providers, slots=4)
        stage.write_episode("demo", LINES)
        yield Story(stage)


@pytest.fixture(scope="module")
def draft(story: Story) -> tuple[Production, list[str]]:
    """The first production."""
    return story.ninja("--mode", "draft")


@pytest.fixture(scope="module")
def final(story: Story, draft: tuple[Production, list[str]]) -> tuple[Production, list[str]]:
    """The first production in final, of the draft's voices."""
    assert draft[1]
    return story.here("--mode", "final")


def test_a_draft_buys_each_line_and_clip_once_and_one_loop_for_each_listener(
    story: Story, draft: tuple[Production, list[str]]
) -> None:
    production, bought = draft
    check_video(story.stage, production, 3)
    check_purchases(story.stage)
    assert sorted(bought) == sorted(["eleven_v3"] * 3 + [f"{SPEAKER}standard"] * 3 + [LISTENER] * 2)
    assert production.cost_usd == pytest.approx(story.report().spent_usd, abs=1e-3)
    assert not any(segment.reused for segment in production.segments)


@pytest.mark.usefixtures("draft")
def test_no_request_is_asked_after_more_than_once_in_two_seconds(story: Story) -> None:
    polled = [one for one in story.report().of("fal") if len(one.polls) > 1]
    assert len(polled) == 5
    assert min(one.closest_polls for one in polled) >= 2.0


@pytest.mark.parametrize(
    ("asset", "provider"), [("tts_audio", "elevenlabs"), ("speaker_clips", "fal"), ("listener_clips", "fal")]
)
def test_a_cell_tells_its_money(story: Story, draft: tuple[Production, list[str]], asset: str, provider: str) -> None:
    purchases = {one.request_id: one for one in story.report().purchases}
    told: dict[str, Any] = story.stage.metadata("demo", asset, "s02")
    bought = purchases[told["request_id"]]
    assert (told["provider"], told["endpoint"].split("/")[-1]) == (provider, bought.endpoint.split("/")[-1])
    assert told["cost_usd"] == pytest.approx(bought.cost_usd, abs=1e-3)
    assert told["estimated_usd"] == pytest.approx(bought.cost_usd, abs=0.02)
    assert told["billed_units"] * told["unit_price_usd"] == pytest.approx(bought.cost_usd, abs=1e-3)
    assert (told["take"], told["reused"], told["mode"]) == (1, False, "draft")
    assert told["render_seconds"] >= (0 if asset == "tts_audio" else 3)
    assert "queue_seconds" in told


def test_what_the_provider_says_is_in_the_event_log(story: Story, draft: tuple[Production, list[str]]) -> None:
    with story.stage.instance() as instance:
        told = [event.user_message for event in instance.all_logs(draft[0].run_id)]
    assert sum("Rendering 100%" in message for message in told) == 5
    assert "s02 speaker_clips working: rendering" in told


@pytest.mark.usefixtures("draft")
def test_the_same_again_buys_nothing(story: Story) -> None:
    again, bought = story.here("--mode", "draft")
    assert (again.cost_usd, bought) == (0, [])
    assert all(segment.reused for segment in again.segments)


def test_final_keeps_the_voices_and_the_listeners_of_the_draft(
    story: Story, final: tuple[Production, list[str]]
) -> None:
    production, bought = final
    check_video(story.stage, production, 3)
    check_purchases(story.stage)
    assert bought == [f"{SPEAKER}pro"] * 3
    voices = [[(folder / f"s0{n}" / "voice.wav").read_bytes() for n in (1, 2, 3)] for folder in _folders(story.stage)]
    assert voices[0] == voices[1]


@pytest.mark.long
@pytest.mark.usefixtures("final")
def test_another_format_of_a_final_buys_nothing_and_has_a_bundle_of_its_own(story: Story) -> None:
    story.stage.write_episode("demo", ["---", "formats: [short, long]", "---", *LINES])
    both, bought = story.here("--mode", "final")
    story.stage.write_episode("demo", LINES)
    assert (both.cost_usd, bought) == (0, [])
    folder = story.stage.output / "demo" / "final"
    for name in ("publish", "publish-long"):
        assert (folder / name / "demo.mp4").exists()
        assert (folder / name / "thumbnail-3.jpg").exists()
    assert (folder / "publish" / "description.txt").read_bytes() == (
        folder / "publish-long" / "description.txt"
    ).read_bytes()
    assert "segment-long.mp4" in (folder / "publish-long" / "timeline.otio").read_text(encoding="utf-8")


@pytest.mark.usefixtures("draft")
def test_a_retake_buys_one_new_take_of_that_segment(story: Story) -> None:
    again, bought = story.here("--mode", "draft", "--segments", "s02", "--retake")
    assert bought == ["eleven_v3", f"{SPEAKER}standard"]
    assert [(segment.segment, segment.take) for segment in again.segments] == [("s02", 2)]
    check_video(story.stage, story.here("--mode", "draft")[0], 3)


@pytest.mark.usefixtures("draft")
def test_nothing_that_runs_leave_behind_holds_a_key(story: Story) -> None:
    """Also of runs that fail, by answers that repeat the key that they were sent."""
    stage = story.stage
    stage.write_episode("demo", [*LINES, "GLITCH: And a line that fails."])
    stage.providers.fault(
        "fal.submit", "reply", status=422, body={"detail": f"key {FAL_KEY} is bad"}, times=None, accepted=False
    )
    failed = story.ended("--mode", "draft")
    stage.providers.clear_faults()
    stage.providers.fault(
        "elevenlabs.speak",
        "reply",
        status=401,
        body={"detail": {"message": f"{ELEVENLABS_KEY}?"}},
        times=None,
        accepted=False,
    )
    stage.write_episode("demo", [*LINES, "GLITCH: Another line that fails."])
    also = stage.ninja("produce", "demo", "--mode", "draft", "--json", **KEYS).end()
    stage.providers.clear_faults()
    assert (failed.status, also.status) == (1, 1)
    told = story.told + failed.stdout + failed.stderr + also.stdout + also.stderr
    for secret in SECRETS:
        assert secret not in told
        assert files_with(stage.root, secret) == []
    assert files_with(stage.root, "is bad") != []  # the answers themselves are kept, so there was something to find


def _folders(stage: PaidStage) -> list[Path]:
    return [stage.output / "demo" / mode for mode in ("draft", "final")]
