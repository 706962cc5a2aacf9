"""Opens what paid modes stand on: the ledger, the price list, the models, and where a mode buys. No key is needed."""

from pathlib import Path
from zoneinfo import ZoneInfo

from resources.content.loader import FILE
from resources.content.segments import Script
from resources.content.show import ModeModels, Show
from resources.core.errors import ContentError
from resources.core.library import Library
from resources.core.settings import Settings
from resources.models.casting import needed_models
from resources.models.portraits import Portraits
from resources.models.prices import PriceList
from resources.models.prompts.book import load_book
from resources.purchasing.ledger import Ledger
from resources.purchasing.requests.market import Market
from resources.purchasing.requests.segment_requests import RequestContext
from resources.purchasing.requests.takes import Takes
from resources.purchasing.spool import Spool


def paid_models(show: Show, settings: Settings) -> ModeModels:
    """The models of a paid mode. ContentError, with the lines to add, for a show without models or caps."""
    where = settings.show / FILE
    if show.caps is None:
        raise ContentError(
            f"{settings.mode} mode needs caps: the most that may be spent",
            where=str(where),
            mend="add to show.yaml: caps: {segment_usd: 2.50, episode_usd: 15.00, day_usd: 30.00}",
        )
    return needed_models(show, settings.mode, where)


def open_ledger(settings: Settings, show: Show) -> Ledger:
    """The ledger of paid requests, told what was kept while it was away; its days are those of the show's schedule."""
    if settings.ledger_url.startswith("sqlite:///"):
        Path(settings.ledger_url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
    ledger = Ledger(settings.ledger_url, caps=show.caps, zone=ZoneInfo(show.schedule.timezone))
    Spool(Library(settings.library)).replay(ledger)
    return ledger


def open_market(settings: Settings, show: Show, library: Library, ledger: Ledger) -> Market:
    """Where a paid mode buys. No key is needed. Raises as `paid_models`."""
    return Market(
        ledger=ledger,
        library=library,
        prices=open_prices(settings),
        models=paid_models(show, settings),
        book=load_book(settings.show),
        portraits=Portraits(library, settings.show),
    )


def open_context(settings: Settings, show: Show, script: Script, library: Library, ledger: Ledger) -> RequestContext:
    """An episode as its requests are built from in a paid mode. No key is needed. Raises as `paid_models`."""
    market = open_market(settings, show, library, ledger)
    return RequestContext(show, settings.show, script, settings.mode, Takes(library, settings.mode), market)


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
