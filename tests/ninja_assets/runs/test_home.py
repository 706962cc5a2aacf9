"""Where Dagster keeps a show's runs."""

import stat
from pathlib import Path

import pytest

from ninja_assets.runs.home import dagster_home, own_settings
from resources.core.errors import ContentError
from resources.core.settings import ROOT


def test_the_example_has_the_projects_own_and_a_new_home_says_the_same() -> None:
    environment: dict[str, str] = {"NINJA_SHOW": str(ROOT / "show")}
    assert dagster_home(environment) == ROOT / "dagster_home"
    assert environment["DAGSTER_HOME"] == str(ROOT / "dagster_home")
    assert own_settings() == (ROOT / "dagster_home" / "dagster.yaml").read_text(encoding="utf-8")


def test_another_show_has_its_own_in_its_state_folder(tmp_path: Path) -> None:
    environment = {"NINJA_SHOW": str(tmp_path)}
    home = dagster_home(environment)
    assert home == tmp_path / ".state" / "dagster"
    assert (home / "dagster.yaml").read_text(encoding="utf-8") == own_settings()
    assert stat.S_IMODE(home.parent.stat().st_mode) == 0o700
    (home / "dagster.yaml").write_text("a person's\n", encoding="utf-8")
    assert dagster_home({"NINJA_SHOW": str(tmp_path)}) == home
    assert (home / "dagster.yaml").read_text(encoding="utf-8") == "a person's\n"


def test_a_home_that_is_named_is_taken_as_it_is(tmp_path: Path) -> None:
    assert dagster_home({"DAGSTER_HOME": str(tmp_path)}) == tmp_path
    assert list(tmp_path.iterdir()) == []


def test_a_show_in_which_nothing_can_be_made_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    with pytest.raises(ContentError, match="no place"):
        dagster_home({"NINJA_SHOW": str(file)})
