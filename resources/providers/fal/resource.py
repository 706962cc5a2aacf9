"""fal.ai as Dagster configures it: a key and an address, turned into an upload desk and a clip studio."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import dagster as dg
from pydantic import Field

from resources.core.library import Library
from resources.providers.fal.client import FalClient
from resources.providers.fal.clip_studio import FalClipStudio
from resources.providers.fal.pricing import PriceWatch
from resources.providers.fal.queue import FalQueue, Times
from resources.providers.fal.shot_studio import FalShotStudio
from resources.providers.fal.uploads import FalUploads
from resources.purchasing.ledger import Ledger
from resources.purchasing.requests.portraits import Portraits
from resources.purchasing.requests.shot_requests import FalShots


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
    poll_seconds: float = Field(
        default=2.1, ge=0.05, description="between two looks at one request; production stays over 2"
    )
    deadline_minutes: float = Field(
        default=45.0,
        gt=0,
        description="how long a run waits for a clip that does not come forward; it is never cancelled",
    )
    look_up_seconds: float = Field(
        default=900.0,
        ge=0,
        description="how long a request whose answer was lost is looked for in the provider's history, which may list "
        "it only when it has ended; not found, the cell fails and a person settles it: it is never sent again alone",
    )

    def open(
        self,
        *,
        ledger: Ledger,
        library: Library,
        shots: FalShots,
        portraits: Portraits,
        overlay: Path,
        today: Callable[[], date],
    ) -> FalStudio:
        """The studio of a run; prices that it learns are kept in `overlay`.

        Sends nothing; raises StudioError without a key.
        """
        client = FalClient.open(self.key, self.base_url or None)
        uploads = FalUploads(client, ledger, library, portraits)
        times = Times(
            poll=self.poll_seconds,
            deadline=60 * self.deadline_minutes,
            look_up=self.look_up_seconds,
        )
        watch = PriceWatch(client, shots.orders.prices, overlay, library, today)
        queue = FalQueue(client, ledger, library, uploads, times=times, watch=watch)
        clips, shot_studio = FalClipStudio(queue, shots.orders), FalShotStudio(queue, shots)
        return FalStudio(client, uploads, queue, clips, shot_studio, watch)
