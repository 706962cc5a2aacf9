"""What befalls the folder of a library, and the library that another process opens there."""

import os
from pathlib import Path

from resources.core.library import Library


def damage(path: Path, *, unseen: bool = False) -> None:
    """Write to a file as root's editor does; `unseen`: as a bad disk does, without a trace."""
    before = path.stat()
    with path.open("r+b") as file:
        first = file.read(1)
        file.seek(0)
        file.write(bytes([first[0] ^ 1]))
    if unseen:
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def opened_anew(root: Path) -> Library:
    """The same folder as another process sees it: nothing of it is known yet."""
    return Library(root, durable=False)
