"""What the ledger is told from outside of a run: by a person, or by a provider's own list and bill.

What became of a request, which requests there are that no row knew, what they really cost, and which files were paid
for elsewhere.
"""

from collections.abc import Callable, Mapping
from datetime import datetime

from pydantic import JsonValue

from resources.core.errors import Charge, LedgerError
from resources.core.values import Media
from resources.models.prices import Billed
from resources.models.prices.billing import reported_usd
from resources.purchasing.ledger.steps import changes, refusals
from resources.purchasing.ledger.steps.journal import Event, note
from resources.purchasing.ledger.steps.leases import Leases
from resources.purchasing.ledger.tables.entry import Claim, Entry, State, Verdict
from resources.purchasing.ledger.tables.purchase import Purchase, scrubbed_json
from resources.purchasing.ledger.tables.rows import PurchaseRow
from resources.purchasing.ledger.tables.store import Store
from resources.purchasing.ledger.tables.transaction import Transaction


class Settlement:
    """A word from outside, which goes before what the ledger knows."""

    show: str
    _store: Store
    _clock: Callable[[], float]
    _leases: Leases

    def settle(self, entry_id: int, verdict: Verdict, request_id: str | None = None) -> Entry:
        """Record what a person found out about an entry (see Verdict).

        Raises LedgerError for an entry of another show, one that is collected or that a live worker holds, or none, and
        for a `request_id` beside another verdict than found.
        """
        if request_id is not None and verdict is not Verdict.FOUND:
            raise LedgerError(
                f"--request-id names a request that was found, and the verdict is {verdict.value}",
                hint=f"ninja ledger settle {entry_id} found --request-id {request_id}, or without --request-id",
            )
        with self._store.changing(alone=True) as transaction:
            now = self._clock()
            row = changes.locked(transaction, entry_id)
            if row.show != self.show:
                raise refusals.foreign(row, self.show)
            if row.state is State.COLLECTED or self._leases.held(row, now):
                raise LedgerError(
                    f"entry {entry_id} cannot be settled: "
                    + ("it is collected" if row.state is State.COLLECTED else "a running worker holds it"),
                    hint="`ninja ledger` shows which entries need a verdict",
                )
            if verdict is Verdict.FOUND:
                if not request_id:
                    raise LedgerError(
                        "to settle an entry as found, give the provider's request id",
                        hint="add --request-id with the id that the provider's page of requests shows",
                    )
                changes.check_unclaimed(transaction, row, request_id)
                if changes.other_live(transaction, row):
                    raise LedgerError(f"entry {entry_id} was replaced by a later request")
                row.sent_at = row.sent_at or now
                changes.submit(row, request_id, (None, None, None), now)
                row.settled = False  # whatever was said before: it is collected, and not bought again
            else:
                row.state = State.FAILED
                row.charge = Charge.NONE if verdict is Verdict.NOT_CHARGED else Charge.CHARGED
                row.settled = verdict is Verdict.BUY_AGAIN
                row.retryable = True if verdict is Verdict.NOT_CHARGED else row.retryable
                row.reason = f"settled as {verdict.value}" + (f"; was: {row.reason}" if row.reason else "")
                row.ended_at = row.ended_at or now
            note(transaction, row, Event.SETTLED, now, verdict=verdict.value, request_id=row.request_id)
            changes.free(row)
            return changes.as_entry(row, now)

    def beside(self, entry_id: int, request_id: str, *, sent_at: datetime, billed: Billed | None = None) -> Entry:
        """Record a request that was paid for the purchase of an entry that has one already: it counts beside it."""
        with self._store.changing(alone=True) as transaction:
            now = self._clock()
            row = changes.stray(transaction, changes.locked(transaction, entry_id), request_id, now)
            row.intended_at = row.sent_at = sent_at.timestamp()
            self._bill(transaction, row, billed, now)
            return changes.as_entry(row, now)

    def taken_in(
        self,
        purchase: Purchase,
        request_id: str,
        *,
        sent: Mapping[str, JsonValue],
        sent_at: datetime,
        billed: Billed | None = None,
    ) -> Entry:
        """Record a request that the provider has and no row knows, as this purchase's own: it is under way from now on.

        No cap is asked: it is paid. Where the purchase has a request already, it counts beside that one; where its file
        was imported without one, it is the request by which that file was paid.
        """
        with self._store.changing(alone=True) as transaction:
            now = self._clock()
            known = changes.requested(transaction, purchase.provider, request_id)
            row = known or changes.latest(transaction, purchase)
            if row is None or (row.state is State.FAILED and changes.may_be_bought_again(row)):
                row = changes.new(purchase, self.show, sent_at.timestamp())
                transaction.add(row)
                note(transaction, row, Event.INTENDED, now, estimated_micros=row.estimated_micros, units=row.units)
            elif known is None and row.request_id is not None:
                row = changes.stray(transaction, row, request_id, now)
                row.intended_at = row.sent_at = sent_at.timestamp()
            if row.request_id is None and row.state is State.COLLECTED:
                row.request_id = request_id
                note(transaction, row, Event.IMPORTED, now, **changes.delivery(row))
            elif row.request_id is None:
                row.sent, row.sent_at = scrubbed_json(sent), sent_at.timestamp()
                changes.submit(row, request_id, (None, None, None), now)
                note(transaction, row, Event.ACCEPTED, now, request_id=request_id, adopted=True)
            self._bill(transaction, row, billed, now)
            return changes.as_entry(row, now)

    def found_again(self, claim: Claim, request_id: str | None) -> Claim:
        """The claim of a request that was sent, by the row that stands for it now; its id as proof of it says.

        A ledger that was brought back, or made anew, since it was sent has that row under another number, or has none:
        then it is recorded as sent. The number alone may be another purchase's by now. A row that a person gave up is
        this request's all the same, and counts once.
        """
        purchase, entry = claim.purchase, claim.entry
        with self._store.changing(alone=True) as transaction:
            now = self._clock()
            row = changes.of_purchase(transaction, purchase, request_id) or changes.of_claim(transaction, claim)
            if row is not None and row.request_id is None and row.state is State.FAILED:
                if changes.other_live(transaction, row):  # what was bought since stays; this request was taken, too
                    row.request_id, row.charge = request_id, Charge.CHARGED
                    note(transaction, row, Event.FAILED, now, charge=row.charge.value, request_id=request_id)
                else:
                    row.state, row.settled, row.ended_at = State.INTENDED, False, None
            elif row is None:
                row = changes.latest(transaction, purchase)
                row = None if row is not None and _is_free(row) else row
            if row is None:
                row = changes.new(purchase, self.show, now)
                transaction.add(row)
                note(transaction, row, Event.INTENDED, now, estimated_micros=row.estimated_micros, units=row.units)
            if row.state is State.INTENDED:
                row.state, row.charge, row.sent = State.SENDING, Charge.POSSIBLE, entry.sent
                row.sent_at = now if entry.sent_at is None else entry.sent_at.timestamp()
                note(transaction, row, Event.SENT, now, sent=row.sent)
            return changes.answer(claim, claim.kind, row, now)

    def corrected(self, entry_id: int, billed: Billed) -> Entry:
        """Take the provider's own bill for what an entry cost, whatever was known before: both stay in the journal.

        Raises LedgerError for an entry of another show, and for one that is under way.
        """
        with self._store.changing(alone=True) as transaction:
            now = self._clock()
            row = changes.locked(transaction, entry_id)
            if row.show != self.show:
                raise refusals.foreign(row, self.show)
            if row.state not in (State.COLLECTED, State.FAILED):
                raise LedgerError(f"entry {entry_id} is under way: its cost is not known yet")
            changes.unbill(row)
            changes.bill(row, billed, now)
            if row.cost_micros:
                row.charge = Charge.CHARGED
            note(transaction, row, Event.CORRECTED, now, cost_micros=row.cost_micros, charge=row.charge.value)
            return changes.as_entry(row, now)

    @staticmethod
    def _bill(transaction: Transaction, row: PurchaseRow, billed: Billed | None, now: float) -> None:
        if billed is not None and row.cost_micros is None:
            changes.bill(row, billed, now)
            note(transaction, row, Event.BILLED, now, cost_micros=row.cost_micros, billed_units=row.billed_units)

    def import_clip(
        self,
        purchase: Purchase,
        media: Media,
        *,
        cost_usd: float | None = None,
        seconds: float | None = None,
        request_id: str | None = None,
        facts: Mapping[str, JsonValue] | None = None,
    ) -> Entry:
        """Record a file that was paid for elsewhere, so that it is never bought. Counts in sums and not towards caps.

        `cost_usd` defaults to the estimate. An entry whose fate is not known is completed by it. Raises LedgerError
        when the ledger has another file for this purchase or a live worker is buying it.
        """
        billed = reported_usd(purchase.estimate.usd if cost_usd is None else cost_usd)
        with self._store.changing(alone=True) as transaction:
            now = self._clock()
            row = changes.latest(transaction, purchase)
            if row is not None and row.state is State.COLLECTED and row.media_sha256 == media.sha256:
                return changes.as_entry(row, now)
            if row is not None and (row.state is State.COLLECTED or self._leases.held(row, now)):
                raise LedgerError(
                    "the ledger has this purchase already" if row.state is State.COLLECTED else "it is being bought",
                    where=refusals.place(row.id, row.request_id),
                    hint="import it as another take",
                )
            if row is None or _is_free(row):
                row = changes.new(purchase, self.show, now)
                transaction.add(row)
            elif None not in (row.request_id, request_id) and row.request_id != request_id:
                raise LedgerError(  # its own would be forgotten, and with it what that costs
                    f"the ledger has request {row.request_id} for this purchase, and not {request_id}",
                    where=refusals.place(row.id, row.request_id),
                    hint="leave --request-id out where the file is of that request; else import it as another take",
                )
            row.imported = row.imported or row.sent_at is None
            row.sent_at = row.sent_at or now
            if request_id is not None:
                transaction.flush()
                changes.check_unclaimed(transaction, row, request_id)
                row.request_id = request_id
            changes.collect(row, media, billed, seconds, facts, now)
            note(transaction, row, Event.IMPORTED, now, **changes.delivery(row))
            return changes.as_entry(row, now)


def _is_free(row: PurchaseRow) -> bool:
    return row.state is State.FAILED and changes.may_be_bought_again(row)
