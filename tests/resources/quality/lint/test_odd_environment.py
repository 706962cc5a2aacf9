"""Every variable of a place or a number with every odd value: settings, or one sentence that names the variable."""

from pathlib import Path

import pytest

from resources.core.errors import ContentError
from resources.core.settings import Settings
from resources.quality.lint.environment_rules import check_access, check_places

_VARIABLES = (
    *("NINJA_SHOW", "NINJA_OUTPUT", "NINJA_LIBRARY", "NINJA_LEDGER_URL", "NINJA_MODE", "NINJA_CACHE", "NINJA_CACHE_GB"),
    *("NINJA_PUBLISH", "NINJA_WEBHOOK_URL", "DAGSTER_HOME", "FAL_CONCURRENCY", "FAL_BASE_URL"),
)
_VALUES = (
    *("", "  ", "x", "-1", "nan", "inf", "1e309", "0", "9" * 21, "a\nb", "%", "?", "#", "é", "\udcff", "$HOME"),
    *("/", "//", "..", ".", "/dev/null", "/proc/x", "/a b'c\"d", "n" * 300, "/n" * 2100),
    *("~", "~/x", "~nobody9/x", "sqlite:///~/x.db", "sqlite:///~nobody9/x.db", "file://~nobody9/x"),
    *("s3:/x", "s3://", "s3:///", "s3://b/c", "memory://", "file://", "file:///", "file://x", "local://x", "zip://x"),
    *("://", "::", "http://", "http://[::1", "postgresql://", "postgresql://u:p@[::1/x", "sqlite://", "sqlite:///"),
)


def _tries() -> list[object]:
    return [
        pytest.param(name, value, id=f"{name}-{number}") for name in _VARIABLES for number, value in enumerate(_VALUES)
    ]


@pytest.mark.parametrize(("name", "value"), _tries())
def test_an_odd_value_is_refused_by_its_variable_or_is_a_place(
    name: str, value: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    environment = {"NINJA_SHOW": str(tmp_path / "show"), name: value}
    assert _where(environment) in (None, name)
    assert not any(tmp_path.iterdir())


def _where(environment: dict[str, str]) -> str | None:
    """The variable by which the environment is refused; None where settings are made of it."""
    try:
        settings = Settings.from_environment(environment)
    except ContentError as refused:
        return refused.where if refused.hint else "no hint"
    found = [*check_places(settings, environment), *check_access(environment)]
    whole = settings.show.is_absolute() and settings.output.is_absolute()
    return None if whole and all(each.message and each.hint for each in found) else "no place"


@pytest.mark.parametrize("name", ["NINJA_LIBRARY", "NINJA_PUBLISH"])
@pytest.mark.parametrize("value", ["s3://", "s3:///", "memory://", "gs://"])
def test_an_address_that_names_no_place_is_no_folder_of_its_name(name: str, value: str, tmp_path: Path) -> None:
    settings = Settings.from_environment({"NINJA_SHOW": str(tmp_path), name: value})
    assert [each.where for each in check_places(settings, {})] == [name]
