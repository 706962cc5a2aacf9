"""Which processes are alive: each one that opens a ledger holds an OS file lock that the kernel frees when it dies.

So a killed run's leases are free at once, and one that is at work keeps them, however its clock or another's was set.
Known only on the same machine and for the same
user; for others the answer is None and the lease's time decides.
"""

import os
import socket
import time
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

from filelock import FileLock, Timeout

from resources.core.files import users_folder

_KEPT_SECONDS = 86400.0  # a dead process's leases have long expired by then
_SWEPT_EVERY_SECONDS = 3600.0


class Owner:
    """This process as an owner of leases, until `close`."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder or users_folder("ninja-ledger-owners")
        self._sweep()
        self.name = f"{socket.gethostname()[:80]}-{os.getpid()}-{uuid4().hex[:12]}"
        self._lock = _lock(self._path(self.name))
        self._lock.acquire()

    def alive(self, name: str) -> bool | None:
        """Whether the process behind an owner's name lives; None where that cannot be told."""
        if name == self.name:
            return True
        path = self._path(name)
        if not path.exists():
            return None
        try:
            with _lock(path):
                return False
        except Timeout:
            return True

    def works(self, name: str) -> bool:
        """Whether another process is seen at work behind an owner's name: it lives, and nobody has stopped it."""
        if name == self.name or self.alive(name) is not True:
            return False
        import psutil  # noqa: PLC0415  (only where a lease has run out while its owner lives)

        with suppress(psutil.Error, ValueError, IndexError):
            return bool(psutil.Process(int(name.rsplit("-", 2)[1])).status() != psutil.STATUS_STOPPED)
        return False

    def close(self, *, used: bool = True) -> None:
        """Give the name up: its leases are free from now on. `used`: rows may bear it, and must find it dead."""
        if not used:
            self._path(self.name).unlink(missing_ok=True)
        self._lock.release()

    def _sweep(self) -> None:
        """Remove what the long dead left, once in an hour: a name costs a look at each file of the folder."""
        swept, now = self._folder / "swept", time.time()
        with suppress(FileNotFoundError):
            if abs(now - swept.stat().st_mtime) < _SWEPT_EVERY_SECONDS:
                return
        swept.touch()
        for path in self._folder.glob("*.lock"):
            with suppress(Timeout, FileNotFoundError):  # alive, or swept by another process just now
                if now - path.stat().st_mtime > _KEPT_SECONDS:
                    with _lock(path):
                        path.unlink()

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}.lock"


def _lock(path: Path) -> FileLock:
    # Not tied to a thread: a ledger is opened in one and closed in another.
    return FileLock(path, timeout=0, thread_local=False, fallback_to_soft=False)
