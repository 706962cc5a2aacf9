"""A person's word about a request, held against what the provider's own history shows.

No settlement without a look: what a page shows to a person in a hurry may be another request. Costs nothing; needs the
provider's key.
"""

import os
from collections.abc import Callable, Mapping
from typing import NamedTuple

from resources.core.errors import LedgerError, UntoldError
from resources.core.settings import ELEVENLABS_KEYS
from resources.failures import Provider
from resources.models.prices.price_values import usd
from resources.providers.elevenlabs.api import ElevenLabsClient
from resources.providers.elevenlabs.line_history import LineHistory
from resources.providers.fal.submissions import FalRequests
from resources.providers.fal.wire.client import FalClient, key_from
from resources.providers.fal.wire.history import FalHistory
from resources.purchasing.ledger import Entry, Ledger, State, Verdict
from resources.purchasing.ledger.tables.entry import NOBODYS
from resources.purchasing.worker import Look


class History(NamedTuple):
    """What can be asked of a provider: for a request nobody has, whether a request is an entry's, and how an entry's
    own request stands: `delivered`, `under way`, or None where it failed or is not known any more.
    """

    look: Look
    is_of: Callable[[Entry, str], bool]
    stands: Callable[[Entry], str | None] = lambda _: None


def history_of(provider: str, ledger: Ledger, environment: Mapping[str, str] = os.environ) -> History:
    """The history of a provider, by the keys of the environment. Raises StudioError without one."""
    if provider == Provider.FAL:
        client = FalClient.open(key_from(environment), environment.get("FAL_BASE_URL"))
        fal = FalHistory(client)
        return History(fal.look(ledger), fal.is_of, FalRequests.once(client).stands)
    key, base = environment.get(ELEVENLABS_KEYS[0], ""), environment.get("ELEVENLABS_BASE_URL")
    lines = LineHistory(ElevenLabsClient.open(key, base), ledger)
    return History(lines.shown, lines.is_of, lines.stands)


def settle(
    ledger: Ledger, entry_id: int, verdict: Verdict, request_id: str | None, *, history: History | None = None
) -> Entry:
    """Record a person's verdict, after a look into the provider's history.

    Raises LedgerError that tells what the provider shows where it says otherwise, StudioError where it cannot be read,
    and UntoldError where the request may be one that does not tell what it was asked with.
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
        _refuse_found(ledger, entry, asked, verdict)
    if verdict is Verdict.NOT_CHARGED:
        _refuse_alive(entry, asked)
    return ledger.settle(entry_id, verdict, request_id)


def _refuse_found(ledger: Ledger, entry: Entry, history: History, verdict: Verdict) -> None:
    """Raise LedgerError where a history shows what an entry sent as a request that nobody has.

    One that may be it, and does not tell, keeps nobody from paying once more: then it counts as spent.
    """
    try:
        found = history.look(entry)
    except UntoldError as error:
        ledger.looked(entry.id, trouble=error.why)
        if verdict is not Verdict.BUY_AGAIN:
            raise
        return
    ledger.looked(entry.id, found=found)
    if found is not None:
        raise LedgerError(
            f"{entry.provider}'s history shows entry {entry.id} as request {found}: it can be collected",
            where=entry.where,
            hint=f"`ninja ledger settle {entry.id} found --request-id {found}`, then run again",
        )


def _refuse_alive(entry: Entry, history: History) -> None:
    """Raise LedgerError where the provider has delivered or billed a request that was taken, or works on it.

    One that has ended without a file is as its page shows it.
    """
    if entry.state is not State.SUBMITTED:
        return
    stands = f"billed, {usd(entry.cost_usd)}" if entry.cost_usd else history.stands(entry)
    if stands is None:
        return
    again = f"`ninja produce {entry.cell.episode} --mode {entry.cell.mode}` collects it where it is still wanted; "
    collects = "" if entry.cell.episode == NOBODYS else again
    raise LedgerError(
        f"entry {entry.id} is not free of charge: {entry.provider} has its request {entry.request_id} as {stands}",
        where=entry.where,
        hint=f"{collects}`ninja ledger settle {entry.id} buy-again` counts it as spent, and pays once more",
    )
