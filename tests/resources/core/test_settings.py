"""The environment, read in one place."""

from pathlib import Path
from uuid import uuid4

import pytest

from resources.core import settings as module
from resources.core.copied_folders import origin_of
from resources.core.errors import ContentError
from resources.core.names import Mode
from resources.core.settings import ROOT, Settings, child_environment, find_show, holds_keys, parse_mode


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


@pytest.mark.parametrize("name", ["FINAL", "finale", "dra ft"])
def test_a_mode_that_does_not_exist_is_refused_with_its_place_and_those_that_do(name: str) -> None:
    with pytest.raises(ContentError) as refused:
        Settings.from_environment({"NINJA_MODE": name})
    assert (refused.value.where, refused.value.hint) == ("NINJA_MODE", "use one of rehearsal, draft, final")
    assert parse_mode("draft", where="--mode") is Mode.DRAFT


def test_what_is_blank_is_not_set_and_blanks_around_a_value_are_no_part_of_it(tmp_path: Path) -> None:
    names = ("NINJA_SHOW", "NINJA_OUTPUT", "NINJA_LIBRARY", "NINJA_LEDGER_URL", "NINJA_MODE", "NINJA_CACHE_GB")
    assert Settings.from_environment(dict.fromkeys(names, "  ")) == Settings.from_environment({})
    assert Settings.from_environment({"NINJA_OUTPUT": f"{tmp_path} \n"}).output == tmp_path
    assert Settings.from_environment({"NINJA_PUBLISH": "s3://"}).publish == "s3://"  # no folder of that name


def test_a_show_is_found_from_the_working_directory_upwards(tmp_path: Path) -> None:
    (tmp_path / "mine" / "episodes").mkdir(parents=True)
    (tmp_path / "mine" / "show.yaml").touch()
    assert find_show({}, tmp_path / "mine" / "episodes") == tmp_path / "mine"
    (tmp_path / "studio" / "show").mkdir(parents=True)
    (tmp_path / "studio" / "show" / "show.yaml").touch()
    assert find_show({}, tmp_path / "studio") == tmp_path / "studio" / "show"
    assert find_show({"NINJA_SHOW": "/else/where"}, tmp_path / "mine") == Path("/else/where")
    found = Settings.from_environment({}, start=tmp_path / "mine")
    assert (found.show, found.output) == (tmp_path / "mine", tmp_path / "mine" / "output")
    assert find_show({}, tmp_path) == ROOT / "show"


def test_where_there_is_no_show_the_command_that_makes_one_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "EXAMPLE", tmp_path / "nowhere")  # as in an installed wheel
    with pytest.raises(ContentError) as refused:
        Settings.from_environment({}, start=tmp_path)
    assert f"{refused.value.hint}".startswith("ninja init")


def test_a_child_gets_no_key_and_nothing_of_this_projects() -> None:
    given = {"PATH": "/bin", "LANG": "C.UTF-8", "FAL_KEY": "k", "ELEVENLABS_API_KEY": "k", "NINJA_LEDGER_URL": "p"}
    assert child_environment({**given, "AWS_SECRET_ACCESS_KEY": "k"}) == {"PATH": "/bin", "LANG": "C.UTF-8"}


def test_an_output_folder_elsewhere_is_refused_with_the_setting_that_publishes_there(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match="folder of this machine") as refused:
        Settings.from_environment({"NINJA_SHOW": str(tmp_path), "NINJA_OUTPUT": "s3://studio/episodes"})
    assert refused.value.where == "NINJA_OUTPUT"
    assert "export NINJA_PUBLISH=s3://studio/episodes" in str(refused.value.hint)


@pytest.mark.parametrize("size", ["many", "0", "-1", "inf", "nan", "1_0"])
def test_a_cache_of_no_size_is_refused(tmp_path: Path, size: str) -> None:
    with pytest.raises(ContentError, match="is no size") as refused:
        Settings.from_environment({"NINJA_SHOW": str(tmp_path), "NINJA_CACHE_GB": size})
    assert refused.value.hint == "export NINJA_CACHE_GB=20"


def test_a_show_at_an_address_is_fetched_and_keeps_nothing_of_its_own_there(tmp_path: Path) -> None:
    address = f"memory://{uuid4().hex}/show"
    places = {
        "NINJA_LIBRARY": str(tmp_path / "library"),
        "NINJA_LEDGER_URL": "sqlite://",
        "NINJA_OUTPUT": str(tmp_path / "output"),
        "DAGSTER_HOME": str(tmp_path / "home"),
    }
    environment = {"NINJA_SHOW": address, "NINJA_CACHE": str(tmp_path / "cache"), **places}
    settings = Settings.from_environment(environment)
    assert settings.show.is_relative_to(tmp_path / "cache")
    assert origin_of(settings.show) == address
    assert find_show(environment) == settings.show
    for name in places:
        with pytest.raises(ContentError, match=name):
            Settings.from_environment({**environment, name: ""})


def test_an_address_that_names_no_show_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ContentError) as refusal:
        Settings.from_environment({"NINJA_SHOW": "s3://", "NINJA_CACHE": str(tmp_path)})
    assert refusal.value.where == "NINJA_SHOW"
    assert "NINJA_SHOW=s3://bucket/show" in str(refusal.value.hint)


def test_a_tilde_of_a_file_of_settings_is_the_users_home_unless_a_folder_is_called_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", "/home/studio")
    monkeypatch.chdir(tmp_path)
    places = {"NINJA_SHOW": "~/a", "NINJA_LIBRARY": "~/films", "NINJA_LEDGER_URL": "sqlite:///~/ledger.db"}
    read = Settings.from_environment(places)
    assert (read.library, read.ledger_url) == ("/home/studio/films", "sqlite:////home/studio/ledger.db")
    (tmp_path / "~" / "films").mkdir(parents=True)
    (tmp_path / "~" / "ledger.db").touch()
    kept = Settings.from_environment(places)
    assert (kept.library, kept.ledger_url) == ("~/films", "sqlite:///~/ledger.db")


@pytest.mark.parametrize(
    ("address", "held"),
    [
        ("s3://KEY:s3cr3t@media/library", True),
        ("gs://s3cr3t@media", True),
        ("s3://media/a@b", False),
        ("abfs://container@account.dfs.core.windows.net/library", False),
        ("sftp://ninja:s3cr3t@host/library", False),
    ],
)
def test_keys_before_a_bucket_are_seen_and_the_logins_of_servers_that_take_one_are_not(
    address: str, held: bool
) -> None:
    assert holds_keys(address) is held
