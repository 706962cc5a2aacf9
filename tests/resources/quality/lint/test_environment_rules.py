"""Keys, addresses and numbers of the environment: each mistake by its variable, and no key shown in any part."""

import os
from dataclasses import replace
from pathlib import Path

import imageio_ffmpeg
import pytest

from resources.core.names import Mode
from resources.core.settings import Settings
from resources.media import ffmpeg
from resources.quality.lint import environment_rules
from resources.quality.lint.environment_rules import check_access, check_places, check_programs, key_of

WELL = {"FAL_KEY": "abc:def", "ELEVENLABS_API_KEY": "sk_0123"}


def refused(**changes: str | None) -> dict[str, str]:
    """The variable of each finding, by its rule."""
    wanted = {name: value for name, value in {**WELL, **changes}.items() if value is not None}
    return {finding.rule: finding.where for finding in check_access(wanted)}


def test_two_plain_keys_are_all_that_is_needed() -> None:
    assert refused() == {}


def test_fals_other_name_for_its_key_is_as_good() -> None:
    assert refused(FAL_KEY=None, FAL_AI_API_KEY="abc:def") == {}
    assert key_of({"FAL_KEY": " ", "FAL_AI_API_KEY": "x"}, ("FAL_KEY", "FAL_AI_API_KEY")) == "FAL_AI_API_KEY"


@pytest.mark.parametrize("value", [None, "", "   ", "\n"])
def test_a_key_that_is_missing_or_blank_is_told(value: str | None) -> None:
    assert refused(ELEVENLABS_API_KEY=value) == {"key-missing": "ELEVENLABS_API_KEY"}


@pytest.mark.parametrize("value", ["sec\nret", "'secret'", '"secret"', "sec ret", "sec\u200bret", "sécret", "sec\tret"])
def test_a_key_of_letters_that_no_header_holds_is_told_and_not_shown(value: str) -> None:
    assert refused(FAL_KEY=value) == {"key-malformed": "FAL_KEY"}
    for finding in check_access({**WELL, "FAL_KEY": value}):
        shown = f"{finding}"
        assert value not in shown
        assert "ret" not in shown.replace("return", "")


@pytest.mark.parametrize("name", ["FAL_BASE_URL", "ELEVENLABS_BASE_URL", "NINJA_WEBHOOK_URL"])
@pytest.mark.parametrize("value", ["example.com", "ftp://example.com", "https://", "http://example.com:99999"])
def test_an_address_of_no_use_is_told_by_its_variable(name: str, value: str) -> None:
    assert list(refused(**{name: value}).values()) == [name]


@pytest.mark.parametrize("value", ["-1", "many", "2.5", "nan"])
def test_a_number_of_requests_at_once_is_a_whole_one(value: str) -> None:
    assert list(refused(FAL_CONCURRENCY=value).values()) == ["FAL_CONCURRENCY"]
    assert refused(FAL_CONCURRENCY="4") == {}


def test_an_address_that_lost_a_slash_is_told_and_no_folder_of_its_name_is_taken(tmp_path: Path) -> None:
    ledger = f"sqlite:///{tmp_path}/ledger.db"
    plain = Settings(
        show=tmp_path, output=tmp_path, library=str(tmp_path), ledger_url=ledger, mode=Mode.DRAFT, cache=tmp_path
    )
    assert check_places(plain, {}) == []
    for written in ("s3:/studio/library", "s3:studio/library"):
        [found] = check_places(replace(plain, library=written), {})
        assert (found.rule, found.where) == ("library-unusable", "NINJA_LIBRARY")
        assert found.hint == "export NINJA_LIBRARY=s3://studio/library"
    assert [each.rule for each in check_places(replace(plain, library="C:/studio"), {})] == ["place-relative"]
    [found] = check_places(replace(plain, publish="gs:/studio/episodes"), {})
    assert found.hint == "export NINJA_PUBLISH=gs://studio/episodes"


def test_keys_in_an_address_are_told_and_not_shown(tmp_path: Path) -> None:
    settings = Settings.from_environment(
        {"NINJA_SHOW": str(tmp_path), "NINJA_LIBRARY": "s3://KEY:s3cr3t@media/library"}
    )
    [found] = check_places(settings, {})
    assert (found.rule, found.where) == ("library-unusable", "NINJA_LIBRARY")
    assert found.message == "s3://***@media/library has keys in it, which are no part of a bucket's name"
    assert "AWS_SECRET_ACCESS_KEY" in found.hint
    slipped = replace(settings, library="sftp:/ninja:s3cr3t@host/library")
    assert "s3cr3t" not in "".join(f"{each.message}{each.hint}" for each in check_places(slipped, {}))


def test_an_address_with_a_slash_too_many_names_no_bucket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment_rules, "is_missing", lambda _: False)
    settings = Settings.from_environment({"NINJA_SHOW": str(tmp_path), "NINJA_LIBRARY": "s3:///library"})
    [found] = check_places(settings, {})
    assert (found.rule, found.message) == ("library-unusable", "s3:///library names no place")
    assert found.hint == "name it: s3://bucket/library"


def test_a_place_that_each_working_directory_would_have_elsewhere_is_told_with_the_one_that_is_meant(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    found = check_places(Settings.from_environment({"NINJA_SHOW": ".", "NINJA_LEDGER_URL": "sqlite:///a b.db"}), {})
    assert [(each.rule, each.hint) for each in found] == [
        ("place-relative", f"export NINJA_LEDGER_URL='sqlite:///{tmp_path}/a b.db'")
    ]
    found = check_places(Settings.from_environment({"NINJA_SHOW": ".", "NINJA_LIBRARY": "films"}), {})
    assert [(each.rule, each.hint) for each in found] == [("place-relative", f"export NINJA_LIBRARY={tmp_path}/films")]
    ledgers = [f"sqlite:///{tmp_path}/a.db", f"sqlite:///file:{tmp_path}/a.db?uri=true"]
    for name, place in (*(("NINJA_LEDGER_URL", each) for each in ledgers), ("NINJA_LIBRARY", f"{tmp_path}/films")):
        assert check_places(Settings.from_environment({"NINJA_SHOW": ".", name: place}), {}) == []


def test_a_place_of_ones_own_that_cannot_be_written_is_not_said_to_be_somebody_elses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)  # whoever runs this may be root, who may all
    ledger = f"sqlite:///{tmp_path}/ledger.db"
    settings = Settings(
        show=tmp_path, output=tmp_path, library=str(tmp_path), ledger_url=ledger, mode=Mode.DRAFT, cache=tmp_path
    )
    found = check_places(settings, {})
    said = [each.message for each in found if each.where == "NINJA_OUTPUT"]
    assert said == [f"nothing can be written to {tmp_path}: the permissions of {tmp_path} do not let you"]


def test_an_ffmpeg_that_cannot_be_used_is_found_and_no_other_is_asked(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert check_programs({}) == []
    [found] = check_programs({"IMAGEIO_FFMPEG_EXE": str(tmp_path / "ffmpeg")})
    assert (found.rule, found.where) == ("ffmpeg-unfit", "IMAGEIO_FFMPEG_EXE")
    assert "No such file" in found.message
    monkeypatch.setattr(ffmpeg, "own", lambda: None)  # no wheel fits the system
    monkeypatch.setattr(ffmpeg, "executable", lambda: "/bin/true")
    [found] = check_programs({})
    assert "/bin/true" in found.message
    assert found.hint.startswith("install a full build of ffmpeg")


def test_where_there_is_no_ffmpeg_at_all_it_is_told_how_one_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def nowhere() -> str:
        raise RuntimeError("No ffmpeg exe could be found.")

    monkeypatch.delenv("IMAGEIO_FFMPEG_EXE", raising=False)
    monkeypatch.setattr(ffmpeg, "own", lambda: None)
    monkeypatch.setattr(ffmpeg, "executable", ffmpeg.executable.__wrapped__)
    monkeypatch.setattr(imageio_ffmpeg, "get_ffmpeg_exe", nowhere)
    [found] = check_programs({})
    assert found.message == "there is no ffmpeg"
    assert "export IMAGEIO_FFMPEG_EXE=" in found.hint
