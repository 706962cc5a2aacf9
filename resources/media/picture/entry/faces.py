"""Where a face is in a picture: found by dlib's detector of faces that look at the camera, which its wheel brings.

It knows photographs best and drawn faces by what they have of one; it never says whose face it is. What a face that is
small, or none, means for a purchase is `quality.lint`'s.
"""

import hashlib
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from typing import Any, Final

import numpy as np
from PIL import Image

# How a picture is searched, one way after the other: pixels of the copy's longer side, and whether it is enlarged: that
# finds faces of 40 pixels instead of 80 for four times the work.
_SEARCHES: Final = ((640, 0), (480, 0), (640, 1))
# The detector's own score from which on a place counts, by the share of the height that it fills. What is large and
# scores like that is a face, drawn or masked ones too; among small places are cups and clouds.
_LARGE, _LARGE_SURE, _SMALL_SURE = 0.25, -0.5, -0.2


_seen: dict[str, "Face | None"] = {}  # by the picture's content: what was found in it


@dataclass(frozen=True)
class Face:
    """The face that the detector is surest of. `height` is its share of the picture's height, from brow to chin."""

    height: float


def can_find() -> bool:
    """Whether this machine has the detector: macOS has no wheel of the version that was tested."""
    return find_spec("dlib") is not None


def face_in(picture: Image.Image) -> Face | None:
    """The face of a picture; None where none of about 6 % of its longer side or more is found.

    30 to 250 ms, and nothing for a picture that this process has seen: a paid run judges its script twice.
    """
    seen = picture.convert("RGB")
    content = hashlib.sha256(repr(seen.size).encode() + seen.tobytes()).hexdigest()
    if content not in _seen:
        _seen[content] = _looked_for(seen)
    return _seen[content]


def _looked_for(picture: Image.Image) -> Face | None:
    for side, enlarged in _SEARCHES:
        small = picture.copy()
        small.thumbnail((side, side), Image.Resampling.LANCZOS)
        places, scores, _ = _detector().run(np.asarray(small), enlarged, _LARGE_SURE)
        shares = [min(1.0, place.height() / small.height) for place in places]
        found = [
            (score, share)
            for score, share in zip(scores, shares, strict=True)
            if score >= (_LARGE_SURE if share >= _LARGE else _SMALL_SURE)
        ]
        if found:
            return Face(height=max(found)[1])
    return None


@cache
def _detector() -> Any:
    import dlib  # noqa: PLC0415  (0.7 s, for those alone who look for faces)

    return dlib.get_frontal_face_detector()
