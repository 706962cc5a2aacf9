"""What another process does in a test of two: it buys the clip that the test's own studio describes."""

from pathlib import Path

from resources.core.library import Library
from resources.models.portraits import Portraits
from resources.models.prices import PriceList
from resources.models.prompts.book import shipped
from resources.providers.fal.clip_studio import FalClipStudio
from resources.providers.fal.pricing import PriceWatch
from resources.providers.fal.queue import FalQueue
from resources.providers.fal.uploads import FalUploads
from resources.providers.fal.wire.client import FalClient
from resources.purchasing.ledger import Ledger
from resources.purchasing.requests.market import Market
from resources.purchasing.state.state import ShowState
from resources.purchasing.taken_prices import TakenPrices
from tests.providers.client import Providers
from tests.resources.providers.fal.conftest import CAPS, FAST, Bench, models


def buy(folder: str, base_url: str, key: str) -> None:
    """Buy the speaker's clip of the first segment."""
    root = Path(folder)
    client = FalClient.open(key, base_url)
    with Ledger(f"sqlite:///{root}/ledger.db", caps=CAPS) as ledger:
        library = Library(root / "library")
        portraits = Portraits(library, root / "show")
        prices = TakenPrices(ShowState.of(ledger))
        market = Market(ledger, library, PriceList.load(taken=prices.sheet()), models(), shipped(), portraits)
        uploads = FalUploads(client, ledger, library, portraits)
        watch = PriceWatch(client, market.prices, prices.keep, library)
        queue = FalQueue(client, ledger, library, uploads, times=FAST, watch=watch)
        studio = FalClipStudio(queue, library)
        parts = (uploads, queue, studio, watch)
        bench = Bench(Providers(base_url), root, client, ledger, library, root / "show", market, *parts)
        studio.speaker(bench.speaker())
