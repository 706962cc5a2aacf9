"""The question before a purchase: how a person at a terminal is asked. When one is asked, the show says."""

import sys
from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape
from rich.prompt import Confirm

from ninja_assets.cli.money_tables import money_table
from resources.core.values import PART_OF
from resources.models.prices.price_values import usd
from resources.purchasing.state.consent import OFFERED, Offer


def at_terminal(console: Console) -> bool:
    """Whether somebody can be asked."""
    return console.is_terminal and sys.stdin.isatty()


def agreed(console: Console, amount_usd: float) -> bool:
    """Ask a person at a terminal, unless it costs nothing. No answer (Ctrl-D) is a no."""
    if amount_usd == 0:
        return True
    try:
        return Confirm.ask(f"Buy for {usd(amount_usd)}?", console=console, default=False)
    except EOFError:
        console.print()
        return False


def agreed_to(console: Console, offers: Sequence[Offer]) -> bool:
    """Show all that is to be bought, and ask."""
    for offer in offers:
        show_offer(console, offer)
    return agreed(console, sum(offer.usd for offer in offers))


def show_offer(console: Console, offer: Offer) -> None:
    """What is to be bought, by segment."""
    labels = {item.segment: item.label for item in reversed(offer.items)}
    table = money_table(
        escape(f"{offer.episode} · {offer.mode}"), ["", "who"], [*(PART_OF[asset].value for asset in OFFERED), "total"]
    )
    for segment in offer.segments:
        parts = [offer.of(segment, asset) for asset in OFFERED]
        table.add_row(segment, labels[segment], *map(usd, parts), usd(sum(parts)))
    table.add_section()
    sums = [sum(offer.of(segment, asset) for segment in offer.segments) for asset in OFFERED]
    table.add_row("all", "", *map(usd, sums), usd(offer.usd), style="bold")
    console.print(table)
    console.print("exact: by the bought voices; what is bought already costs nothing", style="dim")
