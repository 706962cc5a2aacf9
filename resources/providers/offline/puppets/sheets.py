"""All drawings of a puppet as PNG files, drawn in a process of their own.

The renderer holds Python's lock for as long as it draws, half a second for a wall: here two puppets are drawn side by
side, and the rest of the run goes on.
"""

import json
import subprocess
import sys
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Final

from resources.core.settings import child_environment
from resources.providers.offline.puppets import rasterize

_SECONDS: Final = 120.0  # a puppet takes about two


@lru_cache(maxsize=4)  # the puppets of two sizes: a second library need not draw them again
def drawn(svgs: tuple[str, ...]) -> Sequence[bytes]:
    """Draw SVGs as PNG files; here, where no process can be begun."""
    try:
        return _drawn_apart(svgs)
    except (OSError, ValueError, subprocess.SubprocessError):
        return [rasterize.png_of(svg) for svg in svgs]


def _drawn_apart(svgs: tuple[str, ...]) -> Sequence[bytes]:
    # Isolated: what lies in the folder that the run was begun in is nobody's package.
    answer = subprocess.run(
        [sys.executable, "-I", str(Path(rasterize.__file__).resolve())],
        input=json.dumps(svgs).encode(),
        env=child_environment(),
        capture_output=True,
        timeout=_SECONDS,
        check=True,
    ).stdout
    line, _, content = answer.partition(b"\n")
    pngs, at = [], 0
    for length in json.loads(line):
        pngs.append(content[at : at + length])
        at += length
    if len(pngs) != len(svgs) or at != len(content):
        raise ValueError("the drawing process did not answer whole")
    return pngs
