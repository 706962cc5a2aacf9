"""Every form that a launch can have, read by one function; what it cannot read it refuses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ninja_assets.cells.running.launch import (
    WAITS_TAG,
    begun_tags,
    check_retake,
    declined_tags,
    episodes_of,
    read_cells,
    run_tags,
    waits_for,
)
from ninja_assets.partitions import range_tags, segments_of
from resources.core.errors import ContentError
from resources.core.names import CellKey

SEGMENTS = segments_of(16)
EPISODES = ["monday", "tuesday", "wednesday"]
START, END = "dagster/asset_partition_range_start", "dagster/asset_partition_range_end"


def read(tags: dict[str, str]) -> list[str]:
    return [str(cell) for cell in read_cells(tags, episodes=EPISODES, segments=SEGMENTS)]


def all_of(*episodes: str) -> list[str]:
    return [f"{episode}|{segment}" for episode in episodes for segment in SEGMENTS]


ONE = {"dagster/partition": "monday|s03"}
DIMENSIONS = {"dagster/partition/episode": "monday", "dagster/partition/segment": "s03"}
FIRST = {"dagster/partition/episode": "monday", "dagster/partition/segment": "s01"}


@pytest.mark.parametrize(
    ("tags", "cells"),
    [
        pytest.param(range_tags("monday", SEGMENTS), all_of("monday"), id="asset page, lineage, schedule, sensor"),
        pytest.param({**range_tags("monday", SEGMENTS), **FIRST}, all_of("monday"), id="job page"),
        pytest.param(
            {**range_tags("monday", ["s03", "s04", "s05"]), "dagster/backfill": "abc", "dagster/root_run_id": "x"},
            ["monday|s03", "monday|s04", "monday|s05"],
            id="failed and missing only, executed again",
        ),
        pytest.param({START: "monday|s01", END: "tuesday|s16"}, all_of("monday", "tuesday"), id="two episodes"),
        pytest.param(
            {START: "monday|s02", END: "wednesday|s03", **FIRST, "dagster/partition/segment": "s02"},
            [f"{episode}|{segment}" for episode in EPISODES for segment in ("s02", "s03")],
            id="job page over several episodes",
        ),
        pytest.param({**ONE, **DIMENSIONS}, ["monday|s03"], id="one cell"),
        pytest.param(ONE, ["monday|s03"], id="one cell by its key"),
        pytest.param(DIMENSIONS, ["monday|s03"], id="one cell by its dimensions"),
        pytest.param({**range_tags("monday", ["s03"]), **DIMENSIONS}, ["monday|s03"], id="one cell as a range"),
        pytest.param({"ninja/episode": "monday"}, [], id="no cell: a launch of checks alone"),
    ],
)
def test_each_form_names_exactly_its_cells(tags: dict[str, str], cells: list[str]) -> None:
    assert read(tags) == cells


@pytest.mark.parametrize(
    ("tags", "says"),
    [
        ({START: "monday|s01"}, "one end of a range"),
        ({END: "monday|s01"}, "one end of a range"),
        ({START: "monday|s05", END: "monday|s02"}, "s02 |comes after"),
        ({START: "tuesday|s01", END: "monday|s16"}, "comes after"),
        ({START: "monday|s01", END: "unheard-of|s16"}, "there is no unheard-of"),
        ({START: "monday|s01", END: "monday|s17"}, "there is no s17"),
        ({"dagster/partition": "monday|s17"}, "no slot s17"),
        ({"dagster/partition": "monday"}, "is not a cell"),
        ({"dagster/partition": "a|b|s01"}, "cannot be an episode's name"),
        ({"dagster/partition": "..|s01"}, "cannot be an episode's name"),
        ({"dagster/partition/segment": "s01"}, "names segment"),
        ({"dagster/partition/day": "monday"}, "names day"),
        ({**ONE, **FIRST}, "monday|s03 and for monday|s01"),
        ({**range_tags("monday", ["s05", "s06"]), **FIRST}, "none of them"),
        ({**range_tags("tuesday", SEGMENTS), **FIRST}, "none of them"),
    ],
)
def test_what_cannot_be_read_is_refused(tags: dict[str, str], says: str) -> None:
    with pytest.raises(ContentError) as refused:
        read(tags)
    assert any(words in str(refused.value) for words in says.split(" |"))


@given(st.integers(1, 16), st.integers(1, 16), st.booleans())
def test_a_range_is_what_lies_between_its_ends_whatever_stands_beside_it(first: int, last: int, beside: bool) -> None:
    first, last = min(first, last), max(first, last)
    wanted = SEGMENTS[first - 1 : last]
    job = {"dagster/partition/episode": "monday", "dagster/partition/segment": wanted[0]} if beside else {}
    assert read({**range_tags("monday", wanted), **job}) == [f"monday|{segment}" for segment in wanted]


def test_a_runs_tags_say_whose_it_is_and_in_which_mode() -> None:
    cells = [CellKey("monday", "s01"), CellKey("monday", "s02"), CellKey("tuesday", "s01")]
    assert run_tags(cells, "draft") == {
        "ninja/episode": "monday, tuesday",
        "ninja/mode": "draft",
        "ninja.episode/monday": "yes",
        "ninja.episode/tuesday": "yes",
    }
    assert run_tags(cells[:1], "draft") == {"ninja/episode": "monday", "ninja/mode": "draft"}


def test_a_run_that_has_the_tags_of_another_is_found_as_one_of_its_own_episodes_alone() -> None:
    monday, tuesday = CellKey("monday", "s01"), CellKey("tuesday", "s01")
    tags = {**run_tags([monday, tuesday], "draft"), WAITS_TAG: "waiting for approval of $1.00"}
    assert episodes_of(tags) == ["monday", "tuesday"]
    tags |= begun_tags(tags, [monday], "final")
    assert episodes_of(tags) == ["monday"]
    assert (tags["ninja.episode/monday"], tags["ninja.episode/tuesday"], tags[WAITS_TAG]) == ("", "", "")
    assert episodes_of({}) == []


def test_a_no_to_the_price_of_one_episode_of_a_run_is_none_to_anothers() -> None:
    waits = "waiting for approval of $1.00"
    tags = {**run_tags([CellKey("monday", "s01"), CellKey("tuesday", "s01")], "draft"), WAITS_TAG: waits}
    tags |= declined_tags(tags, "monday", "$1.00", waits=False, others=True)
    assert (waits_for(tags, "monday"), waits_for(tags, "tuesday")) == (("", "$1.00"), (waits, ""))
    tags |= declined_tags(tags, "tuesday", "$2.00", waits=False, others=False)
    assert (waits_for(tags, "monday"), waits_for(tags, "tuesday")) == (("", "$1.00"), ("", "$2.00"))
    assert (tags[WAITS_TAG], tags["ninja/declined"]) == ("", "$1.00 of monday, $2.00 of tuesday")
    tags |= begun_tags(tags, [CellKey("monday", "s01"), CellKey("tuesday", "s01")], "draft")
    tags[WAITS_TAG] = waits  # it is executed again, and waits again
    assert waits_for(tags, "monday") == (waits, "")


@pytest.mark.parametrize(
    ("retake", "tags", "says"),
    [
        ([], {}, None),
        (["s02"], {}, None),
        (["s02", "s05"], {}, "s05 is to be made anew, and the run makes s01, s02"),
        (["s02", "s05"], {"ninja/root_run": "abc"}, None),  # a shell's run of several ranges, which waited for a yes
        (["s05"], {"ninja/root_run": "abc"}, "s05 is to be made anew"),
        (["s05"], {}, "s05 is to be made anew, and the run makes s01, s02"),
        (["s05", "s09"], {}, "s05, s09 is to be made anew"),
        (["s99"], {}, "no slot s99"),
        (["s01", "s99"], {}, "no slot s99"),
        (["s99"], {"ninja/root_run": "abc"}, "no slot s99"),
    ],
)
def test_a_run_that_would_not_make_anew_all_that_it_was_asked_for_is_refused(
    retake: list[str], tags: dict[str, str], says: str | None
) -> None:
    cells = [CellKey("monday", "s01"), CellKey("monday", "s02")]
    try:
        check_retake(retake, cells, tags, segments=SEGMENTS)
        told = None
    except ContentError as refused:
        told = str(refused)
    assert (told is None) == (says is None)
    assert says is None or (says in str(told) and "resources.studio.config.retake" in str(told))
