"""A show's `.env`: read by every command, outdone by the environment, its values shown nowhere."""

import re
import stat
from pathlib import Path

import pytest

from resources.core.errors import ContentError
from resources.core.settings import ROOT
from resources.core.text.env_file import env_file, is_private, read_env_file


@pytest.fixture
def show(tmp_path: Path) -> Path:
    folder = tmp_path / "show"
    folder.mkdir()
    (folder / "show.yaml").touch()
    return folder


def read(show: Path, text: str, **environment: str) -> dict[str, str]:
    (show / ".env").write_text(text, encoding="utf-8")
    read_env_file(environment, show)
    return environment


def test_keys_and_settings_are_read_and_the_environment_wins(show: Path) -> None:
    text = 'FAL_KEY=abc # mine\nexport ELEVENLABS_API_KEY="d e"\nNINJA_MODE=draft\nAWS_REGION=eu\nDAGSTER_HOME=/d\n'
    found = read(show, text, NINJA_MODE="final", ELEVENLABS_API_KEY="")
    assert found == {
        "FAL_KEY": "abc",
        "ELEVENLABS_API_KEY": "d e",
        "NINJA_MODE": "final",
        "AWS_REGION": "eu",
        "DAGSTER_HOME": "/d",
    }


def test_names_of_others_empty_values_and_the_show_itself_are_left_alone(show: Path) -> None:
    assert read(show, "PATH=/evil\nLD_PRELOAD=x\nFAL_KEY=\nNINJA_SHOW=/elsewhere\nNAME\n") == {}


def test_it_lies_beside_show_yaml_or_above_a_folder_that_is_called_show(show: Path) -> None:
    assert env_file({}, show) is None
    (show.parent / ".env").touch()
    assert env_file({}, show.parent) == show.parent / ".env"
    (show / ".env").touch()
    assert env_file({}, show.parent) == show / ".env"


def test_what_cannot_be_read_is_refused_with_its_line_and_without_its_value(show: Path) -> None:
    with pytest.raises(ContentError) as refused:
        read(show, "NINJA_MODE=draft\n'FAL_KEY s3cr3t\n")
    assert f"{refused.value.where}".endswith("/.env:2")
    assert "s3cr3t" not in str(refused.value)
    (show / ".env").write_bytes(b"FAL_KEY=\xff\n")
    with pytest.raises(ContentError, match="cannot be read"):
        read_env_file({}, show)


def test_a_file_that_others_can_read_is_not_private(show: Path) -> None:
    file = show / ".env"
    file.touch(0o600)
    assert is_private(file)
    file.chmod(stat.S_IRUSR | stat.S_IRGRP)
    assert not is_private(file)


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("FAL_KEY=s3cr3t\nFAL_KEY=other\n", 2, "FAL_KEY is given twice"),
        ("fal_key=s3cr3t\n", 1, "did you mean FAL_KEY?"),
        ("\nFAL-KEY=s3cr3t\n", 2, "did you mean FAL_KEY?"),
        ('"ELEVENLABS_API_KEY"=s3cr3t\n', 1, "did you mean ELEVENLABS_API_KEY?"),
        ("NINJAMODE=s3cr3t\n", 1, "did you mean NINJA_MODE?"),
        ("NINJA_MODE=draft\nFAL_KEY=s3cr3t\0\n", 2, "a NUL character"),
    ],
)
def test_a_setting_that_would_be_passed_over_is_refused(show: Path, text: str, line: int, says: str) -> None:
    with pytest.raises(ContentError) as refused:
        read(show, text)
    assert f"{refused.value.where}".endswith(f"/.env:{line}")
    assert says in str(refused.value)
    assert "s3cr3t" not in str(refused.value)


@pytest.mark.parametrize("name", sorted(set(re.findall(r"`(NINJA_[A-Z_]+)", (ROOT / "README.md").read_text("utf-8")))))
def test_every_setting_of_the_readme_is_known_by_what_is_easily_mistaken_for_it(show: Path, name: str) -> None:
    if name == "NINJA_SHOW":  # says where the file is
        return
    with pytest.raises(ContentError, match=f"did you mean {name}\\?"):
        read(show, f"{name.lower()}=x\n")
