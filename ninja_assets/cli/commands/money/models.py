"""`ninja models`: the catalogue with prices, limits and what each model is best for, for a person or as JSON."""

from collections.abc import Iterator, Sequence
from typing import Any

from rich.console import Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from ninja_assets.cli.money_tables import result_console
from ninja_assets.cli.output import print_json
from resources.core.settings import Settings
from resources.models import catalogue
from resources.models.catalogue import Endpoint, Kind, wording
from resources.models.prices import PriceList
from resources.purchasing.show_prices import open_prices


def run(settings: Settings, *, kinds: Sequence[Kind], as_json: bool) -> int:
    """Print the models of these kinds, or all; prices are those that a quote would use."""
    prices = open_prices(settings)
    endpoints = catalogue.by_kind(*kinds) if kinds else catalogue.all()
    if as_json:
        print_json({"models": [_facts(endpoint, prices) for endpoint in endpoints]})
        return 0
    console = result_console()
    for kind in dict.fromkeys(endpoint.kind for endpoint in endpoints):
        console.print(_table(kind, [endpoint for endpoint in endpoints if endpoint.kind is kind], prices))
    console.print("every setting with its default and source: docs/models.md", style="dim")
    return 0


def _table(kind: Kind, endpoints: Sequence[Endpoint], prices: PriceList) -> Table:
    title = f"{wording.TITLES[kind]} (--kind {kind})"
    table = Table(title=title, title_style="bold underline", title_justify="left", box=None, show_header=False)
    for endpoint in endpoints:
        lines = [
            Text(endpoint.id, overflow="fold"),
            Text(wording.price_text(endpoint, prices), style="green"),
            Text(endpoint.best_for),
            *(Text(line, style="dim") for line in _limits(endpoint)),
        ]
        # The id has a line of its own: folded, it could not be copied.
        table.add_row(Group(Text(endpoint.name, style="bold"), Padding(Group(*lines), (0, 0, 1, 2))))
    return table


def _limits(endpoint: Endpoint) -> Iterator[str]:
    """Resolution, length and limits of files; files with the same limits share a line."""
    yield ", ".join([endpoint.resolution, *wording.lengths(endpoint)])
    limits: dict[str, list[str]] = {}
    for name, limit in endpoint.media.items():
        limits.setdefault(wording.limit_text(limit), []).append(name)
    yield from (f"{', '.join(names)}: {limit}" for limit, names in limits.items())


def _facts(endpoint: Endpoint, prices: PriceList) -> dict[str, Any]:
    known = {price.variant: price for price in prices.prices() if price.endpoint == endpoint.id}
    return {
        "id": endpoint.id,
        "name": endpoint.name,
        "kind": endpoint.kind.value,
        "best_for": endpoint.best_for,
        "resolution": endpoint.resolution,
        "settings": endpoint.settings(),
        "limits": {name: wording.limit_text(limit) for name, limit in endpoint.media.items()},
        "prices": [
            price.model_dump(mode="json", exclude={"endpoint"})
            for variant, price in known.items()
            if variant in endpoint.variants
        ],
    }
