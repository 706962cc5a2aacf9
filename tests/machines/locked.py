"""A place as a container has it: a user id without a name, a root that is read-only, one folder that is written to."""

import functools
import os
import shutil
import subprocess
from pathlib import Path

NOBODY = "54321"
# Mounts of its own, all of them read-only but for one folder, then another user id.
_LOCKED = f"""\
work=$1 && shift && mount --bind "$work" "$work" && mount -o remount,bind,ro / || exit 99
for place in $(findmnt -rno TARGET | grep -v -e "^/$" -e "^$work$" -e "^/proc" -e "^/dev" -e "^/sys"); do
    mount -o remount,bind,ro "$place" 2>/dev/null || true
done
exec unshare --user --map-user={NOBODY} --map-group={NOBODY} -- "$@"
"""


def locked(work: Path) -> list[str]:
    """What stands before a command that shall run so, with that folder to write to.

    It is one process: what ends or kills it, ends or kills the command.
    """
    return ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", _LOCKED, "sh", str(work)]


@functools.cache
def unlockable(work: Path) -> str:
    """Why this system lets nobody make such a place; nothing where it does."""
    if not (shutil.which("unshare") and shutil.which("findmnt")):
        return "util-linux is missing"
    done = subprocess.run([*locked(work), "true"], env=os.environ, capture_output=True, text=True, check=False)
    return done.stderr.strip()[:200] or f"it ends with {done.returncode}" if done.returncode else ""
