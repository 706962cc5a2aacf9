"""Purchases, media and a clock for the ledger's tests."""

from datetime import date

from pydantic import JsonValue
from sqlalchemy import text

from resources.content.show import Caps
from resources.core.names import Mode
from resources.core.values import Cell, Media
from resources.models.prices import Estimate
from resources.models.prices.billing import reported_usd
from resources.purchasing.ledger import Claim, Ledger, Purchase

NOON = 1_795_262_400.0  # 2026-11-21 12:00 UTC
CAPS = Caps(segment_usd=100, episode_usd=1000, day_usd=10000)
URLS = ("https://queue.test/status", "https://queue.test/response", "https://queue.test/cancel")


class Clock:
    """A clock that a test moves."""

    def __init__(self, now: float = NOON) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


def media(name: str = "a") -> Media:
    """A file of the library, by a made-up content."""
    return Media(sha256=name.encode().hex().ljust(64, "0")[:64], suffix=".mp4", size=1000)


def estimate(usd: float = 1.0) -> Estimate:
    """Ten seconds for so many dollars."""
    return Estimate(usd=usd, unit="second", units=10, unit_price_usd=usd / 10, price_date=date(2026, 11, 21))


def purchase(
    words: str = "hello",
    *,
    segment: str = "s01",
    episode: str = "monday",
    mode: Mode = Mode.DRAFT,
    usd: float = 1.0,
    take: int = 1,
    provider: str = "fal",
    arguments: dict[str, JsonValue] | None = None,
    content: str | None = None,
) -> Purchase:
    """A speaker clip of ten seconds."""
    return Purchase(
        provider=provider,
        endpoint="fal-ai/kling-video/ai-avatar/v2/standard",
        asset="speaker_clips",
        cell=Cell(episode=episode, segment=segment, mode=mode, content=content),
        arguments=arguments if arguments is not None else {"prompt": words, "audio_url": "sha256:" + "ab" * 32},
        take=take,
        estimate=estimate(usd),
    )


def buy(ledger: Ledger, wanted: Purchase, *, request_id: str, cost: float = 1.0) -> Claim:
    """Take a purchase through all its steps; the claim is the one that was sent."""
    claim = ledger.claim(wanted)
    ledger.sending(claim)
    submitted = ledger.submitted(claim, request_id, *URLS)
    ledger.collected(submitted, media=media(request_id), billed=reported_usd(cost), seconds=10.0)
    return claim


def elsewhere(ledger: Ledger) -> None:
    """Whatever is leased by now is leased from another machine, of which nobody here knows whether it lives."""
    with ledger.store.writing() as session:
        for table in ("purchases", "reservations"):
            session.execute(text(f"UPDATE {table} SET lease_owner = 'elsewhere-1-0' WHERE lease_owner IS NOT NULL"))  # noqa: S608
