"""Reading and writing files: whole or not at all, on the disk where that is asked for, and marked with what they hold.

What a file is for is its writer's matter. Nothing of the library, and no format, is known here.
"""

import errno
import getpass
import hashlib
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final
from uuid import uuid4

_BLOCK: Final = 1 << 20  # bytes copied at a time
_CLONED: Final = 1 << 30  # bytes asked of the kernel at a time
FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT})  # a disk, or what its user may have of it, is full
# Folders of some network file systems cannot be synced; those that can say so by not refusing.
_UNSYNCABLE: Final = frozenset({errno.EINVAL, errno.ENOTSUP, errno.ENOSYS, errno.EBADF})
# A mark is a number of 100 ns steps within a second: what NTFS and SMB keep of a time, and every Linux disk.
_STEP: Final = 100
_STEPS: Final = 10_000_000


@contextmanager
def atomic_write(target: Path, *, durable: bool = True, exclusive: bool = False) -> Iterator[Path]:
    """Write `target` whole or not at all: a temporary path beside it to write to, which takes its name at the end.

    Its folder is made. `durable`: file and folder are on the disk (fsync) before this returns; False for what can be
    made again at no cost. `exclusive`: raises FileExistsError, and leaves what is there, where somebody was first.
    When the block raises, as on a full disk, the temporary file is removed and `target` is as it was; after a kill
    the temporary file is left (`.….part` with the target's suffix, by which ffmpeg knows a container).

    Written here and not taken from a package: `safer` has no fsync, `atomicwrites` is given up since 2022, and both
    hand out an open file where ffmpeg and Pillow need a path.
    """
    _make_folder(target.parent, durable=durable)
    part = target.with_name(f".{target.stem[:40]}.{uuid4().hex[:8]}.part{target.suffix}")
    try:
        yield part
        if durable:
            _sync(part)
        if exclusive:
            _name_first(part, target)
        else:
            part.replace(target)
        if durable:
            _sync_folder(target.parent)
    except OSError as error:
        if error.filename == str(part):  # a person knows the file by its own name
            error.filename = str(target)
        raise
    finally:
        part.unlink(missing_ok=True)


def users_folder(purpose: str) -> Path:
    """The folder, made if it is missing, that all processes of this user on this machine share for a purpose."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # in a container, a user id may have no name
        user = str(os.getuid())
    folder = Path(tempfile.gettempdir()) / f"{purpose}-{user}"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def read_regular(path: Path, most: int) -> bytes:
    """The content of a file, cut off after `most` bytes.

    Raises OSError for what cannot be read, and for what is no regular file: a pipe would be waited for, and a device
    has no end.
    """
    with open(path, "rb", opener=_without_waiting) as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError(errno.EINVAL, "it is no regular file", str(path))
        return file.read(most)


def _without_waiting(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def write_text(path: Path, text: str, *, durable: bool = False) -> Path:
    """Write a UTF-8 file as `atomic_write` does, by default one that can be made again."""
    with atomic_write(path, durable=durable) as part:
        part.write_text(text, encoding="utf-8")
    return path


def sha256_of(path: Path) -> str:
    """The sha256 of a file's content, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def copy_hashed(source: Path, target: Path) -> str:
    """Copy a file and return the sha256 of what was copied."""
    digest = hashlib.sha256()
    with source.open("rb") as read, target.open("wb") as write:
        while block := read.read(_BLOCK):
            digest.update(block)
            write.write(block)
    return digest.hexdigest()


def clone(source: Path, target: Path) -> None:
    """Make `target` a file of its own with the content of `source`.

    Where the file system can share blocks until one of both is written to (btrfs, XFS, ZFS), this costs nothing; else
    it is a copy.
    """
    if not _cloned(source, target):
        shutil.copyfile(source, target)


def linked(source: Path, target: Path) -> bool:
    """Make `target` another name of `source`; False where the file system cannot."""
    try:
        target.hardlink_to(source)
    except OSError:
        return False
    return True


def mark(path: Path, sha256: str) -> None:
    """Note in the file's time of change, below a second, what it holds: whoever writes to it wipes the note."""
    seconds = path.stat().st_mtime_ns // 1_000_000_000
    time = seconds * 1_000_000_000 + _mark_of(sha256)
    os.utime(path, ns=(time, time))


def is_marked(found: os.stat_result, sha256: str) -> bool:
    """Whether a file bears the mark of this content: it was written so, and has not been written to since.

    One of ten million files that were written to bears it by chance. A disk that keeps whole seconds keeps no marks.
    """
    return found.st_mtime_ns % 1_000_000_000 == _mark_of(sha256)


def _mark_of(sha256: str) -> int:
    """In nanoseconds; never 0, which is what disks that keep whole seconds have."""
    return (int(sha256[:16], 16) % (_STEPS - 1) + 1) * _STEP


def _cloned(source: Path, target: Path) -> bool:
    with source.open("rb") as read, target.open("wb") as write:
        with suppress(AttributeError, OSError):  # another system than Linux, or two file systems
            while os.copy_file_range(read.fileno(), write.fileno(), _CLONED):
                pass
        return os.fstat(write.fileno()).st_size == os.fstat(read.fileno()).st_size


def _make_folder(folder: Path, *, durable: bool) -> None:
    if folder.is_dir():
        return
    if folder.parent != folder:
        _make_folder(folder.parent, durable=durable)
    folder.mkdir(exist_ok=True)
    if durable:
        _sync_folder(folder.parent)


def _name_first(part: Path, target: Path) -> None:
    """Give a file its name unless it is taken. Raises FileExistsError."""
    try:
        os.link(part, target)  # unlike a rename it never replaces
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links: two that come at the same moment are equal there
        if target.exists():
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(target)) from None
        part.replace(target)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _sync_folder(folder: Path) -> None:
    try:
        _sync(folder)
    except OSError as error:
        if error.errno not in _UNSYNCABLE:
            raise
