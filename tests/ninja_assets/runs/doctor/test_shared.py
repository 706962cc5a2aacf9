"""What the doctor says of what several machines share; nothing of it is said of a show that keeps all by itself."""

from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import fsspec
import pytest
from fsspec.implementations.memory import MemoryFileSystem

from ninja_assets.runs.doctor.diagnosis import examine
from ninja_assets.runs.doctor.doctor_finding import Health
from ninja_assets.runs.doctor.shared import look_at_shared
from tests.stage import build_stage


def test_a_show_that_keeps_all_by_itself_is_told_nothing(tmp_path: Path) -> None:
    assert list(look_at_shared(build_stage(tmp_path).settings(), {})) == []


def test_each_right_at_an_object_store_is_tried_and_no_trace_is_left(tmp_path: Path) -> None:
    library = f"memory://{uuid4().hex}"
    settings = replace(build_stage(tmp_path).settings(), library=library)
    store, versions = look_at_shared(settings, {"NINJA_LIBRARY": library})
    assert (store.name, store.health) == ("object store", Health.GOOD)
    assert versions.name == "versions"
    files, root = fsspec.url_to_fs(library)
    assert files.find(root) == []


class KeepsAll(MemoryFileSystem):  # type: ignore[misc]  # fsspec has no types
    """A store whose key may not delete."""

    protocol = "keeps"

    def rm_file(self, path: str) -> None:
        raise PermissionError(f"AccessDenied: {path}")


def test_a_right_that_is_missing_is_named_with_its_reason(tmp_path: Path) -> None:
    fsspec.register_implementation("keeps", KeepsAll, clobber=True)
    settings = replace(build_stage(tmp_path).settings(), library=f"keeps://{uuid4().hex}")
    [store] = look_at_shared(settings, {})
    assert store.health is Health.BAD
    assert "cannot delete (PermissionError: AccessDenied" in store.detail
    assert "write" not in store.detail


class OnlyRead(MemoryFileSystem):  # type: ignore[misc]  # fsspec has no types
    """A store whose key may read a name that it knows, and nothing else."""

    protocol = "reads"

    def pipe_file(self, path: str, *_: object, **__: object) -> None:
        raise PermissionError(f"AccessDenied: {path}")

    rm_file = find = pipe_file


def test_a_right_to_list_is_tried_and_one_that_is_there_is_not_told_as_missing(tmp_path: Path) -> None:
    fsspec.register_implementation("reads", OnlyRead, clobber=True)
    settings = replace(build_stage(tmp_path).settings(), library=f"reads://{uuid4().hex}")
    [store] = look_at_shared(settings, {})
    assert [right for right in ("write", "read", "list", "delete") if f"cannot {right} (" in store.detail] == [
        "write",
        "list",
        "delete",
    ]


class Closed(OnlyRead):
    """A store whose key may do nothing."""

    protocol = "closed"

    def cat_file(self, path: str, *_: object, **__: object) -> bytes:
        raise PermissionError(f"AccessDenied: {path}")


def test_a_right_to_read_is_tried_where_nothing_can_be_written(tmp_path: Path) -> None:
    fsspec.register_implementation("closed", Closed, clobber=True)
    settings = replace(build_stage(tmp_path).settings(), library=f"closed://{uuid4().hex}")
    [store] = look_at_shared(settings, {})
    assert "cannot read (PermissionError: AccessDenied" in store.detail


def test_the_place_where_episodes_are_published_is_tried_as_the_library_is(tmp_path: Path) -> None:
    fsspec.register_implementation("reads", OnlyRead, clobber=True)
    settings = replace(build_stage(tmp_path).settings(), publish=f"reads://{uuid4().hex}/episodes")
    [publishing] = look_at_shared(settings, {})
    assert (publishing.name, publishing.health) == ("publishing", Health.BAD)
    assert f"{settings.publish}: cannot write (PermissionError: AccessDenied" in publishing.detail


class Away(MemoryFileSystem):  # type: ignore[misc]  # fsspec has no types
    """A store whose server does not answer."""

    protocol = "away"

    def pipe_file(self, path: str, *_: object, **__: object) -> None:
        raise ConnectionError(f"could not connect: {path}")

    cat_file = rm_file = find = pipe_file


def test_a_store_that_does_not_answer_is_told_once_and_not_for_each_right(tmp_path: Path) -> None:
    fsspec.register_implementation("away", Away, clobber=True)
    settings = replace(build_stage(tmp_path).settings(), library="away://studio/library")
    [store] = look_at_shared(settings, {})
    assert store.health is Health.BAD
    assert store.detail.startswith("away://studio/library: nothing can be written or read there (ConnectionError:")
    assert store.detail.count("could not connect") == 1
    assert "AWS_ENDPOINT_URL" in store.hint


@pytest.mark.parametrize("setting", ["NINJA_LIBRARY", "NINJA_PUBLISH"])
def test_an_address_that_cannot_be_opened_is_told_once_and_mended_by_its_own_hint(tmp_path: Path, setting: str) -> None:
    own = build_stage(tmp_path).settings()
    named = {"NINJA_LIBRARY": replace(own, library="nowhere://a"), "NINJA_PUBLISH": replace(own, publish="nowhere://a")}
    [store] = look_at_shared(named[setting], {})
    assert store.detail == f"nowhere://a: {setting} is no address (Protocol not known: nowhere)"
    assert store.hint == "name a folder, or s3://bucket/folder"


def test_keys_and_passwords_of_an_address_are_not_shown(tmp_path: Path) -> None:
    fsspec.register_implementation("reads", OnlyRead, clobber=True)
    own = build_stage(tmp_path).settings()
    settings = replace(own, library="s3://KEY:s3cr3t@media/library", publish="reads://ninja:s3cr3t@host/episodes")
    store, publishing = look_at_shared(settings, {})
    assert store.detail == (
        "s3://***@media/library: NINJA_LIBRARY has keys in it, which are no part of a bucket's name"
    )
    assert publishing.detail.startswith("reads://***@host/episodes: cannot write")


def test_a_database_that_does_not_answer_is_told_without_its_password(tmp_path: Path) -> None:
    address = "postgresql://ninja:very-secret@127.0.0.1:9/shows"
    settings = replace(build_stage(tmp_path).settings(), ledger_url=address)
    [database] = look_at_shared(settings, {})
    assert (database.name, database.health) == ("database", Health.BAD)
    assert "very-secret" not in database.model_dump_json()


@pytest.mark.parametrize("address", ["nonsense:pw@x", "postgresql://u:pw@h:port/d", "mysql://u:pw@h/d"])
def test_an_address_that_is_no_ledgers_is_one_finding(tmp_path: Path, address: str) -> None:
    settings = build_stage(tmp_path).settings()
    found = list(examine(replace(settings, ledger_url=address), {}))
    [bad] = [each for each in found if each.name in ("database", "ledger", "NINJA_LEDGER_URL")]
    assert (bad.health, "NINJA_LEDGER_URL" in bad.name + bad.hint) == (Health.BAD, True)
    assert "pw" not in bad.detail


@pytest.mark.parametrize("address", ["s3://key:pw@bucket/x", "s4://bucket/x"])
def test_an_address_that_no_store_has_is_one_finding(tmp_path: Path, address: str) -> None:
    settings = replace(build_stage(tmp_path).settings(), library=address, publish=address)
    names = [each.name for each in examine(settings, {}) if each.health is Health.BAD]
    assert [name for name in names if name in ("NINJA_LIBRARY", "object store")] == ["NINJA_LIBRARY"]
    assert [name for name in names if name in ("NINJA_PUBLISH", "publishing")] == ["NINJA_PUBLISH"]


def test_a_ledger_file_that_cannot_be_opened_is_a_finding_and_all_else_is_told(tmp_path: Path) -> None:
    (tmp_path / "ledger.db").write_text("not a database, and long enough to be seen as none", encoding="utf-8")
    settings = build_stage(tmp_path / "stage").settings()
    found = list(examine(replace(settings, ledger_url=f"sqlite:///{tmp_path / 'ledger.db'}"), {}))
    [ledger] = [each for each in found if each.name == "ledger"]
    assert ledger.health is Health.BAD
    assert "ninja ledger restore FILE" in ledger.hint


def test_a_show_without_an_id_is_told_of_it_where_others_may_share_its_database(tmp_path: Path) -> None:
    stage = build_stage(tmp_path)
    own, shared = stage.settings(), replace(stage.settings(), ledger_url=f"sqlite:///{tmp_path / 'shared.db'}")

    def told() -> list[list[str]]:
        return [[f.hint for f in examine(each, {}) if f.name == "show id"] for each in (own, shared)]

    [[], [hint]] = told()
    assert hint.endswith("show.yaml: id: name-of-this-show")
    file = own.show / "show.yaml"
    file.write_text(f"id: night\n{file.read_text(encoding='utf-8')}", encoding="utf-8")
    assert told() == [[], []]
