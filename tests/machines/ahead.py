"""The `ninja` command on a machine whose clock is ahead: `python -m tests.machines.ahead SECONDS COMMAND…`.

What counts evenly, as for waits, is not moved: nobody sets that.
"""

import sys
from datetime import UTC, datetime, timedelta

import time_machine

from ninja_assets.cli import main

if __name__ == "__main__":
    seconds = float(sys.argv.pop(1))
    with time_machine.travel(datetime.now(UTC) + timedelta(seconds=seconds), tick=True):
        main()
