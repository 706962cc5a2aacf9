"""What another process does in a test of two: it buys the clip that the test's own studio describes."""

from pathlib import Path

from resources.core.library import Library
from resources.models.prices import PriceList
from resources.providers.fal.client import FalClient
from resources.providers.fal.clip_studio import FalClipStudio
from resources.providers.fal.pricing import PriceWatch
from resources.providers.fal.queue import FalQueue
from resources.providers.fal.uploads import FalUploads
from resources.purchasing.ledger import Ledger
from resources.purchasing.requests.clip_requests import FalOrders
from resources.purchasing.requests.portraits import Portraits
from tests.providers.client import Providers
from tests.resources.providers.fal.conftest import CAPS, FAST, Bench, models


def buy(folder: str, base_url: str, key: str) -> None:
    """Buy the speaker's clip of the first segment."""
    root = Path(folder)
    client = FalClient.open(key, base_url)
    with Ledger(f"sqlite:///{root}/ledger.db", caps=CAPS) as ledger:
        library = Library(root / "library")
        uploads = FalUploads(client, ledger, library, Portraits(library, root / "show"))
        overlay = root / "prices.json"
        prices = PriceList.load(overlay)
        watch = PriceWatch(client, prices, overlay, library)
        queue = FalQueue(client, ledger, library, uploads, times=FAST, watch=watch)
        orders = FalOrders(ledger, library, prices, models())
        studio = FalClipStudio(queue, orders)
        bench = Bench(Providers(base_url), root, client, ledger, library, root / "show", uploads, queue, studio, watch)
        studio.speaker(bench.speaker())
