"""A person's word about a request, held against what the provider's own history shows.

No settlement without a look: what a page shows to a person in a hurry may be another request. Costs nothing; needs the
provider's key.
"""

import os
from collections.abc import Callable, Mapping
from typing import NamedTuple

from resources.core.errors import LedgerError
from resources.core.settings import ELEVENLABS_KEYS
from resources.failures import Provider
from resources.providers.elevenlabs.api import ElevenLabsClient
from resources.providers.elevenlabs.line_history import LineHistory
from resources.providers.fal.wire.client import FalClient, key_from
from resources.providers.fal.wire.history import FalHistory
from resources.purchasing.ledger import Entry, Ledger, Verdict
from resources.purchasing.worker import Look


class History(NamedTuple):
    """What can be asked of a provider's history: a request nobody has, and whether a request is an entry's."""

    look: Look
    is_of: Callable[[Entry, str], bool]


def history_of(provider: str, ledger: Ledger, environment: Mapping[str, str] = os.environ) -> History:
    """The history of a provider, by the keys of the environment. Raises StudioError without one."""
    if provider == Provider.FAL:
        fal = FalHistory(FalClient.open(key_from(environment), environment.get("FAL_BASE_URL")))
        return History(fal.look(ledger), fal.is_of)
    key, base = environment.get(ELEVENLABS_KEYS[0], ""), environment.get("ELEVENLABS_BASE_URL")
    lines = LineHistory(ElevenLabsClient.open(key, base), ledger)
    return History(lines.shown, lines.is_of)


def settle(
    ledger: Ledger, entry_id: int, verdict: Verdict, request_id: str | None, *, history: History | None = None
) -> Entry:
    """Record a person's verdict, after a look into the provider's history.

    Raises LedgerError that tells what the history shows where it says otherwise, StudioError where it cannot be read.
    """
    entry = ledger.entry(entry_id)
    asked = history or history_of(entry.provider, ledger)
    if verdict is Verdict.FOUND and request_id and not asked.is_of(entry, request_id):
        raise LedgerError(
            f"request {request_id} is not one of entry {entry_id}",
            where=entry.where,
            why=f"{entry.provider}'s history does not show it with exactly what the entry sent",
            hint="look the id up again, on the provider's page of requests",
        )
    if verdict in (Verdict.NOT_CHARGED, Verdict.BUY_AGAIN):
        found = asked.look(entry)
        ledger.looked(entry.id, found=found)
        if found is not None:
            raise LedgerError(
                f"{entry.provider}'s history shows entry {entry_id} as request {found}: it can be collected",
                where=entry.where,
                hint=f"`ninja ledger settle {entry_id} found --request-id {found}`, then run again",
            )
    return ledger.settle(entry_id, verdict, request_id)
