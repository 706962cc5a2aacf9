"""ElevenLabs as Dagster configures it: a key and an address, turned into a voice studio."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import dagster as dg
from pydantic import Field

from resources.core.library import Library
from resources.failures import Provider
from resources.purchasing.ledger import Ledger
from resources.purchasing.verdict import Window
from resources.purchasing.worker import Worker

if TYPE_CHECKING:
    from resources.providers.elevenlabs.voice_studio import ElevenLabsVoiceStudio


class ElevenLabsResource(dg.ConfigurableResource["ElevenLabsResource"]):
    """ElevenLabs text to speech. The key is read from ELEVENLABS_API_KEY."""

    api_key: str = Field(default="", description="an EnvVar; empty in a rehearsal, which never calls it", repr=False)
    base_url: str = Field(default="", description="ELEVENLABS_BASE_URL: another server")
    concurrency: int = Field(
        default=0,
        ge=0,
        description="ELEVENLABS_CONCURRENCY: requests at a time, over all machines; 0: what the plan allows, as its "
        "answers tell",
    )
    work_seconds: float = Field(
        default=300.0,
        gt=0,
        description="the longest that a call works: so long after it was sent, a line whose answer was lost is in the "
        "provider's history, or it was never taken",
    )
    look_seconds: float = Field(
        default=10.0, gt=0, description="between two looks for a line into the provider's history, at the least"
    )

    def lookout(self, ledger: Ledger, library: Library) -> Worker:
        """Who looks again for lines whose fate is not known. Sends nothing; raises StudioError without a key."""
        from resources.providers.elevenlabs.api import ElevenLabsClient  # noqa: PLC0415  (as below)
        from resources.providers.elevenlabs.line_history import LineHistory  # noqa: PLC0415

        look = LineHistory(ElevenLabsClient.open(self.api_key, self.base_url or None), ledger).shown
        window = Window(self.work_seconds, self.look_seconds)
        return Worker(Provider.ELEVENLABS, ledger, library, look, window=window, wait=1.0)

    def open(
        self,
        *,
        ledger: Ledger,
        library: Library,
        due: Callable[[str], float],
        before_sending: Callable[[], object] = lambda: None,
    ) -> "ElevenLabsVoiceStudio":
        """The studio of a run; `due` says when an episode is due. Sends nothing; raises StudioError without a key."""
        # A rehearsal never needs the SDK, which takes half a second to import.
        from resources.providers.elevenlabs.api import ElevenLabsClient  # noqa: PLC0415
        from resources.providers.elevenlabs.voice_studio import ElevenLabsVoiceStudio, Times  # noqa: PLC0415

        client = ElevenLabsClient.open(self.api_key, self.base_url or None)
        times = Times(work=self.work_seconds, look=self.look_seconds)
        return ElevenLabsVoiceStudio(
            client,
            ledger,
            library,
            at_once=self.concurrency or None,
            times=times,
            before_sending=before_sending,
            due=due,
        )
