"""The page of costs: the ledger's sums by episode, month and provider, drawn."""

from collections.abc import Sequence
from typing import Any
from xml.sax.saxutils import escape

from markupsafe import Markup

from ninja_assets.desk.site.opened import Desk
from ninja_assets.reports.charts import HEIGHT, WIDTH, StackedBar, columns
from resources.models.prices.price_values import usd
from resources.purchasing.accounts.spending import CostGroup, costs_of
from resources.purchasing.ledger import Grouping

_MOST_EPISODES = 60
_MOST_MONTHS = 12


def spending(desk: Desk) -> dict[str, Any]:
    """What the page shows."""
    show = desk.show()
    by = {grouping: costs_of(desk.settings, show, grouping) for grouping in _GROUPINGS}
    every = sorted(by[Grouping.EPISODE].groups, key=lambda one: one.name, reverse=True)
    last = by[Grouping.MONTH].groups[-_MOST_MONTHS:]
    return {
        "show": show.title,
        "costs": by[Grouping.EPISODE],
        "episodes": every[:_MOST_EPISODES],
        "all_episodes": len(every),
        "providers": by[Grouping.PROVIDER].groups,
        "plot": plot(last),
        "months": last,
        "all_months": len(by[Grouping.MONTH].groups),
    }


_GROUPINGS = (Grouping.EPISODE, Grouping.MONTH, Grouping.PROVIDER)


def plot(months: Sequence[CostGroup]) -> Markup:
    """What was spent by month, as SVG with its title for who cannot see it; nothing without a value."""
    drawn = columns([StackedBar(one.name, {"spent": one.spent_usd}) for one in months])
    if not drawn:
        return Markup()
    title = escape(", ".join(f"{one.name}: {usd(one.spent_usd)}" for one in months))
    head = f'<svg class="plot" viewBox="0 0 {WIDTH} {HEIGHT}" role="img"><title>{title}</title>'
    return Markup(f"{head}{drawn}</svg>")  # noqa: S704  (what came from elsewhere is escaped)
