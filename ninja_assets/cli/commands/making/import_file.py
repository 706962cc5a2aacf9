"""`ninja import`: a clip or a voice that was paid for already, so that it is never bought again."""

from ninja_assets.cli.money_tables import result_console
from resources.core.settings import Settings
from resources.models.prices.price_values import usd
from resources.purchasing.imports import Bought, import_file


def run(settings: Settings, episode: str, segment: str, asset: str, bought: Bought, *, listener: str | None) -> int:
    """Import the file and say what it stands for."""
    entry = import_file(settings, episode, segment, asset, bought, listener=listener)
    length = "a picture" if entry.seconds is None else f"{entry.seconds:.2f} s"
    result_console().print(
        f"{segment} {asset} of {episode}: {length}, recorded as paid {usd(entry.spent_usd)} "
        f"(ledger entry {entry.id}, take {entry.take}).\n"
        f"It stands for {entry.endpoint}: the next {settings.mode} run reuses it and buys nothing in its place."
    )
    return 0
