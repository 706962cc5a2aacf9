"""Whose rows are which, where a show's id was given later or has changed: what is not certain, a person says."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select, update

from resources.core.errors import LedgerError
from resources.core.names import DEFAULT_SHOW, CellKey, Mode
from resources.core.settings import Settings
from resources.core.values import Part
from resources.models.loading import load_show
from resources.purchasing.books import claim_nothing, claim_rows, open_state
from resources.purchasing.ledger import Ledger
from resources.purchasing.ledger.tables.store import Store
from resources.purchasing.requests.takes import Takes
from resources.purchasing.state.outputs import claim_folder
from resources.purchasing.state.state import Record, Retaken, ShowState
from resources.purchasing.state.tables import ShowRow
from resources.purchasing.state.takeover.claims import Claimed
from tests.resources.purchasing.ledger.helpers import CAPS, buy, purchase
from tests.resources.purchasing.state.test_copies import a_row
from tests.stage import PAID_SHOW, Stage, paid_show

OF = Retaken.of(Mode.DRAFT, Part.VOICE, CellKey("monday", "s01"))
RECORD = Record("s01", "tts_audio", "d" * 16, {}, "{}")
OF_SHOWS = [table for table in ShowRow.metadata.sorted_tables if "show" in table.columns]


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    stage = paid_show(tmp_path)
    stage.write_episode("monday")
    return stage


@pytest.fixture
def settings(stage: Stage, url: str) -> Settings:
    """Of a show that shares its database."""
    return replace(stage.settings(Mode.DRAFT), ledger_url=url)


Named = Callable[[str], None]


@pytest.fixture
def named(stage: Stage) -> Named:
    return lambda name: stage.write_show(f"    id: {name}\n{PAID_SHOW}")


def opened(settings: Settings) -> ShowState:
    return open_state(settings, load_show(settings.show))


def work(settings: Settings, request: str) -> None:
    """Buy, make and retake something as the show that it is now."""
    show = load_show(settings.show)
    with opened(settings) as state, closing(Ledger(state.store, show=show.id, caps=CAPS)) as ledger:
        buy(ledger, purchase(request), request_id=request)
    with opened(settings) as state:
        state.write("monday", Mode.DRAFT, [RECORD])
        state.count_retake(OF, request, waits=False, keys_at=lambda _: [])


def claimed(settings: Settings, owner: str = DEFAULT_SHOW) -> Claimed:
    return claim_rows(settings, load_show(settings.show), owner)


def bought(settings: Settings, show: str) -> int:
    with closing(Store(settings.ledger_url)) as store, store.reading() as session:
        table = ShowRow.metadata.tables["purchases"]
        return session.scalars(select(func.count()).where(table.c.show == show)).one()


def test_every_table_follows_a_show_that_gives_itself_an_id_in_a_database_of_its_own(
    stage: Stage, named: Named
) -> None:
    settings = stage.settings(Mode.DRAFT)
    opened(settings).close()
    with closing(Store(settings.ledger_url)) as store:
        with store.writing() as session:
            for table in OF_SHOWS:
                session.execute(insert(table), {**a_row(table), "show": DEFAULT_SHOW})
        named("anchors")
        opened(settings).close()
        with store.reading() as session:
            assert {table.name: session.scalars(select(table.c.show)).all() for table in OF_SHOWS} == {
                table.name: ["anchors"] for table in OF_SHOWS
            }


def test_a_chosen_take_is_still_the_current_one_under_the_new_id(stage: Stage, named: Named) -> None:
    settings = stage.settings(Mode.DRAFT)
    with opened(settings) as state:
        for run in ("first", "second"):
            state.count_retake(OF, run, waits=False, keys_at=lambda _: [])
        Takes(state, Mode.DRAFT).choose(CellKey("monday", "s01"), Part.VOICE, 1, 2)
        before = Takes(state, Mode.DRAFT).current(CellKey("monday", "s01"), Part.VOICE, 1)
    named("anchors")
    with opened(settings) as state:
        assert Takes(state, Mode.DRAFT).current(CellKey("monday", "s01"), Part.VOICE, 1) == before == 2


def test_another_shows_purchases_are_never_taken_without_a_word(settings: Settings, named: Named) -> None:
    work(settings, "r-1")
    named("other")
    with pytest.raises(LedgerError, match="a show without an id has made, or bought") as refused:
        opened(settings)
    assert refused.value.hint == "if it is the same show: ninja ledger claim; if not: ninja ledger claim --none"
    opened(settings.in_mode(Mode.REHEARSAL)).close()  # it buys nothing, and takes nothing
    assert (bought(settings, DEFAULT_SHOW), bought(settings, "other")) == (1, 0)


def test_a_claim_makes_them_this_shows_and_what_it_has_itself_stays(settings: Settings, named: Named) -> None:
    work(settings, "r-1")
    named("anchors")
    own = replace(RECORD, digest="e" * 16)
    with opened(settings.in_mode(Mode.REHEARSAL)) as state:
        state.write("monday", Mode.DRAFT, [own])
    assert claimed(settings).purchases == 1
    with opened(settings) as state:
        assert state.records("monday", Mode.DRAFT) == [own]
        assert state.retakes(OF) == 1
    assert (bought(settings, DEFAULT_SHOW), bought(settings, "anchors")) == (0, 1)


def test_what_is_said_to_be_another_shows_stays_there_and_is_not_asked_for_again(
    settings: Settings, named: Named
) -> None:
    work(settings, "r-1")
    named("other")
    claim_nothing(settings, load_show(settings.show))
    work(settings, "r-2")
    assert (bought(settings, DEFAULT_SHOW), bought(settings, "other")) == (1, 1)


def test_after_the_claim_of_the_one_the_other_goes_on(settings: Settings, named: Named) -> None:
    work(settings, "r-1")
    named("other")
    with pytest.raises(LedgerError):
        opened(settings)
    named("anchors")
    claimed(settings)
    named("other")
    work(settings, "r-2")
    assert (bought(settings, "anchors"), bought(settings, "other")) == (1, 1)


def test_rows_from_before_shows_were_told_apart_are_found_without_a_question(settings: Settings, named: Named) -> None:
    work(settings, "r-1")
    with closing(Store(settings.ledger_url)) as store, store.writing() as session:
        session.execute(ShowRow.metadata.tables["shows"].delete())
    named("anchors")
    opened(settings).close()
    assert bought(settings, "anchors") == 1


def test_episodes_of_other_names_are_left_where_they_are(settings: Settings, named: Named) -> None:
    work(settings, "r-1")
    with closing(Store(settings.ledger_url)) as store, store.writing() as session:
        for table in OF_SHOWS:
            if "episode" in table.columns:
                session.execute(update(table).values(episode="tuesday"))
    named("other")
    opened(settings).close()
    assert claimed(settings).rows == 0
    assert (bought(settings, DEFAULT_SHOW), bought(settings, "other")) == (1, 0)


def test_a_show_claims_nothing_of_itself(settings: Settings, named: Named) -> None:
    with pytest.raises(LedgerError, match="what 'default' has is this show's already, which has no id"):
        claimed(settings)
    named("anchors")
    with pytest.raises(LedgerError, match="what 'anchors' has is this show's already"):
        claimed(settings, "anchors")


def test_a_show_that_is_not_known_is_refused_and_those_that_are_known_are_named(
    settings: Settings, named: Named
) -> None:
    work(settings, "r-1")
    named("anchors")
    with pytest.raises(LedgerError, match="knows no show 'anchor' beside this one") as refused:
        claimed(settings, "anchor")
    assert str(refused.value.hint).endswith("shows that it knows: default")
    claim_folder(settings.output, "monday", "gone", known=True)  # its database was deleted, and its folders are there
    assert claimed(settings, "gone").rows == 0
    claim_folder(settings.output, "monday", "anchors", known=True)


def test_a_show_whose_id_has_changed_buys_nothing_before_its_spent_dollars_are_found(
    stage: Stage, named: Named
) -> None:
    """In a database of its own: caps would not know what was spent under the earlier id."""
    settings = stage.settings(Mode.DRAFT)
    named("before")
    work(settings, "r-1")
    claim_folder(settings.output, "monday", "before", known=True)
    named("after")
    with pytest.raises(LedgerError, match="the show 'before' has made, or bought") as refused:
        opened(settings)
    hint = str(refused.value.hint)
    assert hint == "if it is the same show: ninja ledger claim before; if not: ninja ledger claim --none"
    assert claimed(settings, "before").purchases == 1
    work(settings, "r-2")
    claim_folder(settings.output, "monday", "after", known=True)
    assert (bought(settings, "before"), bought(settings, "after")) == (0, 2)
    named("before")  # and back: it is asked for again
    with pytest.raises(LedgerError, match="the show 'after' has made, or bought"):
        opened(settings)


def test_a_copy_of_a_show_under_another_id_begins_at_nought(stage: Stage, named: Named) -> None:
    settings = stage.settings(Mode.DRAFT)
    named("model")
    work(settings, "r-1")
    named("copy")
    claim_nothing(settings, load_show(settings.show))
    work(settings, "r-2")
    assert (bought(settings, "model"), bought(settings, "copy")) == (1, 1)


def test_a_rehearsal_alone_under_an_earlier_id_asks_nothing(stage: Stage, named: Named) -> None:
    settings = stage.settings(Mode.DRAFT)
    named("before")
    with opened(settings) as state:
        state.write("monday", Mode.REHEARSAL, [RECORD])
    named("after")
    opened(settings).close()
