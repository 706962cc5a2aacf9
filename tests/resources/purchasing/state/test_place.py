"""Where a show's state may lie, and where it may not."""

from pathlib import Path

import pytest

from resources.core.errors import LedgerError
from resources.core.names import Mode
from resources.core.settings import Settings
from resources.models.loading import load_show
from resources.purchasing.books import open_state
from resources.purchasing.state.place import is_own, make_own_folder, refuse_network_folder, sqlite_file
from tests.stage import paid_show


def mounts(tmp_path: Path, *lines: str) -> Path:
    file = tmp_path / "mounts"
    file.write_text("".join(f"{line} rw 0 0\n" for line in ("/dev/root / ext4", *lines)), encoding="utf-8")
    return file


@pytest.mark.parametrize("kind", ["nfs4", "nfs", "cifs", "smb3", "ceph", "fuse.sshfs", "fuse.s3fs"])
def test_a_database_on_a_network_folder_is_refused_with_the_folder_and_its_kind(tmp_path: Path, kind: str) -> None:
    share = tmp_path.resolve() / "the share"
    escaped = str(share).replace(" ", "\\040")
    with pytest.raises(LedgerError, match="network folder") as refused:
        refuse_network_folder(share / "show" / "ledger.db", mounts(tmp_path, f"server:/x {escaped} {kind}"))
    assert str(share / "show" / "ledger.db") in str(refused.value)
    assert f"{share} is {kind}" in str(refused.value)
    assert "NINJA_LEDGER_URL" in str(refused.value.hint)


@pytest.mark.parametrize("kind", ["ext4", "btrfs", "overlay", "tmpfs", "fuse.gocryptfs", "9p"])
def test_a_database_on_a_disk_is_not(tmp_path: Path, kind: str) -> None:
    refuse_network_folder(tmp_path / "ledger.db", mounts(tmp_path, f"/dev/sda {tmp_path.resolve()} {kind}"))


def test_the_mount_that_counts_is_the_innermost_and_the_last(tmp_path: Path) -> None:
    home = tmp_path.resolve()
    inner = mounts(tmp_path, f"server:/x {home} nfs4", f"/dev/sdb {home}/local ext4", f"/dev/sdc {home} xfs")
    refuse_network_folder(home / "local" / "ledger.db", inner)
    refuse_network_folder(home / "ledger.db", inner)


def test_where_mounts_cannot_be_read_nothing_is_refused(tmp_path: Path) -> None:
    refuse_network_folder(tmp_path / "ledger.db", tmp_path / "none")


def test_settings_name_a_place_in_the_shows_folder_unless_the_environment_names_another(tmp_path: Path) -> None:
    own = Settings.from_environment({"NINJA_SHOW": str(tmp_path)})
    assert (own.ledger_url, own.library) == (f"sqlite:///{tmp_path}/.state/ledger.db", f"{tmp_path}/.state/library")
    assert is_own(own)
    named = Settings.from_environment(
        {"NINJA_SHOW": str(tmp_path), "NINJA_LEDGER_URL": "postgresql://db/x", "NINJA_LIBRARY": "s3://b/l"}
    )
    assert (named.ledger_url, named.library) == ("postgresql://db/x", "s3://b/l")
    assert not is_own(named)
    assert sqlite_file(named.ledger_url) is None


def test_a_folder_that_cannot_be_made_is_told_with_the_settings_that_name_another(tmp_path: Path) -> None:
    file = tmp_path / "show"
    file.write_text("no folder", encoding="utf-8")
    with pytest.raises(LedgerError, match="no place") as refused:
        make_own_folder(Settings.from_environment({"NINJA_SHOW": str(file)}))
    assert "NINJA_LEDGER_URL and NINJA_LIBRARY" in str(refused.value.hint)


def test_a_database_that_was_closed_is_one_whole_file(tmp_path: Path) -> None:
    stage = paid_show(tmp_path)
    settings = stage.settings(Mode.DRAFT)
    open_state(settings, load_show(settings.show)).close()
    assert {path.name for path in settings.state.iterdir()} == {".gitignore", "ledger.db"}
