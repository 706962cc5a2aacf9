"""Captions before they are burned in: does each stand in its area, in its style's lines."""

from collections.abc import Sequence

from resources.core.values import Word
from resources.media.timebase import FPS
from resources.media.typography.caption_styles import CaptionChanges, changed, style
from resources.media.typography.captions import Places, overflows
from resources.media.typography.fonts import Font
from resources.quality.checks.report import CAPTIONS, Finding


def judge_captions(
    segment: str,
    words: Sequence[Word],
    *,
    look: str,
    size: tuple[int, int],
    places: Places,
    changes: CaptionChanges = CaptionChanges(),  # noqa: B008  (frozen)
    own: Font | None = None,
    language: str = "en",
) -> Finding:
    """Whether the captions of a segment stand in their areas at full size. ContentError for an unknown style.

    `places`: which area from which frame on; `changes`: what the show has otherwise than the style; `own`: its font.
    """
    chosen = style(look)
    if chosen is None or not words:
        return Finding(check=CAPTIONS.name, segment=segment, passed=True, message="no captions")
    look_so = changed(chosen, changes)
    wide = overflows(words, look_so, size=size, places=places, fps=FPS, language=language, own=own)
    least = min(area.width for _, area in places)
    message = f"too large for its area: {wide[0]}" if wide else f"lines: {chosen.lines} at most, of {least} pixels"
    return Finding(check=CAPTIONS.name, segment=segment, passed=not wide, message=message)
