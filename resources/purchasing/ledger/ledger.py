"""The ledger: a clip is bought once.

A worker says what it wants (`claim`) and is told what to do: reuse, attach, send, reconcile, or wait for another. Each
step it then takes is one short transaction. Steps that would let a request be sent are refused to a worker that lost
its lease; what proves that money was spent (a request id, a delivered file) is recorded whoever brings it.

No provider and no file is touched here: what was found out about a request is told to the ledger.
"""

import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import UTC, datetime, tzinfo

from pydantic import JsonValue

from resources.content.show import Caps
from resources.core.errors import Charge, LedgerError
from resources.core.names import DEFAULT_SHOW
from resources.core.values import Media
from resources.models.prices import Billed, PlatformPrice
from resources.purchasing.ledger.provider_state import ProviderState
from resources.purchasing.ledger.queries import Queries
from resources.purchasing.ledger.settlement import Settlement
from resources.purchasing.ledger.steps import changes, refusals
from resources.purchasing.ledger.steps.headroom import Headroom
from resources.purchasing.ledger.steps.journal import Event, note
from resources.purchasing.ledger.steps.leases import Leases
from resources.purchasing.ledger.steps.places import Places
from resources.purchasing.ledger.tables.clock import mark, no_mark
from resources.purchasing.ledger.tables.entry import NOT_KNOWN, Claim, ClaimKind, Collected, Entry, State
from resources.purchasing.ledger.tables.purchase import Purchase, scrubbed, scrubbed_json
from resources.purchasing.ledger.tables.rows import PurchaseRow
from resources.purchasing.ledger.tables.store import Store
from resources.purchasing.ledger.tables.transaction import Transaction

LEASE_SECONDS = 60.0  # three heartbeats; a process killed on this machine is noticed at once anyway
_OPEN = (State.SENDING, State.SUBMITTED, State.UNKNOWN)


class Ledger(Queries, ProviderState, Headroom, Places, Settlement, AbstractContextManager["Ledger"]):
    """Every paid request, over all processes.

    `url` is a SQLAlchemy address, `sqlite:///path` or `postgresql://…`, or a database that is open already. `show` is
    whose cells buy: caps and sums are of that show, purchases are found across all. `caps` are those of show.yaml; None
    allows reuse and refuses to buy. `clock` gives seconds since 1970; without one they are the database's own where it
    has them, and go on evenly from when it was opened. Days and months are those of `zone`. Safe for threads; each
    process opens its own. Opening migrates an older schema and raises LedgerError for a newer one.
    """

    def __init__(
        self,
        url: str | Store,
        *,
        show: str = DEFAULT_SHOW,
        caps: Caps | None,
        lease_seconds: float = LEASE_SECONDS,
        clock: Callable[[], float] | None = None,
        zone: tzinfo = UTC,
    ) -> None:
        store = url if isinstance(url, Store) else Store(url)
        self._mark = mark if clock is None and store.sqlite else no_mark
        if clock is None:
            clock = store.now
            clock()  # the present is asked for now: the machine's clock may be set from here on
        super().__init__(store, show, clock, zone)
        self._caps = caps
        self._leases = Leases(self._store, clock, lease_seconds, self._mark)

    def close(self) -> None:
        """Give up every lease and close the database."""
        self._leases.close()
        self._store.close()

    def __exit__(self, *_: object) -> None:
        self.close()

    def now(self) -> datetime:
        """The present, by the clock of every time in it."""
        return datetime.fromtimestamp(self._clock(), UTC)

    # Claiming

    def claim(self, purchase: Purchase) -> Claim:
        """Ask for a purchase: see ClaimKind for the answers.

        `send` has checked the caps and committed the intent with its price in one transaction, and holds a lease for
        `lease_seconds` (`lease` keeps it alive). Raises CapError over a cap, ContentError without caps, StudioError
        when an earlier try of the same purchase was charged and brought nothing.
        """
        if not purchase.cell.mode.paid:
            raise LedgerError("rehearsal buys nothing", where=f"{purchase.provider} {purchase.endpoint}")
        # Not durable: nothing goes out before `sending`, which is, and puts what went before it on the disk too.
        with self._store.changing(alone=True, durable=False) as transaction:
            now = self._clock()
            row = changes.latest(transaction, purchase)
            if row is None or (row.state is State.FAILED and changes.may_be_bought_again(row)):
                content = self._room(transaction, purchase, now)
                row = changes.new(purchase, self.show, now)
                row.content = content or row.content
                transaction.add(row)
                return self._intended(transaction, row, purchase, now)
            if row.state is State.FAILED:
                raise refusals.charged(row) if row.charge is not Charge.NONE else refusals.refused(row)
            if row.state is State.COLLECTED:
                changes.record_reuse(transaction, row, purchase, self.show, now)
                entry = Collected.of(changes.as_entry(row, now), reused=True)
                return Claim(kind=ClaimKind.REUSE, purchase=purchase, entry=entry)
            if self._leases.held(row, now):
                return Claim(kind=ClaimKind.BUSY, purchase=purchase, entry=changes.as_entry(row, now))
            if row.state is State.SUBMITTED:
                changes.claim_unknown(row, purchase, self.show)
                return self._leases.give(transaction, row, purchase, ClaimKind.ATTACH, now)
            if row.state is State.INTENDED:
                content = self._room(transaction, purchase, now, besides=row.id)
                changes.intend(row, purchase, self.show, now)
                row.content = content or row.content
                return self._intended(transaction, row, purchase, now)
            return self._leases.give(transaction, row, purchase, ClaimKind.RECONCILE, now)

    def claim_open(self, entry_id: int) -> Claim | None:
        """A claim to look for what an entry sent; None where its fate is known, or where a live worker has it."""
        with self._store.changing(durable=False) as transaction:
            now = self._clock()
            row = changes.locked(transaction, entry_id)
            if row.state not in NOT_KNOWN or self._leases.held(row, now):
                return None
            purchase = changes.as_entry(row, now).purchase
            return self._leases.give(transaction, row, purchase, ClaimKind.RECONCILE, now)

    def wait(
        self,
        claim: Claim,
        *,
        timeout_seconds: float,
        poll_seconds: float = 0.5,
        pause: Callable[[float], None] = time.sleep,
    ) -> Claim:
        """Wait until a busy purchase is free or finished, and claim it. Raises LedgerError after `timeout_seconds`.

        `pause` waits between looks; what it raises ends the wait.
        """
        deadline = time.monotonic() + timeout_seconds
        while claim.kind is ClaimKind.BUSY:
            if time.monotonic() >= deadline:
                raise LedgerError(
                    f"another worker still makes this {claim.purchase.asset} after {max(timeout_seconds, 0):.0f} s",
                    where=refusals.place(claim.entry.id, claim.entry.request_id),
                    hint="run again: what it buys is reused",
                    retryable=True,
                )
            pause(poll_seconds)
            if self._has_moved(claim.entry):
                claim = self.claim(claim.purchase)
        return claim

    def lease(self, claim: Claim) -> AbstractContextManager[Claim]:
        """Keep a claim's lease alive in the background; release it at the end of the block (see `release`)."""
        return self._leases.kept(claim)

    def release(self, claim: Claim) -> None:
        """Give the lease back. A row left `sending` becomes `unknown`: nobody said what became of the request."""
        self._leases.release(claim)

    # What happened to the request

    def sending(
        self, claim: Claim, sent: Mapping[str, JsonValue] | None = None, price: PlatformPrice | None = None
    ) -> Claim:
        """Commit that the request goes out now; call it right before the one POST.

        `sent` are the arguments with their URLs, by which a provider's history shows the request. `price` is what the
        provider's own unit costs now, where that was looked at: its bill is read by it. Raises LedgerError when the
        lease was lost or has run out: then send nothing.
        """
        with self._store.changing() as transaction:
            now = self._clock()
            row = self._leases.row(transaction, claim, State.INTENDED)
            if row.lease_until <= now:
                raise refusals.lost(row)
            row.state = State.SENDING
            row.charge = Charge.POSSIBLE
            row.sent_at = now
            row.sent = scrubbed_json(sent) if sent is not None else None
            if price is not None:
                row.platform_unit, row.platform_unit_usd = price.unit, price.unit_usd
            note(transaction, row, Event.SENT, now, sent=row.sent, **self._mark())
            return changes.answer(claim, ClaimKind.RECONCILE, row, now)

    def not_taken(self, claim: Claim, reason: str | None = None) -> Entry:
        """Record proof that the provider did not take the request; the row is free: claim it again to send it.

        What proves it, `resources.purchasing.verdict` says: it never left, or two looks after its answer were empty.
        """
        with self._store.changing() as transaction:
            now = self._clock()
            row = self._leases.row(transaction, claim, State.SENDING, State.UNKNOWN)
            row.state = State.INTENDED
            row.charge = Charge.NONE
            row.reason = scrubbed(reason) if reason else None
            note(transaction, row, Event.FREED, now, reason=reason)
            changes.free(row)
            entry = changes.as_entry(row, now)
        self._leases.given_back(claim)
        return entry

    def submitted(
        self,
        claim: Claim,
        request_id: str,
        status_url: str | None = None,
        response_url: str | None = None,
        cancel_url: str | None = None,
    ) -> Claim:
        """Record that the provider accepted the request. Never refused for a lost lease: the id is all there is.

        If the row belongs to another request by now, this one is recorded beside it as charged, and LedgerError says
        that the same thing was bought twice.
        """
        with self._store.changing() as transaction:
            now = self._clock()
            row = changes.locked(transaction, claim.entry.id)
            urls = (status_url, response_url, cancel_url)
            if row.request_id == request_id:
                return changes.answer(claim, ClaimKind.ATTACH, row, now)
            if row.request_id is None and row.sent_at is not None and row.state is not State.FAILED:
                changes.submit(row, request_id, urls, now)
                note(transaction, row, Event.ACCEPTED, now, request_id=request_id)
                return changes.answer(claim, ClaimKind.ATTACH, row, now)
            stray = changes.stray(transaction, row, request_id, now)
            stray.status_url, stray.response_url, stray.cancel_url = changes.clean(urls)
            stray.submitted_at = now
        raise refusals.twice(row, stray)

    def adopt(
        self,
        claim: Claim,
        request_id: str,
        status_url: str | None = None,
        response_url: str | None = None,
        cancel_url: str | None = None,
        *,
        sent: Mapping[str, JsonValue] | None = None,
    ) -> Claim:
        """Take a request found in the provider's history as this claim's own; then poll it.

        `sent` is what it was sent with, where an earlier entry of the same purchase sent it. Raises LedgerError when
        the lease was lost or when the request belongs to another entry.
        """
        with self._store.changing() as transaction:
            now = self._clock()
            row = self._leases.row(transaction, claim, State.INTENDED, State.SENDING, State.UNKNOWN)
            row.sent_at = row.sent_at or now
            row.sent = row.sent if sent is None else scrubbed_json(sent)
            changes.check_unclaimed(transaction, row, request_id)
            changes.submit(row, request_id, (status_url, response_url, cancel_url), now)
            note(transaction, row, Event.ACCEPTED, now, request_id=request_id, adopted=True)
            return changes.answer(claim, ClaimKind.ATTACH, row, now)

    def collected(
        self,
        claim: Claim,
        *,
        media: Media,
        billed: Billed,
        seconds: float | None = None,
        request_id: str | None = None,
        facts: Mapping[str, JsonValue] | None = None,
    ) -> Collected:
        """Record the delivered and verified file, stored in the library. Never refused for a lost lease.

        `billed` is what it really cost, unless `charged` said so before; `seconds` its measured length; `facts`
        anything worth keeping (width, fps, queue_seconds, render_seconds, word timings). Recording the same delivery
        again changes nothing.
        """
        request_id = request_id or claim.entry.request_id
        with self._store.changing() as transaction:
            now = self._clock()
            row = changes.locked(transaction, claim.entry.id)
            own = row.request_id in (None, request_id) and row.sent_at is not None
            if row.state is State.COLLECTED and own and (row.request_id or row.media_sha256 == media.sha256):
                return Collected.of(changes.as_entry(row, now))
            if own and row.state is not State.COLLECTED and not changes.other_live(transaction, row):
                changes.collect(row, media, billed, seconds, facts, now)
                row.request_id = request_id
                note(transaction, row, Event.DELIVERED, now, **changes.delivery(row))
                stray = None
            else:
                given_up = own and row.state is State.FAILED and row.request_id == request_id
                stray = row if given_up else changes.stray(transaction, row, request_id, now)
                stray.charge = Charge.CHARGED
                changes.bill(stray, billed, now)
                changes.attach_media(stray, media, seconds, facts)
                note(transaction, stray, Event.FAILED, now, charge=stray.charge.value, **changes.delivery(stray))
        if stray is not None:
            raise refusals.twice(row, stray)
        self._leases.given_back(claim)
        return Collected.of(changes.as_entry(row, now))

    def charged(self, claim: Claim, billed: Billed) -> Entry:
        """Record what the provider billed, as soon as it says so and whatever becomes of the file.

        Never refused for a lost lease, and never overwritten: the first word about a request's cost stays.
        """
        with self._store.changing(durable=False) as transaction:  # lost with the power, it is read again
            now = self._clock()
            row = changes.locked(transaction, claim.entry.id)
            if row.request_id == claim.entry.request_id and row.cost_micros is None:
                changes.bill(row, billed, now)
                note(transaction, row, Event.BILLED, now, cost_micros=row.cost_micros, billed_units=row.billed_units)
            return changes.as_entry(row, now)

    def failed(
        self,
        claim: Claim,
        *,
        charge: Charge,
        reason: str,
        retryable: bool,
        billed: Billed | None = None,
    ) -> Entry:
        """Record the request's end without a result.

        Charge.NONE: it counts nothing and may be bought again. CHARGED and POSSIBLE count (`billed`, else the
        estimate), and the same purchase is refused until a person settles the entry or asks for another take. What the
        provider has billed is charged, whatever the answer says.
        """
        with self._store.changing() as transaction:
            now = self._clock()
            row = self._leases.row(transaction, claim, *_OPEN)
            if billed is not None:
                changes.bill(row, billed, now)
            charge = Charge.CHARGED if row.cost_micros else charge
            row.state = State.FAILED
            row.charge = charge
            row.reason = scrubbed(reason)
            row.retryable = retryable
            row.ended_at = now
            data: dict[str, JsonValue] = {"reason": reason, "retryable": retryable, "cost_micros": row.cost_micros}
            note(transaction, row, Event.FAILED, now, charge=charge.value, **data)
            changes.free(row)
            entry = changes.as_entry(row, now)
        self._leases.given_back(claim)
        return entry

    def unknown(self, claim: Claim, reason: str, **answer: JsonValue) -> Claim:
        """Record that no acceptance came, so that the request may or may not exist. The lease stays: look it up.

        `answer` is what came instead, for the journal: its status, its kind, the headers that tell.
        """
        with self._store.changing() as transaction:
            now = self._clock()
            row = self._leases.row(transaction, claim, State.SENDING, State.UNKNOWN)
            row.state = State.UNKNOWN
            row.charge = Charge.POSSIBLE
            row.reason = scrubbed(reason)
            note(transaction, row, Event.ANSWERED, now, reason=reason, **answer, **self._mark())
            return changes.answer(claim, ClaimKind.RECONCILE, row, now)

    def looked(self, entry_id: int, *, found: str | None = None, trouble: str | None = None) -> None:
        """Record a look into the provider's history for exactly what an entry sent: what it showed, or why it failed.

        Neither: an empty look. It changes no row.
        """
        with self._store.changing(durable=False) as transaction:
            row = changes.locked(transaction, entry_id)
            note(transaction, row, Event.LOOKED, self._clock(), found=found, trouble=trouble, **self._mark())

    def recollect(self, claim: Claim) -> Claim:
        """Turn a reuse whose file is gone from the library, or damaged, into a fetch. The row stays as it is.

        Raises LedgerError when the provider gave nothing to fetch it by.
        """
        with self._store.changing() as transaction:
            now = self._clock()
            row = changes.locked(transaction, claim.entry.id)
            if row.state is not State.COLLECTED or self._leases.held(row, now):
                return Claim(kind=ClaimKind.BUSY, purchase=claim.purchase, entry=changes.as_entry(row, now))
            if row.request_id is None:
                raise LedgerError(
                    "a file that was paid for is gone, and its provider gave no request id to fetch it by",
                    where=refusals.place(row.id, None),
                    hint="restore the library's folder from a backup, or buy another take with --retake",
                    charge=Charge.CHARGED,
                )
            return self._leases.give(transaction, row, claim.purchase, ClaimKind.FETCH, now)

    def fetched(self, claim: Claim, media: Media) -> Collected:
        """Record that a paid file was fetched again. What it cost, and that it is collected, stay as they are."""
        with self._store.changing() as transaction:
            now = self._clock()
            row = self._leases.row(transaction, claim, State.COLLECTED)
            row.media_sha256, row.media_suffix, row.media_size = media.sha256, media.suffix, media.size
            note(transaction, row, Event.FETCHED, now, media_sha256=media.sha256)
            changes.free(row)
            entry = changes.as_entry(row, now)
        self._leases.given_back(claim)
        return Collected.of(entry, reused=True)

    def _intended(self, transaction: Transaction, row: PurchaseRow, purchase: Purchase, now: float) -> Claim:
        """The claim of a row that is an intent from now on: written together with its lease."""
        claim = self._leases.give(transaction, row, purchase, ClaimKind.SEND, now)
        note(transaction, row, Event.INTENDED, now, estimated_micros=row.estimated_micros, units=row.units)
        return claim

    def _has_moved(self, entry: Entry) -> bool:
        with self._store.reading() as session:
            row = session.get(PurchaseRow, entry.id)
            return row is None or row.state != entry.state or not self._leases.held(row, self._clock())
