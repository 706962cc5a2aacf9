"""What the sensor makes of the episode files it finds, and of the episodes that Dagster knows."""

from ninja_assets.sensors import news


def test_only_episodes_that_dagster_does_not_know_are_new() -> None:
    assert news({"a", "b"}, set(), {"a"}).new == ["b"]


def test_a_file_that_cannot_be_an_episode_is_named() -> None:
    found = news({"a"}, {"My Show.md"}, {"a"})
    assert not found.new
    assert "My Show.md" in found.reason


def test_an_episode_that_was_added_under_an_impossible_name_is_taken_back() -> None:
    found = news({"a"}, set(), {"a", "a|b", "..", "", "x" * 300, "written-later"})
    assert found.impossible == ["", "..", "a|b", "x" * 300]
