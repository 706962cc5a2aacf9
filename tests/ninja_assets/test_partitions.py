"""Keys and ranges of the one partitions definition."""

import dagster as dg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ninja_assets.partitions import by_episode, cells, contiguous, parse_key, range_tags, segments_of
from resources.core.errors import ContentError
from resources.core.names import EPISODE_PATTERN, CellKey


def test_a_key_reads_as_dagster_writes_it() -> None:
    written = str(dg.MultiPartitionKey({"segment": "s03", "episode": "2026-11-20"}))
    assert parse_key(written) == CellKey("2026-11-20", "s03")
    assert str(CellKey("2026-11-20", "s03")) == written


@pytest.mark.parametrize(
    "key", ["a|b|s01", "..|s01", "|s01", "demo", "demo|s1", "demo|s00", "demo|x", "A|s01", "a" * 64 + "|s01"]
)
def test_a_key_that_could_not_be_a_folder_is_refused(key: str) -> None:
    with pytest.raises(ContentError) as refused:
        parse_key(key)
    assert refused.value.hint


@given(st.from_regex(EPISODE_PATTERN, fullmatch=True).filter(lambda name: not name.endswith(".")), st.integers(1, 200))
def test_every_valid_cell_survives_being_written_and_read(episode: str, number: int) -> None:
    cell = CellKey(episode, segments_of(200)[number - 1])
    assert parse_key(str(cell)) == cell


@given(st.text(max_size=80))
def test_any_text_is_a_cell_or_is_refused_and_never_leaves_its_folder(text: str) -> None:
    try:
        cell = parse_key(text)
    except ContentError:
        return
    assert "/" not in cell.episode
    assert cell.episode not in (".", "..")


def test_a_show_has_one_cell_for_each_slot_of_each_episode() -> None:
    definition = cells(12)
    with dg.DagsterInstance.ephemeral() as instance:
        instance.add_dynamic_partitions("episode", ["demo"])
        keys = definition.get_partition_keys(dynamic_partitions_store=instance)
    assert keys == [f"demo|{segment}" for segment in segments_of(12)]


def test_keys_of_several_episodes_are_grouped_in_order() -> None:
    assert by_episode(["b|s02", "a|s10", "a|s02", "b|s01"]) == {"b": ["s01", "s02"], "a": ["s02", "s10"]}


def test_segments_split_into_contiguous_ranges() -> None:
    assert contiguous(["s05", "s03", "s06", "s03"]) == [["s03"], ["s05", "s06"]]


def test_range_tags_refuse_a_hostile_episode() -> None:
    with pytest.raises(ContentError):
        range_tags("../../etc", ["s01"])
