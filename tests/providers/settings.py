"""What the two pretended accounts are like. Every field can be changed while the server runs.

The defaults make tests fast: nothing waits. Real accounts start with 2 concurrent fal requests.
"""

from pydantic import BaseModel, ConfigDict

FAL_KEY = "fal-test-id:fal-test-secret"
ELEVENLABS_KEY = "sk_elevenlabs_test_key"
VOICES = {"voiceNinja01": "Ninja", "voiceGlitch02": "Glitch", "voiceGuest03": "Guest"}


class Settings(BaseModel):
    """Seconds, dollars, characters; see each provider's room for what a field does."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    fal_key: str = FAL_KEY
    fal_scope: str = "API"  # of the key: ADMIN may read usage and bills, too
    billing_delay: float = 0.0  # seconds from the end of a request until it is on the bill
    percent_discount: float = 0.0  # on what is billed
    latency: float = 0.0  # seconds a clip takes, if its endpoint is not in `latencies`
    latencies: dict[str, float] = {}  # endpoint -> seconds
    latency_spread: float = 0.0  # share of it by which requests take longer or shorter, evenly over each ten of them
    concurrency: int = 40  # requests IN_PROGRESS at once
    unit_usd: dict[str, float] = {}  # endpoint -> dollars of one of its units, where its price has changed
    billable_units: str | None = None  # what the header says instead of the truth
    balance_usd: float = 1000.0
    locked: str | None = None  # the reason; an empty balance locks by itself
    result_seconds: float = 3600.0  # how long a queue result is kept
    media_seconds: float | None = 7 * 86400  # how long an output or upload without a lifecycle is kept
    history_delay: float = 0.0  # seconds until a request shows in a history
    history_shows_running: bool = False  # whether fal's lists requests from their start, not only when they have ended
    video_height: int = 120  # small pictures keep tests cheap; 1080 is real

    elevenlabs_key: str = ELEVENLABS_KEY
    voices: dict[str, str] = VOICES
    tier: str = "creator"
    voice_concurrency: int = 5
    voice_latency: float = 0.0  # seconds a line takes
    character_limit: int = 1_000_000
    credits_per_character: float = 1.0
    clock_ratio: float = 1.04  # the alignment's clock over the audio's; reported 1.00-1.12
    history_alignments: bool = False  # whether a history item has its alignment
    history_names_requests: bool = True  # whether an item tells its request's id
