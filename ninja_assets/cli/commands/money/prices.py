"""`ninja prices`: the price list, and taking the prices of fal.ai's pricing API."""

import os
import time
from collections.abc import Sequence
from contextlib import closing
from datetime import date

from rich.markup import escape

from ninja_assets.cli.money_tables import money_table, result_console
from resources.core.settings import Settings
from resources.models import catalogue
from resources.models.prices import PriceList
from resources.purchasing.show_prices import open_prices


def show(settings: Settings) -> int:
    """Print every price with its date."""
    prices = open_prices(settings)
    table = money_table("list prices: what a quote reckons with", ["endpoint", "unit", "date"], ["USD"])
    for price in prices.prices():
        name = price.endpoint + (f" ({price.variant})" if price.variant else "")
        more = "+" if price.adds else ""
        table.add_row(escape(name), price.unit.value, f"{price.date}", f"{more}{price.unit_usd:g}")
    own = money_table("the platforms' own units: what a bill is counted in", ["endpoint", "unit", "date"], ["USD"])
    for unit in prices.platform_prices():
        own.add_row(escape(unit.endpoint), escape(unit.unit), f"{unit.date}", f"{unit.unit_usd:g}")
    console = result_console()
    console.print(table)
    console.print(own)
    return 0


def refresh(settings: Settings) -> int:
    """Ask for the prices of today and keep them. Raises StudioError without a key or an answer."""
    return _take(settings, (), other_units=False)


def accept(settings: Settings, endpoints: Sequence[str]) -> int:
    """Ask for the prices of some endpoints and keep them, whatever they are. Raises as `refresh`."""
    for endpoint in endpoints:
        catalogue.get(endpoint)
    return _take(settings, endpoints, other_units=True)


def _take(settings: Settings, endpoints: Sequence[str], *, other_units: bool) -> int:
    from resources.models.loading import load_show  # noqa: PLC0415
    from resources.providers.fal import pricing  # noqa: PLC0415  (showing prices needs no client)
    from resources.providers.fal.wire.client import FalClient, key_from  # noqa: PLC0415
    from resources.purchasing.books import open_state  # noqa: PLC0415
    from resources.purchasing.taken_prices import TakenPrices  # noqa: PLC0415

    console = result_console()

    def pause(seconds: float) -> None:
        console.print(f"fal.ai wants a pause: asking on in {seconds:.0f} s", style="dim")
        time.sleep(seconds)

    show = load_show(settings.show)
    with (
        closing(FalClient.open(key_from(os.environ), os.environ.get("FAL_BASE_URL"))) as client,
        open_state(settings, show) as state,
    ):
        prices, report = pricing.refresh(
            client,
            open_prices(settings, show),
            TakenPrices(state).keep,
            today=date.today(),
            endpoints=endpoints,
            other_units=other_units,
            pause=pause,
        )
    for endpoint in report.changed:
        console.print(f"[bold]changed[/] {escape(endpoint)}: {_amounts(prices, endpoint)}")
    for endpoint in report.learned:
        console.print(f"learned {escape(endpoint)}: {_amounts(prices, endpoint)}")
    for endpoint, why in report.refused.items():
        console.print(f"[yellow]kept as it was[/] {escape(endpoint)}: {escape(why)}")
    counts = f"{len(report.changed)} changed, {len(report.learned)} learned, {len(report.confirmed)} confirmed"
    console.print(f"{counts}; kept in {escape(state.store.shown)}")
    return 1 if endpoints and report.refused else 0


def _amounts(prices: PriceList, endpoint: str) -> str:
    """An endpoint's list prices, and the price of the platform's own unit."""
    listed = ", ".join(f"${price.unit_usd:g}" for price in prices.prices() if price.endpoint == endpoint)
    own = prices.platform(endpoint)
    return "; ".join(filter(None, [listed, f"${own.unit_usd:g} for one of its {own.unit}" if own else ""]))
