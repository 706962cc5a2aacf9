from pathlib import Path

import pytest

from resources.core.errors import ContentError
from resources.core.names import (
    FINAL_FILE,
    PUBLISH_FOLDER,
    Mode,
    check_episode,
    episode_file,
    episode_folder,
    in_format,
    in_order,
    segment_folder,
    segment_key,
    segment_number,
)


@pytest.mark.parametrize("name", ["2026-11-20", "patch-2.1", "a", "a" * 63, "0_x"])
def test_a_plain_name_can_be_an_episode(name: str) -> None:
    assert check_episode(name) == name


@pytest.mark.parametrize(
    "name", ["", ".", "..", "../../etc", "a/b", "a|b", "A", "a b", "-a", "a.", "a\n", "é", "a" * 64]
)
def test_a_name_that_could_be_more_than_a_folder_is_refused(name: str) -> None:
    with pytest.raises(ContentError, match="cannot be an episode's name"):
        check_episode(name)


def test_a_refused_name_is_shown_in_short() -> None:
    with pytest.raises(ContentError) as caught:
        check_episode("X" * 5000)
    assert len(caught.value.what) < 100


def test_segments_and_numbers_are_each_others_inverse() -> None:
    assert [segment_key(number) for number in (1, 10, 100)] == ["s01", "s10", "s100"]
    assert all(segment_number(segment_key(number)) == number for number in range(1, 201))


@pytest.mark.parametrize("key", ["", "s", "s0", "s00", "s1", "s001", "s1000", "S01", "01", "s01 ", "s-1"])
def test_what_is_no_segment_is_refused(key: str) -> None:
    with pytest.raises(ContentError, match="is not a segment"):
        segment_number(key)


def test_paths_come_from_names() -> None:
    assert episode_file(Path("show"), "a") == Path("show/episodes/a.md")
    assert episode_folder(Path("out"), "a", Mode.DRAFT) == Path("out/a/draft")
    assert segment_folder(Path("out"), "a", Mode.FINAL, "s03") == Path("out/a/final/s03")
    assert [mode.paid for mode in Mode] == [False, True, True]


def test_files_of_the_first_format_have_plain_names_and_others_say_theirs() -> None:
    assert in_format(FINAL_FILE, "short", "short") == "final.mp4"
    assert in_format(FINAL_FILE, "long", "short") == "final-long.mp4"
    assert in_format(PUBLISH_FOLDER, "square", "long") == "publish-square"


def test_segments_are_in_order_by_their_numbers_and_each_once() -> None:
    assert in_order(["s100", "s11", "s02", "s11"]) == ["s02", "s11", "s100"]
    assert in_order([]) == []
    with pytest.raises(ContentError, match="is not a segment"):
        in_order(["s1"])
