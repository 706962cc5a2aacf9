"""What earlier versions kept below the output folder is found where it is, and taken over once."""

import shutil
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from resources.core.errors import MediaError
from resources.core.library import Library
from resources.core.names import CellKey, Mode
from resources.core.values import Part
from resources.models.loading import load_show
from resources.models.prices import read_sheet
from resources.purchasing.books import find_ledger, find_state, open_ledger, open_state
from resources.purchasing.requests.takes import Takes
from resources.purchasing.taken_prices import TakenPrices
from tests.resources.core.library import bucket
from tests.resources.core.library.bucket import Bucket
from tests.resources.purchasing.state.takeover.earlier import old, rows_of, told
from tests.stage import Stage, paid_show


def test_purchases_media_prices_and_takes_are_brought_into_the_shows_own_folder(before: Stage) -> None:
    settings = before.settings(Mode.DRAFT)
    refreshed = read_sheet(old(before).with_name("prices.json"))
    assert rows_of(settings) == told()
    assert settings.library == str(before.show / ".state" / "library")
    with closing(open_ledger(settings, load_show(settings.show))) as ledger:
        files = [entry.media for entry in ledger.rows() if entry.media]
    assert files
    assert all(Library(settings.library).has(media) for media in files)
    with open_state(settings, load_show(settings.show)) as state:
        assert set(TakenPrices(state).sheet().price) == set(refreshed.price)
        assert Takes(state, Mode.DRAFT).current(CellKey("pilot", "s02"), Part.VOICE, 1) == 2
    assert {path.name for path in old(before).parent.iterdir()} == {"ledger.db.taken-over", "taken-over.json"}
    assert (before.show / ".state" / ".gitignore").read_text(encoding="utf-8").endswith("*\n")


@pytest.mark.parametrize("trouble", ["keyless", "missing"])
def test_a_library_elsewhere_that_cannot_be_read_is_told_and_its_retakes_are_found_afterwards(
    before: Stage, trouble: str, tmp_path: Path
) -> None:
    bucket.empty()
    settings = replace(before.settings(Mode.DRAFT), library=f"bucket://{trouble}/library", cache=tmp_path / "cache")
    show, recipes = load_show(settings.show), old(before).with_name("recipes")
    for path in recipes.glob("*/*.json"):
        Bucket.objects[f"{trouble}/library/recipes/{path.relative_to(recipes).as_posix()}"] = path.read_bytes()
    getattr(Bucket, trouble).add(trouble)
    with pytest.raises(MediaError, match=f"bucket {trouble}"):
        open_state(settings, show)
    getattr(Bucket, trouble).clear()
    with open_state(settings, show) as state:
        assert Takes(state, Mode.DRAFT).current(CellKey("pilot", "s02"), Part.VOICE, 1) == 2


def test_it_is_taken_over_once_and_deleting_the_output_folder_loses_nothing(before: Stage) -> None:
    settings = before.settings(Mode.DRAFT)
    assert rows_of(settings) == told()
    shutil.rmtree(before.output)
    assert rows_of(settings) == told()


def test_a_start_that_died_after_the_rows_came_over_is_finished_by_the_next(
    before: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = before.settings(Mode.DRAFT)

    def dies(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("resources.purchasing.state.takeover.takeover._take_library", dies)
        with pytest.raises(KeyboardInterrupt):
            open_state(settings, load_show(settings.show))
    with monkeypatch.context() as patch:
        patch.setattr("resources.purchasing.state.takeover.takeover._take_retakes", dies)
        with pytest.raises(KeyboardInterrupt):
            open_state(settings, load_show(settings.show))
    assert rows_of(settings) == told()
    with open_state(settings, load_show(settings.show)) as state:
        assert Takes(state, Mode.DRAFT).current(CellKey("pilot", "s02"), Part.VOICE, 1) == 2


def test_what_is_read_first_is_found_too(before: Stage) -> None:
    settings = before.settings()
    ledger = find_ledger(settings, load_show(settings.show))
    assert ledger is not None
    ledger.close()


def test_where_nothing_was_ever_bought_nothing_is_made_by_reading(tmp_path: Path) -> None:
    stage = paid_show(tmp_path)
    assert find_state(stage.settings(), load_show(stage.show)) is None
    assert not (stage.show / ".state").exists()


def test_a_show_with_an_id_takes_over_what_was_bought_before_shows_had_one(before: Stage) -> None:
    named(before, "anchors")
    settings = before.settings(Mode.DRAFT)
    assert rows_of(settings) == told()


def test_a_show_that_gives_itself_an_id_later_keeps_what_it_has(before: Stage) -> None:
    settings = before.settings(Mode.DRAFT)
    assert rows_of(settings) == told()
    named(before, "anchors")
    assert rows_of(settings) == told()
    with open_state(settings, load_show(settings.show)) as state:
        assert state.show == "anchors"
        assert Takes(state, Mode.DRAFT).current(CellKey("pilot", "s02"), Part.VOICE, 1) == 2


def test_a_database_that_was_named_is_taken_as_it_is_with_its_library(before: Stage) -> None:
    """NINJA_LEDGER_URL and NINJA_LIBRARY keep working: nothing moves."""
    library = before.output / ".library"
    settings = replace(before.settings(Mode.DRAFT), ledger_url=f"sqlite:///{old(before)}", library=str(library))
    assert rows_of(settings) == told()
    with open_state(settings, load_show(settings.show)) as state:
        assert Takes(state, Mode.DRAFT).current(CellKey("pilot", "s02"), Part.VOICE, 1) == 2
    assert old(before).exists()
    assert (library / "media").exists()


def named(before: Stage, name: str) -> None:
    """Give the show an id."""
    file = before.show / "show.yaml"
    file.write_text(f"id: {name}\n{file.read_text(encoding='utf-8')}", encoding="utf-8")
