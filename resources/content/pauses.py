"""The pause between two turns: as long as the show has it, more or less by how the turn before ends, or as it is set.

A pause is told as what it is more, or less, than the show's own, so that a turn without anything special says nothing.
Only the picture and the cut are longer or shorter for it: a voice and its clip stay as they are. Nothing is cut here.
"""

from typing import Final

from resources.content.show import Show

# How many seconds a listener waits longer than after a full stop, by what the turn before ends with: one who trails off
# is given time, a question is answered at once, and one who breaks off is fallen in with. Taste, in whole frames.
BY_ENDING: Final = {
    "...": 0.3,
    "…": 0.3,
    "?": -0.1,
    "？": -0.1,
    "!": -0.0667,
    "！": -0.0667,
    ",": -0.1,
    ":": -0.1,
    ";": -0.1,
    "—": -0.2,
    "–": -0.2,
    "-": -0.2,
}
_LEAST: Final = 0.05  # seconds of silence that are left after a word, unless `overlap` says otherwise
_CLOSING: Final = "\"'”’»)]*_"  # marks that may stand after the last one that counts


def pause_before(
    show: Show, said_before: str | None, *, beat: float | None = None, overlap: float | None = None
) -> float | None:
    """How many seconds more than the show's own the pause before a turn lasts; None for no difference.

    `said_before`: what was spoken right before it; None where nobody spoke. `beat` and `overlap`: seconds from the last
    word heard to the turn's first one, of silence or of both speaking at once.
    """
    own = show.pacing.lead_seconds + (show.pacing.tail_seconds if said_before is not None else 0.0)
    if beat is not None:
        more = beat - own
    elif overlap is not None:
        more = -overlap - own
    else:
        more = _by_ending(show, said_before or "")
    if said_before is None:
        more = max(more, 0.0)  # there is nothing to fall in with
    return round(more, 4) or None


def overlaps(show: Show, pause: float | None) -> bool:
    """Whether a `pause`, as `pause_before` has it, is so short that the turn before is still heard."""
    return pause is not None and -pause > show.pacing.tail_seconds


def _by_ending(show: Show, said: str) -> float:
    words = said.rstrip().rstrip(_CLOSING)
    more = next((seconds for ending, seconds in BY_ENDING.items() if words.endswith(ending)), 0.0)
    transition = show.look.transition
    # A transition lies in the pause, and lips do not move under another's face.
    needed = max(_LEAST, transition.seconds if transition.style != "cut" else 0.0)
    return max(more, min(0.0, needed - show.pacing.tail_seconds))
