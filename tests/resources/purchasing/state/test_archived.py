"""Episodes that are put away: their records go, of their show alone, and they are refused until they are taken back."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from resources.core.errors import ContentError, NinjaError
from resources.core.names import Mode
from resources.purchasing.ledger.tables.store import Store
from resources.purchasing.state.archived import Archive
from resources.purchasing.state.state import Record, ShowState


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    with closing(Store(url)) as opened:
        yield opened


def records(state: ShowState, episode: str) -> int:
    return sum(kept.records for kept in state.kept() if kept.episode == episode)


def test_all_records_of_an_archived_episode_go_and_no_others(store: Store) -> None:
    show, other = ShowState(store, "show"), ShowState(store, "other")
    for state, episode, mode in (
        (show, "monday", Mode.DRAFT),
        (show, "monday", Mode.FINAL),
        (show, "tuesday", Mode.DRAFT),
        (other, "monday", Mode.DRAFT),
    ):
        state.write(episode, mode, [Record("s01", "tts_audio", "d", {}, "{}")])
    assert Archive(show).put("monday") == 2
    assert [records(show, "monday"), records(show, "tuesday"), records(other, "monday")] == [0, 1, 1]
    assert Archive(show).episodes() == {"monday"}
    assert not Archive(other).episodes()
    assert Archive(show).put("monday") == 0


def test_an_archived_episode_is_refused_until_it_is_taken_back(store: Store) -> None:
    archive = Archive(ShowState(store, "show"))
    archive.refuse("monday")
    archive.put("monday")
    archive.refuse("tuesday")
    with pytest.raises(ContentError, match="monday is archived") as refused:
        archive.refuse("tuesday", "monday")
    assert refused.value.hint == "ninja archive --undo monday"
    assert archive.take_back("monday")
    assert not archive.take_back("monday")
    archive.refuse("monday")


def test_what_is_no_episodes_name_is_not_put_away(store: Store) -> None:
    with pytest.raises(NinjaError):
        Archive(ShowState(store, "show")).put("../monday")
