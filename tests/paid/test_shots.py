"""A mixed episode bought through the real job: the shots of a chain in their order, once, under the caps."""

import json
from collections.abc import Iterator

import av
import pytest

from ninja_assets.runs.produced import Production
from resources.media import ffmpeg
from tests.paid.judge import check_purchases
from tests.paid.runs import PaidStage
from tests.providers.account import Purchase
from tests.providers.fixture import provider_process

pytestmark = pytest.mark.long

FLUX = "fal-ai/flux/dev"
MOTION = "fal-ai/kling-video/v2.6/standard/motion-control"
BROLL = "fal-ai/kling-video/v2.5-turbo/pro/text-to-video"
SPEAKER = "fal-ai/kling-video/ai-avatar/v2/standard"
LINES = [
    "NINJA: One two three, here we go.",
    "BROLL {over: true, seconds: 5}: A rain-soaked street at night, posters flickering over closed shutters.",
    "MOTION {image: hero, video: moves/bow.mp4}: A ninja with cyan goggles and a dark hood, in an empty hall.",
    "IMAGE {name: hero, style: pixar}: A ninja with cyan digital goggles, full body visible, neutral pose.",
]


class Story:
    """What was done with one stage, in order."""

    def __init__(self, stage: PaidStage) -> None:
        self.stage = stage

    def produce(self, *options: str) -> tuple[Production, list[Purchase]]:
        """A run in draft mode, and what it bought."""
        before = len(self.stage.providers.report().purchases)
        production = self.stage.produce("demo", "draft", *options)
        return production, list(self.stage.providers.report().purchases[before:])

    def ninja(self, *arguments: str) -> tuple[int, str, str]:
        """A command's status, result and complaints."""
        ended = self.stage.ninja(*arguments).end()
        return ended.status, ended.stdout, ended.stderr


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    folder = tmp_path_factory.mktemp("shots")
    with provider_process(folder / "server", video_height=120) as providers:
        stage = PaidStage.build(folder / "stage", providers, slots=5)
        (stage.root / "show" / "moves").mkdir()
        moves = stage.root / "show" / "moves" / "bow.mp4"
        ffmpeg.run(["-f", "lavfi", "-i", "testsrc=s=360x640:d=3.5:r=24", "-pix_fmt", "yuv420p", str(moves)])
        stage.write_episode("demo", LINES)
        yield Story(stage)


@pytest.fixture(scope="module")
def quoted(story: Story) -> float:
    """What the quote says before anything is bought."""
    status, stdout, _ = story.ninja("quote", "demo", "--mode", "draft", "--json")
    assert status == 0
    quote = json.loads(stdout)
    shots = {one["segment"]: one["shot_usd"] for one in quote["segments"] if one["shot_usd"]}
    assert shots == {"s02": 0.35, "s03": pytest.approx(0.07 * 3.5, abs=0.01), "s04": 0.025}
    return float(quote["total_usd"])


@pytest.fixture(scope="module")
def draft(story: Story, quoted: float) -> tuple[Production, list[Purchase]]:
    """The first production."""
    made = story.produce()
    assert made[0].cost_usd == pytest.approx(quoted, abs=0.15)  # the voice was only estimated
    return made


def test_each_shot_is_bought_once_and_seen_where_the_script_says(
    story: Story, draft: tuple[Production, list[Purchase]]
) -> None:
    production, bought = draft
    assert production.error is None
    check_purchases(story.stage)
    endpoints = [one.endpoint for one in bought if not one.endpoint.startswith("eleven")]
    assert {FLUX, MOTION, BROLL, SPEAKER} < set(endpoints)
    assert all(endpoints.count(one) == 1 for one in (FLUX, MOTION, BROLL, SPEAKER))
    in_cut = {segment.segment for segment in production.segments if segment.starts_at is not None}
    assert in_cut == {"s01", "s03"}
    assert production.final_video is not None
    with av.open(production.final_video) as file:
        frames = sum(1 for _ in file.decode(video=0))
    assert frames == round(30 * sum(one.seconds or 0 for one in production.segments if one.segment in in_cut))


def test_the_picture_is_there_before_the_shot_that_is_made_from_it(
    story: Story, draft: tuple[Production, list[Purchase]]
) -> None:
    _, bought = draft
    order = [one.endpoint for one in bought]
    assert order.index(FLUX) < order.index(MOTION)
    entries = {entry.endpoint: entry for entry in story.stage.entries()}
    picture = entries[FLUX].media
    assert picture is not None
    assert picture.suffix == ".jpg"
    assert entries[MOTION].arguments["image_url"] == f"sha256:{picture.sha256}"
    assert str(entries[MOTION].arguments["video_url"]).startswith("sha256:")


@pytest.mark.usefixtures("draft")
def test_a_shots_cell_tells_its_model_its_reason_and_its_money(story: Story) -> None:
    metadata = story.stage.metadata("demo", "shots", "s03")
    assert metadata["endpoint"] == MOTION
    assert "motion control" in metadata["model_reason"]
    assert metadata["cost_usd"] == pytest.approx(0.07 * metadata["seconds"], abs=0.02)
    assert (metadata["provider"], metadata["take"], metadata["reused"]) == ("fal", 1, False)


@pytest.mark.usefixtures("draft")
def test_the_same_again_buys_nothing_and_is_quoted_for_nothing(story: Story) -> None:
    again, bought = story.produce()
    assert (again.error, again.cost_usd, bought) == (None, 0, [])
    _, stdout, _ = story.ninja("quote", "demo", "--mode", "draft", "--json")
    assert json.loads(stdout)["total_usd"] == 0


@pytest.mark.usefixtures("draft")
def test_another_picture_makes_the_shot_from_it_anew_and_a_take_only_itself(story: Story) -> None:
    other = LINES[3].replace("neutral pose", "arms crossed")
    story.stage.write_episode("demo", [*LINES[:3], other])
    production, bought = story.produce()
    assert (production.error, [one.endpoint for one in bought]) == (None, [FLUX, MOTION])
    check_purchases(story.stage)
    story.stage.write_episode("demo", [*LINES[:2], LINES[2].replace("MOTION {", "MOTION {take: 2, "), other])
    production, bought = story.produce()
    assert (production.error, [one.endpoint for one in bought]) == (None, [MOTION])


@pytest.mark.usefixtures("draft")
def test_a_shot_over_its_cap_is_refused_before_anything_is_sent(story: Story) -> None:
    story.stage.write_show(slots=5, segment_usd=0.5)
    story.stage.write_episode("demo", [LINES[0], LINES[1].replace("seconds: 5", "seconds: 10")])
    before = len(story.stage.providers.report().purchases)
    status, _, stderr = story.ninja("produce", "demo", "--mode", "draft", "--yes")
    assert (status, len(story.stage.providers.report().purchases)) == (2, before)
    assert "segment s02 of demo would come to" in stderr
    assert "over the cap of $0.50 (caps.segment_usd" in stderr
    story.stage.write_show(slots=5)


@pytest.mark.usefixtures("draft")
def test_a_shot_without_a_price_is_refused_with_the_lines_that_mend_it(story: Story) -> None:
    walk = story.stage.root / "show" / "moves" / "walk.mp4"
    ffmpeg.run(["-f", "lavfi", "-i", "testsrc=s=720x1280:d=3.5:r=24", "-pix_fmt", "yuv420p", str(walk)])
    story.stage.write_episode("demo", [LINES[0], "EDIT {clip: moves/walk.mp4, quality: best}: Snow falls."])
    for command in ("quote", "produce"):
        status, _, stderr = story.ninja(command, "demo", "--mode", "draft")
        assert status == 2
        assert "demo.md:2: no price is known for fal-ai/kling-video/o3/pro/video-to-video/edit" in stderr
        assert "prices.toml" in stderr


@pytest.mark.usefixtures("draft")
def test_the_linter_looks_at_shots_before_anything_is_quoted(story: Story) -> None:
    dancing = LINES[2].replace("A ninja with", "A dancing ninja, jumping and spinning, with")
    story.stage.write_episode("demo", [LINES[0], dancing, LINES[3]])
    status, _, stderr = story.ninja("quote", "demo", "--mode", "draft")
    assert status != 0
    assert "motion-described" in stderr
    assert "demo.md:2" in stderr
