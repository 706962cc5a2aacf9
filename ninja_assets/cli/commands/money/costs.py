"""`ninja costs`: what was spent and what reuse saved, from the ledger."""

from rich.console import Console
from rich.markup import escape

from ninja_assets.cli.money_tables import money_table, result_console
from ninja_assets.cli.output import print_json
from resources.core.settings import Settings
from resources.models.loading import load_show
from resources.models.prices.price_values import usd
from resources.purchasing.accounts.spending import Costs, costs_of
from resources.purchasing.ledger import Grouping


def run(settings: Settings, *, by: Grouping, as_json: bool) -> int:
    """Print the sums."""
    costs = costs_of(settings, load_show(settings.show), by)
    if as_json:
        print_json(costs)
    else:
        _show(costs)
    return 0


def _say_which(console: Console, costs: Costs) -> None:
    """Which ledger was read: another one would tell other sums."""
    there = "" if costs.found else ": there is none"
    console.print(f"the ledger: {escape(costs.ledger)}{there}", style="dim", soft_wrap=True)
    if costs.not_known:
        console.print(
            f"[bold yellow]{costs.not_known} purchases are not in it[/] that the library has receipts of: "
            "ninja ledger rebuild",
            soft_wrap=True,
        )


def _show(costs: Costs) -> None:
    console = result_console()
    _say_which(console, costs)
    if not costs.groups:
        console.print("$0.00 in this ledger" if costs.not_known else "$0.00: nothing was bought yet")
        return
    table = money_table("", [costs.by.value], ["requests", "spent", "in flight", "saved"])
    for group in costs.groups:
        amounts = [usd(group.spent_usd), usd(group.in_flight_usd), usd(group.saved_usd)]
        table.add_row(escape(group.name), str(group.requests), *amounts)
    table.add_section()
    requests = str(sum(group.requests for group in costs.groups))
    sums = [usd(costs.total_usd), usd(costs.in_flight_usd), usd(costs.saved_usd)]
    table.add_row("all", requests, *sums, style="bold")
    console.print(table)
    console.print(f"saved: paid once, used elsewhere; running again what was there saved {usd(costs.rerun_usd)}")
    if costs.by_estimate:
        console.print(
            f"{costs.by_estimate} by their estimate ({usd(costs.by_estimate_usd)}): the provider did not say what it "
            "billed, or the price of its unit is not known (`ninja prices refresh`)"
        )
    for one in costs.flagged:
        place = f"{one.id}  {one.episode}|{one.segment} {one.asset}: "
        counts = "" if one.counted_usd == one.cost_usd else f"; {usd(one.counted_usd)} count towards caps"
        what = "not known" if one.unpriced else "differs"
        console.print(f"[bold yellow]{what}[/] {escape(place + one.why + ('' if one.unpriced else counts))}")
    if costs.unknown:
        console.print(
            f"[bold yellow]{costs.unknown} unknown[/] ({usd(costs.unknown_usd)}): ninja ledger --state unknown"
        )
