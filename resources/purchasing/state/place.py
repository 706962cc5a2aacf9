"""Where a show's state lies, and what cannot be such a place."""

import re
from pathlib import Path
from typing import Final

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from resources.core.errors import LedgerError
from resources.core.settings import Settings
from resources.core.state_folder import make_state_folder

_ESCAPED: Final = re.compile(r"\\([0-7]{3})")  # a blank in a mount's name is written \040
_MOUNTS: Final = Path("/proc/self/mounts")
# File systems whose locks reach over a network, where several machines' SQLite would damage each other's writes.
_NETWORK: Final = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "afs", "ceph", "glusterfs", "lustre", "beegfs", "gpfs", "ncpfs", "davfs"}
)
_NETWORK_FUSE: Final = frozenset(
    {"sshfs", "s3fs", "rclone", "glusterfs", "davfs2", "gcsfuse", "goofys", "ceph", "smbnetfs", "curlftpfs"}
)


def sqlite_file(url: str) -> Path | None:
    """The file of a SQLite address; None for any other."""
    try:
        found = make_url(url)
    except (ArgumentError, ValueError):  # SQLAlchemy reads a port as a number without a look
        return None
    return Path(found.database).absolute() if found.get_backend_name() == "sqlite" and found.database else None


def refuse_network_folder(file: Path, mounts: Path = _MOUNTS) -> None:
    """Raise LedgerError for a SQLite file on a file system that is known to be a network's.

    Where the kernel tells nothing of mounts (`mounts` cannot be read), nothing is refused.
    """
    found = _mount_of(file, mounts)
    if found is None:
        return
    mount, kind = found
    name = kind.removeprefix("fuse.")
    if kind in _NETWORK or (kind != name and name in _NETWORK_FUSE):
        raise LedgerError(
            "the show's database would lie on a network folder",
            where=str(file),
            why=f"{mount} is {kind}, where SQLite's locks do not hold: two machines would damage what was paid for",
            hint="set NINJA_LEDGER_URL to sqlite:////a/local/folder/ledger.db, or to postgresql://user@host/database "
            "for several machines; media may stay there (NINJA_LIBRARY)",
        )


def is_own(settings: Settings) -> bool:
    """Whether the database is the one in the show's own folder, where no other show lives."""
    file = sqlite_file(settings.ledger_url)
    return file is not None and file == settings.state / "ledger.db"


def make_own_folder(settings: Settings) -> None:
    """Make the show's state folder. Raises LedgerError where that cannot be."""
    try:
        make_state_folder(settings.show)
    except OSError as error:
        raise LedgerError(
            "the show's state has no place",
            where=str(settings.state),
            why=error.strerror,
            hint="make the show's folder writable, or set NINJA_LEDGER_URL and NINJA_LIBRARY",
        ) from error


def _mount_of(file: Path, mounts: Path) -> tuple[str, str] | None:
    """The mount that a file is on, or will be, and its kind; None where it is not known."""
    try:
        lines = mounts.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return None
    real = file.resolve()
    found: tuple[str, str] | None = None
    for line in lines:
        fields = line.split(" ")
        if len(fields) < 3:  # device, mount, kind
            continue
        mount = _ESCAPED.sub(lambda found: chr(int(found[1], 8)), fields[1])
        if real.is_relative_to(mount) and (found is None or len(mount) >= len(found[0])):
            found = mount, fields[2]
    return found
