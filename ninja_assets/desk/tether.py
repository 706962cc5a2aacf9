"""Becomes another program that ends when its parent does: `python -m ninja_assets.desk.tether PARENT PROGRAM ARGS…`.

A supervisor that is killed with -9 can end nobody. On Linux a process may ask the kernel for a signal at its parent's
death (prctl(2), PR_SET_PDEATHSIG); the wish outlives execve, not fork, so it is made here, between the two. Elsewhere
there is no such wish, and such children stay until the next `ninja ui` finds their port taken.
"""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1  # <linux/prctl.h>


def main() -> None:
    """Make the wish, then become the program."""
    parent, program = int(sys.argv[1]), sys.argv[2:]
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # who starts it may ignore it, and execve would keep that
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        sys.exit("the parent was gone before the wish was made")
    os.execv(program[0], program)  # noqa: S606


if __name__ == "__main__":
    main()
