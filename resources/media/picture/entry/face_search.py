"""The face of a picture, looked for in a process of its own: a run that waits does not hold the detector's 10 MB.

`python -m resources.media.picture.entry.face_search WIDTH HEIGHT` looks at the RGB that it reads. What was found is
kept for the user by the picture's content, so that most pictures are looked at once.
"""

import hashlib
import json
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Final

from PIL import Image

from resources.core.files import atomic_write, users_folder
from resources.core.settings import child_environment
from resources.media.picture.entry.faces import Face, face_in

_VERSION: Final = 1  # counts up with every change of how `faces` looks: what was found before is not found again
_SECONDS: Final = 120.0


def search_face(picture: Image.Image) -> Face | None:
    """The face of a picture, as `faces.face_in` has it: looked for here where no process can be begun."""
    seen = picture.convert("RGB")
    pixels = seen.tobytes()
    kept = _kept(hashlib.sha256(repr((_VERSION, seen.size)).encode() + pixels).hexdigest())
    with suppress(OSError, ValueError, TypeError, KeyError):
        return _read(kept.read_bytes())
    try:
        answer = _asked(seen.size, pixels)
        found = _read(answer)
    except (OSError, ValueError, TypeError, KeyError, subprocess.SubprocessError):
        return face_in(seen)
    with suppress(OSError), atomic_write(kept, durable=False) as part:
        part.write_bytes(answer)
    return found


def _kept(content: str) -> Path:
    return users_folder("ninja-faces") / f"{content}.json"


def _read(answer: bytes) -> Face | None:
    height = json.loads(answer)["height"]
    return None if height is None else Face(height=float(height))


def _asked(size: tuple[int, int], pixels: bytes) -> bytes:
    # Isolated: what lies in the folder that the run was begun in is nobody's package.
    command = [sys.executable, "-I", "-m", __spec__.name, *map(str, size)]
    environment = child_environment()
    return subprocess.run(
        command, input=pixels, env=environment, capture_output=True, timeout=_SECONDS, check=True
    ).stdout


def main(width: str, height: str) -> None:
    """Look at the RGB of stdin, and print what is found."""
    size = (int(width), int(height))
    found = face_in(Image.frombytes("RGB", size, sys.stdin.buffer.read()))
    print(json.dumps({"height": None if found is None else found.height}))  # noqa: T201


if __name__ == "__main__":
    main(*sys.argv[1:])
