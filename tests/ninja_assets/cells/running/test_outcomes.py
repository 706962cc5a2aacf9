"""What is told of a cell: where it failed and what that cost, and whether it was there before."""

from ninja_assets.cells.failure_table import Failed
from ninja_assets.cells.running.outcomes import Done
from resources.studio import Studio
from tests.ninja_assets.cells.running.run_of_toy import run
from tests.ninja_assets.cells.toy import Toy


def test_a_failure_says_where_it_stands_in_the_episode_file(toy: Toy, studio: Studio) -> None:
    toy.broken = {("tts_audio", "s02")}
    [found] = [each for each in run(toy, studio) if isinstance(each, Failed)]
    assert str(getattr(found.error, "where", "")).endswith("demo.md:5")
    assert not found.retryable
    assert found.again_usd == 0.0


def test_what_a_record_already_says_is_told_as_reused(toy: Toy, studio: Studio) -> None:
    run(toy, studio)
    again = [each for each in run(toy, studio) if isinstance(each, Done) and each.asset == "composites"]
    assert {each.metadata["reused"] for each in again if not each.needless} == {True}
