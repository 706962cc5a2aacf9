"""One segment by several speaker models: what was measured of each, and the page that shows them side by side.

Media are linked by paths from the page's own folder. How the page looks and acts is `comparison_page.html`; everything
that came from a person reaches it as JSON and is shown as text, never as HTML.
"""

import json
from pathlib import Path

from resources.core.values import Media, Value
from resources.deliver.page_templates import lit

_TEMPLATE = Path(__file__).with_name("comparison_page.html")
_SLOT = "/*REVIEW*/null"


class Contender(Value):
    """What one model made of the segment; without a clip, `error` says why there is none.

    Dollars are US dollars: `price_usd` is what the clip costs (in a rehearsal, what the model would cost; None without
    a known price), `cost_usd` what it cost now. `media` is the clip in the library. `lips_follow` is Pearson's r of
    mouth and voice, at a lag of `lips_lag_frames` (positive: the mouth is late).
    """

    model: str  # the endpoint
    name: str
    price_usd: float | None
    cost_usd: float = 0.0
    reused: bool = False
    video: str | None = None
    media: Media | None = None
    seconds: float | None = None
    width: int | None = None
    height: int | None = None
    fps: float | None = None
    queue_seconds: float | None = None
    render_seconds: float | None = None
    lips_follow: float | None = None
    lips_lag_frames: int | None = None
    note: str | None = None
    error: str | None = None


class Comparison(Value):
    """The same line, voice and picture by each of `models`. `stand_ins`: puppets played their parts, for $0."""

    episode: str
    segment: str
    mode: str
    speaker: str
    color: str
    line: str
    seconds: float  # of the voice
    voice: str
    voice_media: Media | None = None
    cost_usd: float  # of the clips, now
    stand_ins: bool
    models: tuple[Contender, ...]


def comparison_page(comparison: Comparison) -> str:
    """The page as HTML."""
    data = json.dumps(
        comparison.model_dump(mode="json") | {"color": lit(comparison.color)}, ensure_ascii=False, separators=(",", ":")
    )
    # Inside a script element only '<' could end it; the two separators are no line breaks in JSON but are in old JS.
    safe = data.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    head, slot, tail = _TEMPLATE.read_text(encoding="utf-8").partition(_SLOT)
    if not slot:
        raise ValueError(f"{_TEMPLATE.name} has no place for its data")
    return head + safe + tail
