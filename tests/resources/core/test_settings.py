"""The environment, read in one place."""

from pathlib import Path

import pytest

from resources.core.errors import ContentError
from resources.core.names import Mode
from resources.core.settings import ROOT, Settings, parse_mode


def test_without_a_variable_the_projects_own_show_is_rehearsed_and_its_state_lies_in_its_folder() -> None:
    settings = Settings.from_environment({})
    assert (settings.show, settings.output, settings.mode) == (ROOT / "show", ROOT / "output", Mode.REHEARSAL)
    assert settings.state == ROOT / "show" / ".state"
    assert settings.library == str(ROOT / "show" / ".state" / "library")
    assert settings.ledger_url == f"sqlite:///{ROOT / 'show' / '.state' / 'ledger.db'}"


def test_library_and_ledger_follow_the_show_unless_they_have_places_of_their_own(tmp_path: Path) -> None:
    moved = Settings.from_environment({"NINJA_SHOW": str(tmp_path), "NINJA_OUTPUT": "elsewhere"})
    assert moved.library == str(tmp_path / ".state" / "library")
    assert moved.ledger_url == f"sqlite:///{tmp_path / '.state' / 'ledger.db'}"
    own = {"NINJA_LIBRARY": "memory://films", "NINJA_LEDGER_URL": "postgresql://studio@db/books"}
    apart = Settings.from_environment({"NINJA_SHOW": str(tmp_path), **own})
    assert (apart.library, apart.ledger_url) == ("memory://films", "postgresql://studio@db/books")


def test_an_empty_variable_is_as_none_and_a_relative_path_is_made_absolute(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/studio")
    empty = dict.fromkeys(("NINJA_SHOW", "NINJA_OUTPUT", "NINJA_LIBRARY", "NINJA_LEDGER_URL", "NINJA_MODE"), "")
    assert Settings.from_environment(empty) == Settings.from_environment({})
    assert Settings.from_environment({"NINJA_SHOW": "shows/a"}).show == Path.cwd() / "shows" / "a"
    assert Settings.from_environment({"NINJA_SHOW": "~/a"}).show == Path("/home/studio/a")


def test_another_mode_changes_nothing_else() -> None:
    settings = Settings.from_environment({})
    assert settings.in_mode(Mode.FINAL).in_mode(Mode.REHEARSAL) == settings
    assert settings.in_mode(Mode.FINAL).mode is Mode.FINAL


@pytest.mark.parametrize("name", ["FINAL", "finale", " draft"])
def test_a_mode_that_does_not_exist_is_refused_with_its_place_and_those_that_do(name: str) -> None:
    with pytest.raises(ContentError) as refused:
        Settings.from_environment({"NINJA_MODE": name})
    assert (refused.value.where, refused.value.mend) == ("NINJA_MODE", "use one of rehearsal, draft, final")
    assert parse_mode("draft", where="--mode") is Mode.DRAFT
