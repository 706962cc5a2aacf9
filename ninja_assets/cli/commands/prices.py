"""`ninja prices`: the price list, and bringing it up to date from fal.ai's pricing API."""

import os
from contextlib import closing
from datetime import date

from rich.markup import escape

from ninja_assets.cli.tables import money_table, result_console
from resources.core.settings import Settings
from resources.models.prices import open_prices, prices_overlay


def show(settings: Settings) -> int:
    """Print every price with its date."""
    table = money_table("", ["endpoint", "unit", "date"], ["USD"])
    for price in open_prices(settings).prices():
        name = price.endpoint + (f" ({price.variant})" if price.variant else "")
        table.add_row(escape(name), price.unit.value, f"{price.date}", f"{price.unit_usd:g}")
    result_console().print(table)
    return 0


def refresh(settings: Settings) -> int:
    """Ask for the prices of today and keep them. Raises StudioError without a key or an answer."""
    from resources.providers.fal import pricing  # noqa: PLC0415  (showing prices needs no client)
    from resources.providers.fal.client import FalClient, key_from  # noqa: PLC0415

    console = result_console()
    overlay = prices_overlay(settings)
    with closing(FalClient.open(key_from(os.environ), os.environ.get("FAL_BASE_URL"))) as client:
        prices, report = pricing.refresh(client, open_prices(settings), overlay, today=date.today())
    for endpoint in report.changed:
        amounts = ", ".join(f"${price.unit_usd:g}" for price in prices.prices() if price.endpoint == endpoint)
        console.print(f"[bold]changed[/] {escape(endpoint)}: {amounts}")
    for endpoint, why in report.refused.items():
        console.print(f"[yellow]kept as it was[/] {escape(endpoint)}: {escape(why)}")
    console.print(f"{len(report.changed)} changed, {len(report.confirmed)} confirmed; kept in {overlay}")
    return 0
