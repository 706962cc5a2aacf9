"""fal.ai as Dagster configures it: a key and an address, turned into an upload desk and a clip studio."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import dagster as dg
from pydantic import Field

from resources.core.library import Library
from resources.failures import Provider
from resources.models.portraits import Portraits
from resources.models.prices import PriceList
from resources.providers.fal.clip_studio import FalClipStudio
from resources.providers.fal.pricing import Keep, PriceWatch
from resources.providers.fal.queue import FalQueue, Times, look_of
from resources.providers.fal.shot_studio import FalShotStudio
from resources.providers.fal.uploads import FalUploads
from resources.providers.fal.wire.client import FalClient
from resources.providers.fal.wire.webhooks import FalWebhooks
from resources.purchasing.account import Account
from resources.purchasing.ledger import Ledger
from resources.purchasing.ledger.arrivals import Hooks
from resources.purchasing.worker import Worker


@dataclass(frozen=True)
class FalStudio:
    """What one run uses of fal.ai."""

    client: FalClient
    uploads: FalUploads
    queue: FalQueue
    clips: FalClipStudio
    shots: FalShotStudio
    watch: PriceWatch


class FalResource(dg.ConfigurableResource["FalResource"]):
    """fal.ai: Kling Avatar v2 and the other models. The key is read from FAL_KEY, or its alias FAL_AI_API_KEY."""

    key: str = Field(default="", description="an EnvVar; empty in a rehearsal, which never calls it", repr=False)
    base_url: str = Field(
        default="", description="FAL_BASE_URL: another server for queue, run, storage, CDN and platform API"
    )
    webhook_url: str = Field(
        default="", description="NINJA_WEBHOOK_URL: the public address that fal.ai tells that a request has ended"
    )
    concurrency: int = Field(
        default=0,
        ge=0,
        description="FAL_CONCURRENCY: how many requests the account's plan works on at once, over all machines: the "
        "earliest due episode goes first; 0: all are sent, and wait at fal in the order in which they came",
    )
    poll_seconds: float = Field(
        default=2.1, ge=0.05, description="between two looks at one request; production stays over 2"
    )
    deadline_minutes: float = Field(
        default=45.0,
        gt=0,
        description="how long a run waits for a clip that does not come forward; it is never cancelled",
    )
    start_seconds: float = Field(
        default=3600.0, gt=0, description="a request that no machine has begun by then ends, at no cost"
    )
    work_seconds: float = Field(
        default=1800.0,
        gt=0,
        description="the longest that a model works: start_seconds and this after it was sent, a request whose answer "
        "was lost must have ended, and the history shows it or it was never taken",
    )
    look_seconds: float = Field(
        default=10.0, gt=0, description="between two looks for a request into the provider's history, at the least"
    )

    @property
    def times(self) -> Times:
        """Its waits, as a queue takes them."""
        return Times(
            poll=self.poll_seconds,
            deadline=60 * self.deadline_minutes,
            start=self.start_seconds,
            work=self.work_seconds,
            look=self.look_seconds,
        )

    def lookout(self, ledger: Ledger, library: Library) -> Worker:
        """Who looks again for requests whose fate is not known. Sends nothing; raises StudioError without a key."""
        look = look_of(FalClient.open(self.key, self.base_url or None), ledger, self._webhooks(ledger))
        return Worker(Provider.FAL, ledger, library, look, window=self.times.window, wait=self.times.wait)

    def open(
        self,
        *,
        ledger: Ledger,
        library: Library,
        portraits: Portraits,
        prices: PriceList,
        keep_prices: Keep,
        today: Callable[[], date],
        due: Callable[[str], float],
    ) -> FalStudio:
        """The studio of a run; `keep_prices` keeps those that it learns, and `due` says when an episode is due.

        Sends nothing; raises StudioError without a key.
        """
        client = FalClient.open(self.key, self.base_url or None)
        uploads = FalUploads(client, ledger, library, portraits)
        watch = PriceWatch(client, prices, keep_prices, library, today)
        webhooks = self._webhooks(ledger)
        account = Account(ledger, Provider.FAL, self.concurrency or None, due=due)
        queue = FalQueue(
            client,
            ledger,
            library,
            uploads,
            times=self.times,
            watch=watch,
            account=account,
            webhooks=webhooks,
        )
        return FalStudio(client, uploads, queue, FalClipStudio(queue, library), FalShotStudio(queue, library), watch)

    def _webhooks(self, ledger: Ledger) -> FalWebhooks | None:
        return FalWebhooks(self.webhook_url, Hooks(ledger.store)) if self.webhook_url else None
