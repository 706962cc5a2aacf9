"""Opens what paid modes stand on: the ledger, the price list, the models and the orders of a mode. No key is needed."""

from pathlib import Path
from zoneinfo import ZoneInfo

from resources.content.show import ModeModels, Show
from resources.core.errors import ContentError
from resources.core.library import Library
from resources.core.names import Mode
from resources.core.settings import Settings
from resources.models.casting import models_of
from resources.models.prices import PriceList
from resources.models.prompts.book import load_book
from resources.purchasing.ledger import Ledger
from resources.purchasing.requests.paid_requests import PaidOrders
from resources.purchasing.requests.portraits import Portraits


def paid_models(show: Show, settings: Settings) -> ModeModels:
    """The models of a paid mode. ContentError, with the lines to add, for a show without models or caps."""
    where = f"{settings.show / 'show.yaml'}"
    if show.caps is None:
        raise ContentError(
            f"{settings.mode} mode needs caps: the most that may be spent",
            where=where,
            mend="add to show.yaml: caps: {segment_usd: 2.50, episode_usd: 15.00, day_usd: 30.00}",
        )
    models = models_of(show, settings.mode)
    if models is None:
        quality = "pro" if settings.mode is Mode.FINAL else "standard"
        raise ContentError(
            f"show.yaml does not say which models {settings.mode} mode uses",
            where=where,
            mend=f"add to show.yaml: models: {{{settings.mode}: {{speaker: "
            f"fal-ai/kling-video/ai-avatar/v2/{quality}}}}}",
        )
    return models


def open_ledger(settings: Settings, show: Show) -> Ledger:
    """The ledger of paid requests; its days are those of the show's schedule."""
    if settings.ledger_url.startswith("sqlite:///"):
        Path(settings.ledger_url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
    return Ledger(settings.ledger_url, caps=show.caps, zone=ZoneInfo(show.schedule.timezone))


def paid_orders(settings: Settings, show: Show, library: Library, ledger: Ledger) -> PaidOrders:
    """The orders of a paid mode. No key is needed. Raises as `paid_models`."""
    return PaidOrders.of(
        ledger=ledger,
        library=library,
        prices=open_prices(settings),
        models=paid_models(show, settings),
        book=load_book(settings.show),
        portraits=Portraits(library, settings.show),
    )


def find_ledger(settings: Settings, show: Show) -> Ledger | None:
    """The ledger to be read; None when it is a file that no purchase has made yet."""
    path = settings.ledger_url.removeprefix("sqlite:///")
    if path != settings.ledger_url and not Path(path).exists():
        return None
    return open_ledger(settings, show)


def prices_overlay(settings: Settings) -> Path:
    """Where prices that were refreshed from the platform are kept."""
    return settings.output / ".library" / "prices.json"


def open_prices(settings: Settings) -> PriceList:
    """The price list: what ships, a person's own `prices.toml` in the show, and what was refreshed from fal.ai."""
    return PriceList.load(settings.show / "prices.toml", prices_overlay(settings))
