"""`cost_report`: the ledger as tables and a picture, made by a job of its own: it reads, and buys nothing.

In the graph the asset is what Dagster calls external: no *Materialize all* of an episode drags it along.
"""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack, closing
from typing import TYPE_CHECKING, Any

import dagster as dg

from ninja_assets.cells.asset import GROUP
from ninja_assets.reports.charts import StackedBar, picture
from resources.core.errors import NinjaError
from resources.core.names import Mode
from resources.media.picture.stills import data_uri, webp
from resources.models.loading import load_show
from resources.models.prices.price_values import usd
from resources.purchasing.accounts.spending import Costs, read_costs
from resources.purchasing.books import find_ledger
from resources.purchasing.ledger import Grouping, Ledger
from resources.studio import PlacesResource

if TYPE_CHECKING:
    import pandas as pd

NAME = "cost_report"
TABLES = (Grouping.EPISODE, Grouping.SEGMENT, Grouping.ASSET, Grouping.PROVIDER, Grouping.MONTH)
SAVED = "saved by reuse"
_SHOWN_DAYS = 31
_MOST_ROWS = 200  # a table's last rows by name; all of them are in `ninja costs`
_ABOUT = (
    "What was spent, by episode, segment, asset, provider and month, with what reuse saved: the ledger of paid "
    "requests as tables and a picture. Launch the job `report_costs` whenever you want to know; it buys nothing."
)


def cost_report(owners: Sequence[str]) -> dg.AssetSpec:
    """The asset's spec."""
    return dg.AssetSpec(NAME, group_name=GROUP, kinds={"pandas"}, owners=list(owners), description=_ABOUT)


@dg.op(name="read_ledger", description="Reads the ledger and tells what it holds as `cost_report`.")
def _report(context: dg.OpExecutionContext, places: PlacesResource) -> None:
    try:
        context.log_event(dg.AssetMaterialization(NAME, metadata=_metadata(places)))
    except NinjaError as error:
        raise dg.Failure(description=str(error), allow_retries=error.retryable) from None


@dg.job(description="Makes `cost_report` from the ledger. It buys nothing.")
def report_costs() -> None:
    """The job."""
    _report()


def _metadata(places: PlacesResource) -> Mapping[str, Any]:
    settings = places.settings(Mode.REHEARSAL)
    show = load_show(settings.show)
    with ExitStack() as stack:
        ledger = find_ledger(settings, show)
        if ledger is None:
            return _metadata_of(Costs(by=Grouping.EPISODE), {}, {})
        stack.enter_context(closing(ledger))
        costs = {by: read_costs(ledger, by) for by in TABLES}
        return _metadata_of(costs[Grouping.EPISODE], {by: _table(costs[by]) for by in TABLES}, _pictures(ledger))


def _table(costs: Costs) -> str:
    """The groups as a table for a page; which are left out of it, and where they are."""
    left = len(costs.groups) - _MOST_ROWS
    every = f"\n\nWithout the first {left} of {left + _MOST_ROWS}, which are in the sum. All of them: "
    return _markdown(frame(costs)) + (f"{every}`ninja costs --by {costs.by}`" if left > 0 else "")


def frame(costs: Costs) -> "pd.DataFrame":
    """The groups as a table, with their sum in the last row. Dollars are US dollars."""
    import pandas as pd  # noqa: PLC0415  (half a second that an episode's run does not need)

    columns = {"requests": "requests", "spent_usd": "spent", "in_flight_usd": "in flight", "saved_usd": SAVED}
    listed = pd.DataFrame([group.model_dump() for group in costs.groups], columns=["name", *columns])
    groups = listed.rename(columns={"name": costs.by.value, **columns})
    total = groups.drop(columns=costs.by.value).sum()
    return pd.concat([groups.tail(_MOST_ROWS), pd.DataFrame([{costs.by.value: "all", **total}])], ignore_index=True)


def _metadata_of(costs: Costs, tables: Mapping[Grouping, str], pictures: Mapping[str, str]) -> Mapping[str, Any]:
    """Numbers first: Dagster plots them over the report's materializations."""
    unpriced = f"; of {costs.unpriced} requests nobody knows what they cost" if costs.unpriced else ""
    return {
        "total_usd": costs.total_usd,
        "in_flight_usd": costs.in_flight_usd,
        "unknown_requests": costs.unknown,
        "unknown_usd": costs.unknown_usd,
        "by_estimate_usd": costs.by_estimate_usd,
        "flagged_requests": len(costs.flagged),
        "unpriced_requests": costs.unpriced,
        "saved_by_reuse_usd": costs.saved_usd,
        "saved_by_rerun_usd": costs.rerun_usd,
        **{name: dg.MetadataValue.md(f"![{name}]({uri})") for name, uri in pictures.items()},
        **{f"by_{by.value}": dg.MetadataValue.md(table) for by, table in tables.items()},
        "summary": dg.MetadataValue.md(
            f"**{usd(costs.total_usd)}** spent, {usd(costs.in_flight_usd)} of it in flight; reuse saved "
            f"{usd(costs.saved_usd)}{unpriced}"
            if tables
            else "**$0.00**: nothing was bought yet"
        ),
    }


def _markdown(table: "pd.DataFrame") -> str:
    money = {name: table[name].map(usd) for name in ("spent", "in flight", SAVED)}
    shown = table.assign(requests=table["requests"].astype(int), **money)
    return str(shown.to_markdown(index=False, disable_numparse=True, colalign=["left", *["right"] * 4]))


def _pictures(ledger: Ledger) -> dict[str, str]:
    days = list(ledger.spent_by_day().items())
    bars = [StackedBar(day, spent) for day, spent in days[-_SHOWN_DAYS:]]
    last = f", the last {_SHOWN_DAYS} of {len(days)} days" if len(days) > _SHOWN_DAYS else ""
    return {"spent_by_day": data_uri(webp(picture(f"US dollars a day, by episode{last}", bars)))} if bars else {}
