"""What can be measured of a picture cheaply, and what that means for a model that is to animate it.

Measured of any picture is the figure, which is what is not see-through, or what differs from a plain background (before
a busy one there is nothing to measure, and nothing is said); of a portrait as the models get it, its face too.
"""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from resources.core.errors import ContentError
from resources.media.picture.entry.face_search import search_face
from resources.media.picture.entry.faces import can_find
from resources.media.picture.entry.opening import open_picture
from resources.media.picture.entry.prepare import portrait
from resources.models.catalogue import MediaFacts
from resources.quality.lint.finding import Report, findings_of
from resources.quality.lint.text_rules import found

_SMALL = 256  # pixels of the copy that is measured
_EDGE = 0.03  # of the smaller side: the frame that shows whether the background is plain
_PLAIN = 14.0  # levels of 255: the frame of a plain background spreads less
_DIFFERENT = 36  # levels of 255 by which the figure differs from it
_OPAQUE = 16  # alpha above which a pixel belongs to the figure
_BLANK = 2.0  # levels of 255 by which a picture with anything in it spreads more
_NOISE = 0.01  # of a row or column: fewer pixels are specks


@dataclass(frozen=True)
class Figure:
    """The figure's box, as shares of the picture."""

    width: float
    height: float

    @property
    def share(self) -> float:
        """How much of the picture the box fills."""
        return self.width * self.height


@dataclass(frozen=True)
class Picture:
    """What was measured: pixels as seen (turned upright), whether some are see-through, the figure if it stands out."""

    width: int
    height: int
    transparent: bool
    figure: Figure | None
    size: int  # bytes
    suffix: str

    @property
    def facts(self) -> MediaFacts:
        """The same, as the catalogue's limits read it."""
        return MediaFacts(self.suffix, self.size, width=self.width, height=self.height, transparent=self.transparent)


@dataclass(frozen=True)
class _File:
    """A file as it stands: another one, or a changed one, is another."""

    path: Path
    modified: int
    size: int
    number: int

    @classmethod
    def of(cls, path: Path) -> "_File":
        try:
            facts = path.stat()
        except OSError:  # whoever opens it says so
            return cls(path, 0, 0, 0)
        return cls(path, facts.st_mtime_ns, facts.st_size, facts.st_ino)


@dataclass(frozen=True)
class _Prepared:
    """What is seen of a portrait as it is prepared. `face`: its share of the height; None where none was found."""

    blank: bool
    face: float | None = None


def measure(path: Path, where: str | None = None) -> Picture:
    """Measure a picture file, once. Raises ContentError, naming `where`, for one that is unreadable or too large."""
    return _measured(_File.of(path), where or str(path))


@lru_cache(maxsize=256)  # the gate is asked several times on the way to a run
def _measured(file: _File, where: str) -> Picture:
    path = file.path
    picture = open_picture(path, where)
    clear = picture.mode == "RGBA"
    transparent = clear and picture.getchannel("A").getextrema()[0] < 255  # type: ignore[operator]
    small = picture.copy()
    small.thumbnail((_SMALL, _SMALL), reducing_gap=2)
    mask = _figure_mask(np.asarray(small.convert("RGBA"), dtype=np.int16), transparent)
    return Picture(
        width=picture.width,
        height=picture.height,
        transparent=transparent,
        figure=None if mask is None else _box(mask),
        size=path.stat().st_size,
        suffix=path.suffix.lower(),
    )


def check_prepared(path: Path, shape: tuple[int, int], where: str, report: Report, *, faces: bool = False) -> None:
    """A portrait as it is bought with: prepared for real, in the shape of the clips of an episode.

    One colour is an error, whether the picture is black, a field or see-through everywhere: an avatar model finds no
    face there and refuses it, and no clip of it is of any use. A face that is not found stays a warning: the detector
    knows photographs best, and the models take drawn ones. What the one opener makes right is no finding: 16-bit greys,
    other colours and turned pictures reach the models as they are seen. With `faces`, the face is looked for, which
    takes most of a second the first time.
    """
    try:
        seen = _prepared(_File.of(path), where, shape, faces and can_find())
    except ContentError as error:
        known = {(found.rule, found.where) for found in report.findings}
        report.take(found for found in findings_of(error, "file-unfit") if (found.rule, found.where) not in known)
        return
    if seen.blank:
        report.add(
            "image-blank",
            where,
            "nothing is seen in the picture as it is prepared for the models: it has one colour",
            "use a picture in which a face is seen",
            "no model finds a face in it, and it would be refused when the voice is bought",
        )
    elif faces and can_find():
        _check_face(seen.face, where, report)


@lru_cache(maxsize=256)
def _prepared(file: _File, where: str, shape: tuple[int, int], faces: bool) -> _Prepared:
    width, height = shape
    made = portrait(open_picture(file.path, where), width=width, height=height, where=where)
    small = np.asarray(made.reduce(max(1, min(made.size) // _SMALL)), dtype=np.float32)
    if float(small.std(axis=(0, 1)).max()) < _BLANK:
        return _Prepared(blank=True)
    face = search_face(made) if faces else None
    return _Prepared(blank=False, face=face.height if face else None)


def _check_face(share: float | None, where: str, report: Report) -> None:
    least = report.book.lint.limits.face_height_percent
    if share is None:
        report.add(
            "face-missing",
            where,
            "no face that looks at the camera was found in the picture as it is prepared for the models",
            "use a picture in which the face fills 60-70 % of the frame and looks at the camera",
        )
    elif 100 * share < least:
        report.add(
            "face-small",
            where,
            f"the face fills {100 * share:.0f} % of the height of the picture as it is prepared for the models",
            "come closer: the face should fill 60-70 % of the frame",
        )


def _figure_mask(pixels: NDArray[np.int16], transparent: bool) -> NDArray[np.bool_] | None:
    if transparent:
        return np.asarray(pixels[..., 3] > _OPAQUE)
    colors = pixels[..., :3]
    width = max(1, round(min(colors.shape[:2]) * _EDGE))
    # The lower edge is left out: a portrait is usually cut off there by the shoulders.
    frame = np.concatenate([part.reshape(-1, 3) for part in (colors[:width], colors[:, :width], colors[:, -width:])])
    background = np.median(frame, axis=0)
    if np.percentile(np.abs(frame - background).max(axis=1), 75) > _PLAIN:
        return None
    return np.asarray(np.abs(colors - background).max(axis=2) > _DIFFERENT)


def _box(mask: NDArray[np.bool_]) -> Figure | None:
    rows = np.flatnonzero(mask.mean(axis=1) > _NOISE)
    columns = np.flatnonzero(mask.mean(axis=0) > _NOISE)
    if not rows.size or not columns.size:
        return None
    return Figure(
        width=float(columns[-1] - columns[0] + 1) / mask.shape[1], height=float(rows[-1] - rows[0] + 1) / mask.shape[0]
    )


def check_portrait(picture: Picture, pane: tuple[int, int], where: str, report: Report) -> None:
    """A character's picture for a pane of `pane` pixels: it is cut to the pane's shape before it is sent."""
    limits = report.book.lint.limits
    width, height = _cut(picture, pane)
    if min(width, height) < limits.portrait_side:
        report.add(
            "image-small",
            where,
            f"the picture is {picture.width}x{picture.height}, and {width}x{height} are left in the shape of its pane",
            f"use a picture that leaves {limits.portrait_side} px or more on each side",
        )
    lost = 100 * (1 - width * height / (picture.width * picture.height))
    if lost > limits.crop_percent:
        report.add(
            "image-cropped",
            where,
            f"its pane of {pane[0]}x{pane[1]} cuts {lost:.0f} % off the picture of {picture.width}x{picture.height}",
            "use a picture in the shape of the pane, or another layout",
        )
    _check_opaque(picture, where, report)
    if picture.figure and 100 * picture.figure.height < limits.portrait_height_percent:
        report.add(
            "subject-small",
            where,
            f"the figure (what stands out from the background) fills {100 * picture.figure.height:.0f} % of the height",
            "let the face fill 60-70 % of the frame",
        )


def _check_opaque(picture: Picture, where: str, report: Report) -> None:
    if picture.transparent:
        report.add(
            "image-transparent",
            where,
            "the picture is see-through in places, which become a plain dark background",
            "paint the background that should be seen",
        )


def check_frame(picture: Picture, where: str, report: Report) -> None:
    """A picture that a shot animates."""
    least = report.book.lint.limits.subject_share_percent
    if picture.figure and 100 * picture.figure.share < least:
        report.add(
            "subject-small",
            where,
            f"the figure (what stands out from the background) fills {100 * picture.figure.share:.1f} % of the picture",
            f"a model needs more than {least:g} % to know it: come closer",
        )
    _check_opaque(picture, where, report)


def check_form(text: str, picture: Picture, where: str, report: Report) -> None:
    """A prompt that calls for another shape than the picture has: the picture's wins."""
    ratio = picture.width / picture.height
    shape = "tall" if ratio < 0.9 else "wide" if ratio > 1.1 else "square"
    for form, words in report.book.lint.forms.items():
        named = found(words, text)
        if named and form != shape:
            report.add(
                "form-contradicted",
                where,
                f"the prompt says {named[0]!r}, and the picture is {picture.width}x{picture.height}, which is {shape}",
                f"the clip has the picture's shape: take {named[0]!r} out, or use a {form} picture",
            )


def _cut(picture: Picture, pane: tuple[int, int]) -> tuple[int, int]:
    aspect = pane[0] / pane[1]
    return min(picture.width, round(picture.height * aspect)), min(picture.height, round(picture.width / aspect))
