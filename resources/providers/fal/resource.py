"""fal.ai as Dagster configures it: a key and an address, turned into an upload desk and a clip studio."""

from dataclasses import dataclass

import dagster as dg
from pydantic import Field

from resources.core.library import Library
from resources.models.portraits import Portraits
from resources.providers.fal.client import FalClient
from resources.providers.fal.clip_studio import FalClipStudio
from resources.providers.fal.queue import FalQueue, Times
from resources.providers.fal.shot_studio import FalShotStudio
from resources.providers.fal.uploads import FalUploads
from resources.purchasing.ledger import Ledger


@dataclass(frozen=True)
class FalStudio:
    """What one run uses of fal.ai."""

    client: FalClient
    uploads: FalUploads
    queue: FalQueue
    clips: FalClipStudio
    shots: FalShotStudio


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

    def open(self, *, ledger: Ledger, library: Library, portraits: Portraits) -> FalStudio:
        """The studio of a run. Sends nothing; raises StudioError without a key."""
        client = FalClient.open(self.key, self.base_url or None)
        uploads = FalUploads(client, ledger, library, portraits)
        times = Times(
            poll=self.poll_seconds,
            deadline=60 * self.deadline_minutes,
            look_up=self.look_up_seconds,
        )
        queue = FalQueue(client, ledger, library, uploads, times=times)
        return FalStudio(client, uploads, queue, FalClipStudio(queue, library), FalShotStudio(queue, library))
