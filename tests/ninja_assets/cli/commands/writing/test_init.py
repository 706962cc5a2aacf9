"""`ninja init` and `ninja new`: what they write, and what they leave alone."""

import stat
from pathlib import Path

import pytest

from ninja_assets.cli.commands.writing.init import init, new
from resources.core.errors import ContentError
from resources.core.settings import Settings
from resources.models.loading import load_script, load_show
from tests.stage import build_stage


def made(folder: Path, **given: str) -> Path:
    options = {"title": None, "identity": None, "anchors": None, "formats": None, "language": None}
    assert init(folder, **{**options, **given}, ask=False) == 0
    return folder


def test_a_show_is_made_with_a_place_for_keys_that_git_ignores(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = made(tmp_path / "Späte Show", anchors="Anna, Ben")
    show = load_show(folder)
    assert (show.title, show.id, list(show.characters)) == ("Späte Show", "spate-show", ["ANNA", "BEN"])
    assert stat.S_IMODE((folder / ".env").stat().st_mode) == 0o600
    assert {".env", "/.state/", "/output/"} <= set((folder / ".gitignore").read_text(encoding="utf-8").split())
    assert "ninja produce welcome" in capsys.readouterr().out


def test_nothing_that_is_there_is_written_over(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("FAL_KEY=mine\n", encoding="utf-8")
    with pytest.raises(ContentError, match="files of that name"):
        made(tmp_path)
    assert not (tmp_path / "show.yaml").exists()
    (tmp_path / ".env").unlink()
    made(tmp_path)
    with pytest.raises(ContentError, match="a show already"):
        made(tmp_path)


@pytest.mark.parametrize(
    "given",
    [
        {"formats": "wide"},
        {"formats": "short,short"},
        {"anchors": " , "},
        {"anchors": "Anna,ANNA"},
        {"anchors": "Broll,Ben"},
        {"identity": "A B"},
        {"title": " "},
        {"title": "\u200b"},
        {"anchors": "\u2060,\u200e"},
        {"title": "x" * 200},
        {"language": ""},
        {"language": "klingon"},
    ],
)
def test_a_choice_that_cannot_be_is_refused_before_anything_is_written(tmp_path: Path, given: dict[str, str]) -> None:
    with pytest.raises(ContentError):
        made(tmp_path / "show", **given)
    assert not (tmp_path / "show").exists()


def test_an_episode_is_made_once(tmp_path: Path) -> None:
    folder = made(tmp_path)
    settings = Settings.from_environment({"NINJA_SHOW": str(folder)})
    assert new(settings, "2026-11-30") == 0
    assert load_script(folder, load_show(folder), "2026-11-30").turns
    with pytest.raises(ContentError, match="already"):
        new(settings, "2026-11-30")
    with pytest.raises(ContentError, match="episode's name"):
        new(settings, "Not a name")


def test_a_name_that_is_offered_in_the_place_of_one_that_is_taken_is_free(tmp_path: Path) -> None:
    settings = build_stage(tmp_path).settings()
    for name in ("demo-2", long := "a" * 63):
        new(settings, name)
    with pytest.raises(ContentError, match="there already") as taken:
        new(settings, "demo")
    assert taken.value.hint == "ninja new demo-3"
    with pytest.raises(ContentError, match="there already") as taken:
        new(settings, long)
    assert new(settings, str(taken.value.hint).removeprefix("ninja new ")) == 0


def test_the_name_of_a_file_is_none_of_an_episode(tmp_path: Path) -> None:
    settings = build_stage(tmp_path).settings()
    with pytest.raises(ContentError, match=r"2026-11-30\.md is the name of a file") as refused:
        new(settings, "2026-11-30.md")
    assert refused.value.hint == "ninja new 2026-11-30"
    assert [each.name for each in (settings.show / "episodes").iterdir()] == ["demo.md"]
