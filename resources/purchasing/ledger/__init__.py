"""The ledger: every paid request, so that nothing is bought twice, nothing goes over a cap and nothing paid is lost.

    claim = ledger.wait(ledger.claim(purchase), timeout_seconds=900)
    if claim.kind is ClaimKind.REUSE:
        return claim.entry                                   # it is in the library: $0
    with ledger.lease(claim):                                # kept alive by a heartbeat
        if claim.kind is ClaimKind.RECONCILE: …              # look it up: adopt, or leave it unknown
        if claim.kind is ClaimKind.SEND:
            ledger.sending(claim, sent=arguments)            # committed, then the one POST
            claim = ledger.submitted(claim, request_id, status_url, response_url, cancel_url)
        …                                                    # poll, download, verify, store
        return ledger.collected(claim, media=media, billed=billed, seconds=seconds)

Providers are not called here, and no rule about one lives here.
"""

from typing import TYPE_CHECKING, Any

from resources.purchasing.ledger.tables.entry import (
    Claim,
    ClaimKind,
    Collected,
    Entry,
    Grouping,
    Saving,
    State,
    StoredUpload,
    Total,
    Verdict,
)
from resources.purchasing.ledger.tables.purchase import Purchase

if TYPE_CHECKING:
    from resources.purchasing.ledger.ledger import Ledger

__all__ = [
    "Claim",
    "ClaimKind",
    "Collected",
    "Entry",
    "Grouping",
    "Ledger",
    "Purchase",
    "Saving",
    "State",
    "StoredUpload",
    "Total",
    "Verdict",
]


def __getattr__(name: str) -> Any:
    """The ledger itself brings SQLAlchemy along: it is imported by who opens one, and not for the words of an entry."""
    if name == "Ledger":
        from resources.purchasing.ledger.ledger import Ledger  # noqa: PLC0415

        return Ledger
    raise AttributeError(name)
