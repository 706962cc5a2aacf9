"""The page of costs: the ledger's sums by episode, month and provider, drawn."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

from markupsafe import Markup

from ninja_assets.cells.links import DESK
from ninja_assets.desk.site.opened import Desk
from ninja_assets.reports.charts import axis_step
from resources.purchasing.accounts.spending import CostGroup, costs_of
from resources.purchasing.ledger import Grouping
from resources.purchasing.requests.quotes import usd

_MOST_EPISODES = 60
_WIDTH, _HEIGHT, _LEFT, _BOTTOM, _TOP = 640, 280, 56, 34, 26


@dataclass(frozen=True)
class Sum:
    """A bar: a group of the ledger, and where it leads."""

    name: str
    spent_usd: float
    in_flight_usd: float
    saved_usd: float
    href: str = ""


def spending(desk: Desk) -> dict[str, Any]:
    """What the page shows."""
    show = desk.show()
    by = {grouping: costs_of(desk.settings, show, grouping) for grouping in _GROUPINGS}
    episodes = sorted(by[Grouping.EPISODE].groups, key=lambda one: one.name, reverse=True)[:_MOST_EPISODES]
    return {
        "show": show.title,
        "costs": by[Grouping.EPISODE],
        "episodes": [_sum(one, f"{DESK}/episodes/{one.name}") for one in episodes],
        "providers": [_sum(one) for one in by[Grouping.PROVIDER].groups],
        "plot": columns([(one.name, one.spent_usd) for one in by[Grouping.MONTH].groups[-12:]]),
    }


_GROUPINGS = (Grouping.EPISODE, Grouping.MONTH, Grouping.PROVIDER)


def _sum(one: CostGroup, href: str = "") -> Sum:
    return Sum(one.name, one.spent_usd, one.in_flight_usd, one.saved_usd, href)


def columns(values: Sequence[tuple[str, float]]) -> Markup:
    """Dollars as columns side by side, as SVG with its title for who cannot see it; nothing without a value."""
    most = max((value for _, value in values), default=0.0)
    if most <= 0:
        return Markup()
    step = axis_step(most)
    top = step * -(-most // step)
    scale, room = (_HEIGHT - _BOTTOM - _TOP) / top, (_WIDTH - _LEFT) / len(values)
    title = ", ".join(f"{name}: {usd(value)}" for name, value in values)
    drawn = [f'<svg class="plot" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img"><title>{escape(title)}</title>']
    drawn.append(
        '<defs><linearGradient id="fill" x1="0" y1="1" x2="0" y2="0"><stop offset="0" stop-color="#22d3ee"/>'
        '<stop offset="1" stop-color="#ff6fdf"/></linearGradient></defs>'
    )
    for line in range(round(top / step) + 1):
        y = _HEIGHT - _BOTTOM - line * step * scale
        drawn.append(f'<line class="grid" x1="{_LEFT}" x2="{_WIDTH}" y1="{y:.1f}" y2="{y:.1f}"/>')
        drawn.append(f'<text x="{_LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{_grid(line * step, step)}</text>')
    for number, (name, value) in enumerate(values):
        middle, height = _LEFT + (number + 0.5) * room, value * scale
        width, y = min(54.0, room * 0.62), _HEIGHT - _BOTTOM - height
        place = f'x="{middle - width / 2:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}"'
        drawn.append(f'<rect {place} rx="5" fill="url(#fill)"/>')
        drawn.append(f'<text class="value" x="{middle:.1f}" y="{y - 7:.1f}" text-anchor="middle">{usd(value)}</text>')
        drawn.append(f'<text x="{middle:.1f}" y="{_HEIGHT - 12}" text-anchor="middle">{escape(name)}</text>')
    return Markup("".join([*drawn, "</svg>"]))  # noqa: S704  (what came from elsewhere is escaped)


def _grid(value: float, step: float) -> str:
    """Dollars beside a line of the grid: as many digits as tell it from the next."""
    return f"${value:g}" if step >= 1 else f"${value:.{2 if step >= 0.01 else 4}f}"
