"""ElevenLabs as Dagster configures it: a key and an address, turned into a voice studio."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import dagster as dg
from pydantic import Field

from resources.core.library import Library
from resources.models.prices import PriceList
from resources.purchasing.ledger import Ledger

if TYPE_CHECKING:
    from resources.providers.elevenlabs.voice_studio import ElevenLabsVoiceStudio


class ElevenLabsResource(dg.ConfigurableResource["ElevenLabsResource"]):
    """ElevenLabs text to speech. The key is read from ELEVENLABS_API_KEY."""

    api_key: str = Field(default="", description="an EnvVar; empty in a rehearsal, which never calls it", repr=False)
    base_url: str = Field(default="", description="ELEVENLABS_BASE_URL: another server")
    concurrency: int = Field(
        default=0, ge=0, description="requests at a time; 0: what the plan allows, as its answers tell"
    )
    look_up_seconds: float = Field(
        default=60.0,
        ge=0,
        description="how long a line whose answer was lost is looked for in the provider's history; "
        "not found, the cell fails and a person settles it: it is never sent again by itself",
    )

    def open(
        self,
        *,
        ledger: Ledger,
        library: Library,
        prices: PriceList,
        before_sending: Callable[[], object] = lambda: None,
    ) -> "ElevenLabsVoiceStudio":
        """The studio of a run. Sends nothing; raises StudioError without a key."""
        # A rehearsal never needs the SDK, which takes half a second to import.
        from resources.providers.elevenlabs.api import ElevenLabsClient  # noqa: PLC0415
        from resources.providers.elevenlabs.voice_studio import ElevenLabsVoiceStudio, Times  # noqa: PLC0415

        client = ElevenLabsClient.open(self.api_key, self.base_url or None)
        times = Times(look_up=self.look_up_seconds)
        return ElevenLabsVoiceStudio(
            client,
            ledger,
            library,
            prices,
            at_once=self.concurrency or None,
            times=times,
            before_sending=before_sending,
        )
