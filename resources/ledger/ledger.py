"""The ledger: a clip is bought once.

A worker says what it wants (`claim`) and is told what to do: reuse, attach, send, reconcile, or wait for another. Each
step it then takes is one short transaction. Steps that would let a request be sent are refused to a worker that lost
its lease; what proves that money was spent (a request id, a delivered file) is recorded whoever brings it.

No provider and no file is touched here: what was found out about a request is told to the ledger.
"""

import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, tzinfo
from types import TracebackType
from typing import Any, Self
from uuid import uuid4

from pydantic import JsonValue
from sqlalchemy import Select, and_, or_, select, update
from sqlalchemy.orm import Session

from resources.errors import Charge, LedgerError, StudioError
from resources.ledger import caps as cap_rules
from resources.ledger.caps import dollars, micros, worth
from resources.ledger.desk import Desk
from resources.ledger.entry import Claim, ClaimKind, Entry, Grouping, Saving, State, Total, Verdict
from resources.ledger.heart import Heart
from resources.ledger.owners import Owner
from resources.ledger.purchase import Purchase, scrubbed, scrubbed_json
from resources.ledger.reports import savings_of, totals_of
from resources.ledger.schema import PurchaseRow, ReuseRow
from resources.ledger.store import Store
from resources.seams import Cell, Media
from resources.show.model import Caps
from resources.show.naming import Mode

LEASE_SECONDS = 60.0  # three heartbeats; a process killed on this machine is noticed at once anyway
_OPEN = (State.SENDING, State.SUBMITTED, State.UNKNOWN)


class Ledger(Desk):
    """Every paid request, over all processes.

    `url` is a SQLAlchemy address: `sqlite:///path` or `postgresql://…`. `caps` are those of show.yaml; None allows
    reuse and refuses to buy. `clock` gives seconds since 1970; days and months are those of `zone`. Safe for threads;
    each process opens its own. Opening migrates an older schema and raises LedgerError for a newer one.
    """

    def __init__(
        self,
        url: str,
        *,
        caps: Caps | None,
        lease_seconds: float = LEASE_SECONDS,
        clock: Callable[[], float] = time.time,
        zone: tzinfo = UTC,
    ) -> None:
        super().__init__(Store(url), clock)
        self._caps = caps
        self._lease_seconds = lease_seconds
        self._zone = zone
        self._owner = Owner()
        self._heart = Heart(self._renew, lease_seconds / 3)

    def close(self) -> None:
        """Give up every lease and close the database."""
        self._owner.close()
        self._store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # Claiming

    def claim(self, purchase: Purchase) -> Claim:
        """Ask for a purchase: see ClaimKind for the answers.

        `send` has checked the caps and committed the intent with its price in one transaction, and holds a lease for
        `lease_seconds` (`lease` keeps it alive). Raises CapError over a cap, ContentError without caps, StudioError
        when the provider is locked or when an earlier try of the same purchase was charged and brought nothing.
        """
        if not purchase.cell.mode.paid:
            raise LedgerError("rehearsal buys nothing", where=f"{purchase.provider} {purchase.endpoint}")
        now = self._clock()
        with self._store.writing(alone=True) as session:
            row = _latest(session, purchase.key)
            if row is None or (row.state is State.FAILED and _may_be_bought_again(row)):
                self._check_sendable(session, purchase, now)
                row = _new_row(purchase, now)
                session.add(row)
                return self._leased(session, row, purchase, ClaimKind.SEND, now)
            if row.state is State.FAILED:
                raise _charged(row)
            if row.state is State.COLLECTED:
                _record_reuse(session, row, purchase, now)
                return Claim(kind=ClaimKind.REUSE, purchase=purchase, entry=_entry(row, now))
            if self._is_held(row, now):
                return Claim(kind=ClaimKind.BUSY, purchase=purchase, entry=_entry(row, now))
            if row.state is State.SUBMITTED:
                return self._leased(session, row, purchase, ClaimKind.ATTACH, now)
            if row.state is State.INTENDED:
                self._check_sendable(session, purchase, now, besides=row.id)
                _intend(row, purchase, now)
                return self._leased(session, row, purchase, ClaimKind.SEND, now)
            return self._leased(session, row, purchase, ClaimKind.RECONCILE, now)

    def wait(self, claim: Claim, *, timeout_seconds: float, poll_seconds: float = 0.5) -> Claim:
        """Wait until a busy purchase is free or finished, and claim it. Raises LedgerError after `timeout_seconds`."""
        deadline = time.monotonic() + timeout_seconds
        while claim.kind is ClaimKind.BUSY:
            if time.monotonic() >= deadline:
                raise LedgerError(
                    f"another worker still makes this {claim.purchase.asset} after {timeout_seconds:.0f} s",
                    where=_place(claim.entry.id, claim.entry.request_id),
                    mend="run again: what it buys is reused",
                    retryable=True,
                )
            time.sleep(poll_seconds)
            if self._has_moved(claim.entry):
                claim = self.claim(claim.purchase)
        return claim

    @contextmanager
    def lease(self, claim: Claim) -> Iterator[Claim]:
        """Keep a claim's lease alive in the background; release it at the end of the block (see `release`)."""
        if claim.token is None:
            yield claim
            return
        self._heart.hold(claim.token)
        try:
            yield claim
        finally:
            self._heart.drop(claim.token)
            self.release(claim)

    def release(self, claim: Claim) -> None:
        """Give the lease back. A row left `sending` becomes `unknown`: nobody said what became of the request."""
        if claim.token is None:
            return
        with self._store.writing() as session:
            row = _locked(session, claim.entry.id)
            if row.lease_token != claim.token:
                return
            if row.state is State.SENDING:
                row.state = State.UNKNOWN
                row.charge = Charge.POSSIBLE
                row.reason = "the worker stopped before it knew what became of the request"
            _free(row)

    # What happened to the request

    def sending(self, claim: Claim, sent: Mapping[str, JsonValue] | None = None) -> Claim:
        """Commit that the request goes out now; call it right before the one POST.

        `sent` are the arguments with their URLs, by which a provider's history shows the request. Raises LedgerError
        when the lease was lost or has run out, StudioError when the provider was locked meanwhile: then send nothing.
        """
        now = self._clock()
        with self._store.writing() as session:
            row = self._held_row(session, claim, State.INTENDED)
            if row.lease_until <= now:
                raise _lost(row)
            self._check_unlocked(session, row.provider, now)
            row.state = State.SENDING
            row.charge = Charge.POSSIBLE
            row.sent_at = now
            row.sent = _json(sent) if sent is not None else None
            return _answer(claim, ClaimKind.RECONCILE, row, now)

    def not_sent(self, claim: Claim, reason: str | None = None) -> Entry:
        """Record proof that the request never reached the provider. The row is free: claim it again to send it."""
        with self._store.writing() as session:
            row = self._held_row(session, claim, State.SENDING, State.UNKNOWN)
            row.state = State.INTENDED
            row.charge = Charge.NONE
            row.reason = scrubbed(reason) if reason else None
            _free(row)
            return _entry(row, self._clock())

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
        now = self._clock()
        with self._store.writing() as session:
            row = _locked(session, claim.entry.id)
            urls = (status_url, response_url, cancel_url)
            if row.request_id == request_id:
                return _answer(claim, ClaimKind.ATTACH, row, now)
            if row.request_id is None and row.sent_at is not None and row.state is not State.FAILED:
                _submit(row, request_id, urls, now)
                return _answer(claim, ClaimKind.ATTACH, row, now)
            stray = _stray(session, row, request_id, now)
            stray.status_url, stray.response_url, stray.cancel_url = urls
            stray.submitted_at = now
        raise _twice(row, stray)

    def adopt(
        self,
        claim: Claim,
        request_id: str,
        status_url: str | None = None,
        response_url: str | None = None,
        cancel_url: str | None = None,
    ) -> Claim:
        """Take a request found in the provider's history as this claim's own; then poll it.

        Raises LedgerError when the lease was lost or when the request belongs to another entry.
        """
        now = self._clock()
        with self._store.writing() as session:
            row = self._held_row(session, claim, State.SENDING, State.UNKNOWN)
            _check_unclaimed(session, row, request_id)
            _submit(row, request_id, (status_url, response_url, cancel_url), now)
            return _answer(claim, ClaimKind.ATTACH, row, now)

    def collected(
        self,
        claim: Claim,
        *,
        media: Media,
        cost_usd: float,
        seconds: float | None = None,
        billed_units: float | None = None,
        request_id: str | None = None,
        facts: Mapping[str, JsonValue] | None = None,
    ) -> Entry:
        """Record the delivered and verified file, stored in the library. Never refused for a lost lease.

        `cost_usd` is what it really cost; `seconds` its measured length; `facts` anything worth keeping (width, fps,
        queue_seconds, render_seconds, word timings). Recording the same delivery again changes nothing.
        """
        now = self._clock()
        request_id = request_id or claim.entry.request_id
        with self._store.writing() as session:
            row = _locked(session, claim.entry.id)
            own = row.request_id in (None, request_id) and row.sent_at is not None
            if row.state is State.COLLECTED and own and (row.request_id or row.media_sha256 == media.sha256):
                return _entry(row, now)
            if own and row.state is not State.COLLECTED and not _other_live(session, row):
                _collect(row, media, cost_usd, seconds, billed_units, facts, now)
                row.request_id = request_id
                return _entry(row, now)
            stray = _stray(session, row, request_id, now)
            stray.cost_micros = micros(cost_usd)
            _attach_media(stray, media, seconds, billed_units, facts)
        raise _twice(row, stray)

    def failed(
        self,
        claim: Claim,
        *,
        charge: Charge,
        reason: str,
        retryable: bool,
        cost_usd: float | None = None,
    ) -> Entry:
        """Record the request's end without a result.

        Charge.NONE: it counts nothing and may be bought again. CHARGED and POSSIBLE count (`cost_usd`, else the
        estimate), and the same purchase is refused until a person settles the entry or asks for another take.
        """
        with self._store.writing() as session:
            row = self._held_row(session, claim, *_OPEN)
            row.state = State.FAILED
            row.charge = charge
            row.reason = scrubbed(reason)
            row.retryable = retryable
            row.cost_micros = None if cost_usd is None else micros(cost_usd)
            row.ended_at = self._clock()
            _free(row)
            return _entry(row, self._clock())

    def unknown(self, claim: Claim, reason: str) -> Claim:
        """Record that no answer came, so that the request may or may not exist. The lease stays: look it up."""
        with self._store.writing() as session:
            row = self._held_row(session, claim, State.SENDING, State.UNKNOWN)
            row.state = State.UNKNOWN
            row.charge = Charge.POSSIBLE
            row.reason = scrubbed(reason)
            return _answer(claim, ClaimKind.RECONCILE, row, self._clock())

    def recollect(self, claim: Claim) -> Claim:
        """Turn a reuse whose file is gone from the library into an attach, to fetch the paid result again.

        Raises LedgerError when the provider gave nothing to fetch it by.
        """
        now = self._clock()
        with self._store.writing() as session:
            row = _locked(session, claim.entry.id)
            if row.state is not State.COLLECTED or self._is_held(row, now):
                return Claim(kind=ClaimKind.BUSY, purchase=claim.purchase, entry=_entry(row, now))
            if row.request_id is None:
                raise LedgerError(
                    "a file that was paid for is gone, and its provider gave no request id to fetch it by",
                    where=_place(row.id, None),
                    mend="restore the library's folder from a backup, or buy it again with --retake",
                    charge=Charge.CHARGED,
                )
            row.state = State.SUBMITTED
            row.reason = "its file was gone from the library: fetched again"
            return self._leased(session, row, claim.purchase, ClaimKind.ATTACH, now)

    # A person's decisions

    def settle(self, entry_id: int, verdict: Verdict, request_id: str | None = None) -> Entry:
        """Record what a person found out about an entry (see Verdict).

        Raises LedgerError for an entry that is collected, that a live worker holds, or that is not there.
        """
        now = self._clock()
        with self._store.writing(alone=True) as session:
            row = _locked(session, entry_id)
            if row.state is State.COLLECTED or self._is_held(row, now):
                raise LedgerError(
                    f"entry {entry_id} cannot be settled: "
                    + ("it is collected" if row.state is State.COLLECTED else "a running worker holds it"),
                    mend="`ninja ledger` shows which entries need a verdict",
                )
            if verdict is Verdict.FOUND:
                if not request_id:
                    raise LedgerError("to settle an entry as found, give the provider's request id")
                _check_unclaimed(session, row, request_id)
                if _other_live(session, row):
                    raise LedgerError(f"entry {entry_id} was replaced by a later request")
                row.sent_at = row.sent_at or now
                _submit(row, request_id, (None, None, None), now)
            else:
                row.state = State.FAILED
                row.charge = Charge.NONE if verdict is Verdict.NOT_CHARGED else Charge.CHARGED
                row.settled = verdict is Verdict.BUY_AGAIN
                row.reason = f"settled as {verdict.value}" + (f"; was: {row.reason}" if row.reason else "")
                row.ended_at = row.ended_at or now
            _free(row)
            return _entry(row, now)

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
        now = self._clock()
        cost = purchase.estimated_usd if cost_usd is None else cost_usd
        with self._store.writing(alone=True) as session:
            row = _latest(session, purchase.key)
            if row is not None and row.state is State.COLLECTED and row.media_sha256 == media.sha256:
                return _entry(row, now)
            if row is not None and (row.state is State.COLLECTED or self._is_held(row, now)):
                raise LedgerError(
                    "the ledger has this purchase already" if row.state is State.COLLECTED else "it is being bought",
                    where=_place(row.id, row.request_id),
                    mend="import it as another take",
                )
            if row is None or row.state is State.FAILED:
                row = _new_row(purchase, now)
                session.add(row)
            row.imported = row.imported or row.sent_at is None
            row.sent_at = row.sent_at or now
            if request_id is not None:
                session.flush()
                _check_unclaimed(session, row, request_id)
                row.request_id = request_id
            _collect(row, media, cost, seconds, None, facts, now)
            session.flush()
            return _entry(row, now)

    # Looking

    def entry(self, entry_id: int) -> Entry:
        """One entry; raises LedgerError when it is not there."""
        with self._store.reading() as session:
            row = session.get(PurchaseRow, entry_id)
            if row is None:
                raise LedgerError(f"the ledger has no entry {entry_id}", mend="`ninja ledger` lists them")
            return _entry(row, self._clock())

    def find(self, provider: str, request_id: str) -> Entry | None:
        """The entry of a provider's request, or None when no entry has it."""
        with self._store.reading() as session:
            row = session.scalars(_of_request(provider, request_id)).one_or_none()
            return None if row is None else _entry(row, self._clock())

    def rows(
        self,
        *,
        episode: str | None = None,
        segment: str | None = None,
        mode: Mode | None = None,
        asset: str | None = None,
        provider: str | None = None,
        states: Collection[State] | None = None,
        key: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> list[Entry]:
        """The entries that match all that is given, oldest first. `since` and `until` bound the intent's time."""
        row = PurchaseRow
        wanted: dict[Any, object] = {
            row.episode: episode,
            row.segment: segment,
            row.mode: mode,
            row.asset: asset,
            row.provider: provider,
            row.key: key,
        }
        query = select(row).where(*(column == value for column, value in wanted.items() if value is not None))
        if states is not None:
            query = query.where(row.state.in_(states))
        if since is not None:
            query = query.where(row.intended_at >= since.timestamp())
        if until is not None:
            query = query.where(row.intended_at < until.timestamp())
        now = self._clock()
        with self._store.reading() as session:
            return [_entry(item, now) for item in session.scalars(query.order_by(row.id))]

    def totals(self, by: Grouping, **filters: Any) -> list[Total]:
        """Sums of the entries that `rows(**filters)` gives, by group, in order of their names."""
        return totals_of(self.rows(**filters), by, self._zone)

    def savings(self, by: Grouping) -> list[Saving]:
        """What reuse saved, by group of the cell (and the time) that reused."""
        with self._store.reading() as session:
            pairs = session.execute(
                select(ReuseRow, PurchaseRow).join(PurchaseRow, PurchaseRow.id == ReuseRow.purchase_id)
            )
            now = self._clock()
            return savings_of([(reuse, _entry(row, now)) for reuse, row in pairs.tuples()], by, self._zone)

    # Leases

    def _leased(self, session: Session, row: PurchaseRow, purchase: Purchase, kind: ClaimKind, now: float) -> Claim:
        token = uuid4().hex
        row.lease_token, row.lease_owner, row.lease_until = token, self._owner.name, now + self._lease_seconds
        session.flush()
        return Claim(kind=kind, purchase=purchase, entry=_entry(row, now), token=token)

    def _is_held(self, row: PurchaseRow, now: float) -> bool:
        if row.lease_token is None or row.lease_owner is None:
            return False
        alive = self._owner.alive(row.lease_owner)
        if alive is False:
            return False
        if row.lease_until > now:
            return True
        # A stopped process may wake between its commit and its POST: while it lives, what it sends is its own.
        return row.state is State.SENDING and alive is True and row.lease_owner != self._owner.name

    def _held_row(self, session: Session, claim: Claim, *states: State) -> PurchaseRow:
        row = _locked(session, claim.entry.id)
        if claim.token is None or row.lease_token != claim.token:
            raise _lost(row)
        if row.state not in states:
            raise LedgerError(
                f"this step cannot follow: the entry is {row.state.value}", where=_place(row.id, row.request_id)
            )
        return row

    def _renew(self, tokens: Collection[str]) -> None:
        now = self._clock()
        row = PurchaseRow
        # An intent whose lease ran out no longer counts towards the caps: it must be claimed, and checked, again.
        renewable = and_(row.lease_token.in_(tokens), or_(row.state != State.INTENDED, row.lease_until > now))
        with self._store.writing() as session:
            session.execute(update(row).where(renewable).values(lease_until=now + self._lease_seconds))

    def _has_moved(self, entry: Entry) -> bool:
        with self._store.reading() as session:
            row = session.get(PurchaseRow, entry.id)
            return row is None or row.state != entry.state or not self._is_held(row, self._clock())

    def _check_sendable(self, session: Session, purchase: Purchase, now: float, besides: int | None = None) -> None:
        self._check_unlocked(session, purchase.provider, now)
        cap_rules.check(session, purchase, self._caps, now=now, zone=self._zone, besides=besides)


def _latest(session: Session, key: str) -> PurchaseRow | None:
    """The row of a key that has not failed, else the last that has."""
    rows = session.scalars(select(PurchaseRow).where(PurchaseRow.key == key).order_by(PurchaseRow.id).with_for_update())
    found = list(rows)
    live = [row for row in found if row.state is not State.FAILED]
    return live[0] if live else found[-1] if found else None


def _locked(session: Session, entry_id: int) -> PurchaseRow:
    row = session.get(PurchaseRow, entry_id, with_for_update=True)
    if row is None:
        raise LedgerError(f"the ledger has no entry {entry_id}", mend="`ninja ledger` lists them")
    return row


def _of_request(provider: str, request_id: str) -> Select[PurchaseRow]:
    return select(PurchaseRow).where(PurchaseRow.provider == provider, PurchaseRow.request_id == request_id)


def _other_live(session: Session, row: PurchaseRow) -> bool:
    query = select(PurchaseRow.id).where(
        PurchaseRow.key == row.key, PurchaseRow.id != row.id, PurchaseRow.state != State.FAILED
    )
    return session.scalars(query).first() is not None


def _new_row(purchase: Purchase, now: float) -> PurchaseRow:
    row = PurchaseRow(
        key=purchase.key,
        provider=purchase.provider,
        endpoint=purchase.endpoint,
        take=purchase.take,
        arguments=purchase.arguments,
        settled=False,
        imported=False,
        facts={},
        lease_until=0.0,
    )
    _intend(row, purchase, now)
    return row


def _intend(row: PurchaseRow, purchase: Purchase, now: float) -> None:
    """Make the row this purchase's intent, at today's price: nothing was bought, so its cell is the first buyer."""
    row.state = State.INTENDED
    row.charge = Charge.NONE
    row.asset = purchase.asset
    row.episode, row.segment, row.mode = purchase.cell.episode, purchase.cell.segment, purchase.cell.mode
    row.estimated_micros = micros(purchase.estimated_usd)
    row.unit, row.units = purchase.unit, purchase.units
    row.unit_price_usd, row.price_date = purchase.unit_price_usd, purchase.price_date
    row.intended_at = now


def _submit(row: PurchaseRow, request_id: str, urls: tuple[str | None, str | None, str | None], now: float) -> None:
    row.state = State.SUBMITTED
    row.charge = Charge.POSSIBLE
    row.request_id = request_id
    row.status_url, row.response_url, row.cancel_url = urls
    row.submitted_at = now
    row.ended_at = None


def _collect(
    row: PurchaseRow,
    media: Media,
    cost_usd: float,
    seconds: float | None,
    billed_units: float | None,
    facts: Mapping[str, JsonValue] | None,
    now: float,
) -> None:
    _attach_media(row, media, seconds, billed_units, facts)
    row.state = State.COLLECTED
    row.charge = Charge.CHARGED
    row.cost_micros = micros(cost_usd)
    row.reason = None
    row.ended_at = now
    _free(row)


def _attach_media(
    row: PurchaseRow,
    media: Media,
    seconds: float | None,
    billed_units: float | None,
    facts: Mapping[str, JsonValue] | None,
) -> None:
    row.media_sha256, row.media_suffix, row.media_size = media.sha256, media.suffix, media.size
    row.seconds = seconds
    row.billed_units = billed_units
    row.facts = _json(facts or {})


def _stray(session: Session, row: PurchaseRow, request_id: str | None, now: float) -> PurchaseRow:
    """A second paid request of the same purchase: recorded as charged, beside the row that holds the key."""
    if request_id is not None:
        known = session.scalars(_of_request(row.provider, request_id)).one_or_none()
        if known is not None:
            return known
    stray = PurchaseRow(
        key=row.key,
        provider=row.provider,
        endpoint=row.endpoint,
        asset=row.asset,
        episode=row.episode,
        segment=row.segment,
        mode=row.mode,
        take=row.take,
        arguments=row.arguments,
        sent=row.sent,
        state=State.FAILED,
        charge=Charge.CHARGED,
        settled=False,
        imported=False,
        estimated_micros=row.estimated_micros,
        unit=row.unit,
        units=row.units,
        unit_price_usd=row.unit_price_usd,
        price_date=row.price_date,
        request_id=request_id,
        facts={},
        reason=f"a second request of the same purchase as entry {row.id}",
        retryable=False,
        lease_until=0.0,
        intended_at=now,
        sent_at=now,
        ended_at=now,
    )
    session.add(stray)
    session.flush()
    return stray


def _free(row: PurchaseRow) -> None:
    row.lease_token, row.lease_owner, row.lease_until = None, None, 0.0


def _record_reuse(session: Session, row: PurchaseRow, purchase: Purchase, now: float) -> None:
    cell = purchase.cell
    reuse = session.scalars(
        select(ReuseRow).where(
            ReuseRow.purchase_id == row.id,
            ReuseRow.asset == purchase.asset,
            ReuseRow.episode == cell.episode,
            ReuseRow.segment == cell.segment,
            ReuseRow.mode == cell.mode,
        )
    ).one_or_none()
    if reuse is None:
        reuse = ReuseRow(
            purchase_id=row.id,
            asset=purchase.asset,
            episode=cell.episode,
            segment=cell.segment,
            mode=cell.mode,
            times=0,
            first_at=now,
        )
        session.add(reuse)
    reuse.times += 1
    reuse.last_at = now


def _check_unclaimed(session: Session, row: PurchaseRow, request_id: str) -> None:
    other = session.scalars(_of_request(row.provider, request_id)).one_or_none()
    if other is not None and other.id != row.id:
        raise LedgerError(
            f"request {request_id} belongs to entry {other.id}",
            where=_place(row.id, None),
            why="one paid request cannot stand for two purchases",
        )


def _may_be_bought_again(row: PurchaseRow) -> bool:
    return row.charge is Charge.NONE or row.settled


def _answer(claim: Claim, kind: ClaimKind, row: PurchaseRow, now: float) -> Claim:
    return Claim(kind=kind, purchase=claim.purchase, entry=_entry(row, now), token=claim.token)


def _json(value: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    clean = scrubbed_json(dict(value))
    return clean if isinstance(clean, dict) else {}


def _place(entry_id: int, request_id: str | None) -> str:
    return f"ledger entry {entry_id}" + (f", request {request_id}" if request_id else "")


def _lost(row: PurchaseRow) -> LedgerError:
    return LedgerError(
        "another worker took this purchase over, or its lease ran out",
        where=_place(row.id, row.request_id),
        mend="run again: the ledger knows how far it came",
        retryable=True,
    )


def _charged(row: PurchaseRow) -> StudioError:
    sure = row.charge is Charge.CHARGED
    return StudioError(
        f"this was {'charged' if sure else 'perhaps charged'} before and brought nothing; it is not sent again",
        where=_place(row.id, row.request_id),
        why=row.reason,
        mend=f"`ninja ledger settle {row.id} not-charged` if the provider's account shows no charge, "
        f"`ninja ledger settle {row.id} buy-again` to pay once more, or change the words or raise the take",
        retryable=False,
        charge=row.charge,
    )


def _twice(row: PurchaseRow, stray: PurchaseRow) -> LedgerError:
    return LedgerError(
        "the same purchase was sent twice; the second request is recorded as charged",
        where=_place(stray.id, stray.request_id),
        why=f"entry {row.id} was settled or taken over while this request was still under way",
        mend="cancel it on the provider's page if it still runs; then `ninja ledger settle "
        f"{stray.id} not-charged` if it was not billed",
        charge=Charge.CHARGED,
    )


def _entry(row: PurchaseRow, now: float) -> Entry:
    media = None
    if row.media_sha256 is not None:
        media = Media(sha256=row.media_sha256, suffix=row.media_suffix or "", size=row.media_size or 0)
    return Entry(
        id=row.id,
        key=row.key,
        provider=row.provider,
        endpoint=row.endpoint,
        asset=row.asset,
        cell=Cell(episode=row.episode, segment=row.segment, mode=row.mode),
        take=row.take,
        arguments=row.arguments,
        sent=row.sent,
        state=row.state,
        charge=row.charge,
        settled=row.settled,
        imported=row.imported,
        estimated_usd=dollars(row.estimated_micros),
        cost_usd=None if row.cost_micros is None else dollars(row.cost_micros),
        spent_usd=dollars(worth(row, now)),
        unit=row.unit,
        units=row.units,
        unit_price_usd=row.unit_price_usd,
        price_date=row.price_date,
        billed_units=row.billed_units,
        request_id=row.request_id,
        status_url=row.status_url,
        response_url=row.response_url,
        cancel_url=row.cancel_url,
        media=media,
        seconds=row.seconds,
        facts=row.facts,
        reason=row.reason,
        retryable=row.retryable,
        intended_at=datetime.fromtimestamp(row.intended_at, UTC),
        sent_at=_moment(row.sent_at),
        submitted_at=_moment(row.submitted_at),
        ended_at=_moment(row.ended_at),
    )


def _moment(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
