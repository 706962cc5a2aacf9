"""Captions before they are burned in: does each stand in its area, in its style's lines."""

from collections.abc import Sequence

from resources.core.values import Word
from resources.media.layouts import Area
from resources.media.typography.captions import overflows, style
from resources.quality.checks.report import CAPTIONS, Finding


def judge_captions(segment: str, words: Sequence[Word], *, look: str, size: tuple[int, int], area: Area) -> Finding:
    """Whether the captions of a segment stand in `area` at full size. ContentError for an unknown style."""
    chosen = style(look)
    if chosen is None or not words:
        return Finding(check=CAPTIONS.name, segment=segment, passed=True, told="no captions")
    wide = overflows(words, chosen, size=size, area=area)
    told = f"too large for its area: {wide[0]}" if wide else f"lines: {chosen.lines} at most, of {area.width} pixels"
    return Finding(check=CAPTIONS.name, segment=segment, passed=not wide, told=told)
