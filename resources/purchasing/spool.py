"""Proof of money that the ledger could not be told: kept as a small file in the library.

An acceptance or a delivery that was heard of is never dropped. `replay` tells them to the ledger when it opens again; a
record that the ledger knows already changes nothing, so one that is replayed twice does no harm.
"""

import logging
from uuid import uuid4

from pydantic import Field, JsonValue, TypeAdapter, ValidationError

from resources.core.errors import Charge, LedgerError, MediaError
from resources.core.library import Library
from resources.core.names import DEFAULT_SHOW
from resources.core.values import Media, Value
from resources.models.prices import Billed
from resources.purchasing.ledger import Claim, Collected, Ledger

LOG = logging.getLogger("ninja.ledger")


class Acceptance(Value):
    """That a provider took a request, with its addresses of it."""

    claim: Claim
    request_id: str
    urls: tuple[str, ...] = ()

    def tell(self, ledger: Ledger) -> Claim:
        """Tell it to the ledger. Raises as `Ledger.submitted` does."""
        return ledger.submitted(self.claim, self.request_id, *self.urls)


class Delivery(Value):
    """A file that was delivered, in the library by now: what was billed for it, and its measured length in seconds."""

    claim: Claim
    request_id: str | None
    media: Media
    billed: Billed
    seconds: float | None = None
    facts: dict[str, JsonValue] = Field(default_factory=dict)

    def tell(self, ledger: Ledger) -> Collected:
        """Tell it to the ledger. Raises as `Ledger.collected` does."""
        return ledger.collected(
            self.claim,
            media=self.media,
            billed=self.billed,
            seconds=self.seconds,
            request_id=self.request_id,
            facts=self.facts,
        )


Proof = Delivery | Acceptance
_PROOF: TypeAdapter[Proof] = TypeAdapter(Proof)


class Spool:
    """What one library keeps until the ledger can be told."""

    def __init__(self, library: Library) -> None:
        self._library = library

    def keep(self, proof: Proof) -> str | None:
        """Write proof down, on the disk for certain; returns where, or None where nothing can be written."""
        try:
            return self._library.spool(f"{uuid4().hex}.json", proof.model_dump_json().encode())
        except MediaError as error:
            LOG.warning("%s cannot be kept: %s", proof.request_id or "a delivery", error)
            return None

    def replay(self, ledger: Ledger) -> int:
        """Tell the ledger all that is kept of its show; returns how many. What it cannot take stays, with a warning.

        It may be another ledger than the one that was away: brought back from a backup, or made anew. What is of a show
        that shares the library waits for that show's own.
        """
        count = 0
        for name, content in self._library.spooled():
            try:
                proof = _PROOF.validate_json(content)
                if not _is_of(ledger, proof.claim):
                    continue
                proof.model_copy(update={"claim": ledger.found_again(proof.claim, proof.request_id)}).tell(ledger)
            except (LedgerError, ValidationError) as error:
                LOG.warning("%s: %s", name, error)
                if isinstance(error, ValidationError) or error.charge is not Charge.CHARGED:
                    continue  # else it is recorded, beside another
            self._library.drop_spooled(name)
            count += 1
        return count


def _is_of(ledger: Ledger, claim: Claim) -> bool:
    """Whether a request was the ledger's own: of its show, or of a show that had no id then, in this ledger."""
    show = claim.entry.show
    return show == ledger.show or (
        show == DEFAULT_SHOW and any(row.id == claim.entry.id for row in ledger.of(claim.purchase))
    )
