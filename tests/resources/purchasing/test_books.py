"""What paid modes stand on, opened: nothing is made by a look, days are the show's, and what contradicts is refused."""

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from resources.content.show import Show
from resources.core.errors import ContentError, LedgerError
from resources.core.names import CellKey, Mode
from resources.core.settings import Settings
from resources.models.loading import load_show
from resources.purchasing.books import (
    archived_episodes,
    find_ledger,
    find_state,
    held_ledger,
    open_ledger,
    open_state,
    paid_models,
    rebuild_ledger,
    refuse_archived,
    waits_of,
)
from resources.purchasing.ledger import Grouping, Ledger, State
from resources.purchasing.spool import Spool
from resources.purchasing.state.approvals import Approvals
from resources.purchasing.state.archived import Archive
from resources.purchasing.state.consent import Item, Offer
from resources.purchasing.state.place import sqlite_file
from tests.empty_ledger import empty_ledger
from tests.resources.purchasing.ledger.helpers import buy, purchase
from tests.stage import PAID_SHOW, Stage, paid_show


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return paid_show(tmp_path)


def place(stage: Stage) -> Path:
    file = sqlite_file(stage.settings().ledger_url)
    assert file is not None
    return file


def bought(stage: Stage) -> tuple[Settings, Show]:
    """A show with one purchase, whose receipt the library has."""
    settings = stage.settings(Mode.DRAFT)
    show = load_show(settings.show)
    empty_ledger(place(stage))
    with open_ledger(settings, show) as ledger:
        buy(ledger, purchase(), request_id="r1")
    open_ledger(settings, show).close()  # which leaves the receipt
    return settings, show


def test_a_look_makes_nothing(stage: Stage) -> None:
    settings = stage.settings(Mode.DRAFT)
    show = load_show(settings.show)
    assert find_state(settings, show) is None
    assert find_ledger(settings, show) is None
    assert held_ledger(settings, show) is None
    assert archived_episodes(settings, show) == frozenset()
    assert waits_of(settings, show) == ([], [])
    refuse_archived(settings, show, "demo")
    assert not place(stage).exists()


def test_a_paid_mode_needs_caps_and_says_which_lines_to_add(stage: Stage) -> None:
    stage.write_show(PAID_SHOW.replace("caps: {segment_usd: 2, episode_usd: 10, day_usd: 20}\n", ""))
    with pytest.raises(ContentError, match="draft mode needs caps") as refused:
        paid_models(load_show(stage.show), stage.settings(Mode.DRAFT))
    assert refused.value.code == "caps-missing"
    assert str(refused.value.hint).startswith("add to show.yaml: caps: {")


def test_each_paid_mode_has_the_models_that_the_show_names_for_it(stage: Stage) -> None:
    show = load_show(stage.show)
    draft, final = (paid_models(show, stage.settings(mode)) for mode in (Mode.DRAFT, Mode.FINAL))
    assert draft.speaker.endswith("/standard")
    assert final.speaker.endswith("/pro")


def test_the_ledgers_days_are_those_of_the_shows_schedule(stage: Stage) -> None:
    zone = ZoneInfo("Pacific/Kiritimati")  # fourteen hours before UTC
    stage.write_show(PAID_SHOW + f"schedule: {{timezone: {zone.key}}}\n")
    empty_ledger(place(stage))
    with open_ledger(stage.settings(Mode.DRAFT), load_show(stage.show)) as ledger:
        before = ledger.now()
        buy(ledger, purchase(), request_id="r1")
        [total] = ledger.totals(Grouping.DAY)
    assert total.name in {f"{moment.astimezone(zone):%Y-%m-%d}" for moment in (before, datetime.now(UTC))}


def test_a_ledger_that_is_opened_to_be_read_knows_what_was_bought(stage: Stage) -> None:
    settings, show = bought(stage)
    found = find_ledger(settings, show)
    assert found is not None
    with found:
        assert [entry.state for entry in found.rows()] == [State.COLLECTED]


def test_a_ledger_that_lost_what_the_library_has_receipts_of_buys_nothing(stage: Stage) -> None:
    settings, show = bought(stage)
    place(stage).unlink()
    for missing in (True, False):
        if not missing:
            empty_ledger(place(stage))
        with pytest.raises(LedgerError, match="receipts of 1 purchase ") as refused:
            held_ledger(settings, show)
        assert refused.value.hint == "ninja ledger rebuild"
    with pytest.raises(LedgerError, match="nothing is bought"):
        open_ledger(settings, show)
    open_ledger(stage.settings(), show).close()  # a rehearsal, which buys nothing


def test_it_is_brought_back_from_the_receipts_and_a_damaged_one_is_set_aside(stage: Stage) -> None:
    settings, show = bought(stage)
    place(stage).write_bytes(b"no database at all, whatever its name says" * 100)
    rebuilt, aside = rebuild_ledger(settings, show)
    assert rebuilt.purchases == 1
    assert aside is not None
    assert aside.read_bytes().startswith(b"no database")
    with open_ledger(settings, show) as ledger:
        assert [entry.request_id for entry in ledger.rows()] == ["r1"]
    assert rebuild_ledger(settings, show)[0].purchases == 0
    assert rebuild_ledger(settings, show)[1] is None


def test_a_spool_that_cannot_be_told_leaves_no_ledger_open(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise LedgerError("the disk is full")

    settings, show = bought(stage)
    monkeypatch.setattr(Spool, "replay", refuse)
    closed: list[bool] = []
    monkeypatch.setattr(Ledger, "close", lambda _: closed.append(True))
    for opener in (open_ledger, find_ledger):
        with pytest.raises(LedgerError, match="the disk is full"):
            opener(settings, show)
    assert closed == [True, True]


def test_an_archived_episode_is_refused_and_its_neighbour_is_not(stage: Stage) -> None:
    settings, show = bought(stage)
    with open_state(settings, show) as state:
        Archive(state).put("demo")
    assert archived_episodes(settings, show) == {"demo"}
    refuse_archived(settings, show, "dem")
    with pytest.raises(ContentError, match="demo is archived") as refused:
        refuse_archived(settings, show, "demo")
    assert refused.value.hint == "ninja archive --undo demo"


def test_what_waits_for_a_person_is_found_of_an_episode_a_mode_or_the_whole_show(stage: Stage) -> None:
    settings, show = bought(stage)
    item = Item(segment="s01", label="NINJA", asset="speaker_clips", usd=1.0, what="a key")
    with open_state(settings, show) as state:
        approvals = Approvals.of(state)
        approvals.ask(Offer(episode="demo", mode=Mode.DRAFT, items=(item,)), "run-1")
        approvals.doubt(CellKey("other", "s02"), Mode.FINAL, "a" * 64, "said twice", "run-2")
    asks, doubts = waits_of(settings, show)
    assert ([each.offer.episode for each in asks], [each.cell.episode for each in doubts]) == (["demo"], ["other"])
    assert waits_of(settings, show, "demo")[1] == []
    assert waits_of(settings, show, mode=Mode.FINAL)[0] == []
    assert waits_of(settings, show, "nobody") == ([], [])
