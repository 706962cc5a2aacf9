"""What becomes of a row, one function for each change, and a row as an Entry.

Whether a worker may make a change is decided in `resources.purchasing.ledger.ledger`.
"""

from collections.abc import Mapping
from datetime import UTC, datetime

from pydantic import JsonValue
from sqlalchemy import bindparam, insert, or_, select, update

from resources.core.errors import Charge, LedgerError
from resources.core.values import Cell, Media
from resources.models.prices import Billed, Estimate
from resources.purchasing.ledger.steps.caps import counted, dollars, micros, worth
from resources.purchasing.ledger.steps.journal import Event, note
from resources.purchasing.ledger.steps.refusals import place
from resources.purchasing.ledger.tables.entry import NOBODYS, Claim, ClaimKind, Entry, State
from resources.purchasing.ledger.tables.purchase import Purchase, scrubbed, scrubbed_json
from resources.purchasing.ledger.tables.rows import PURCHASES, REUSES, PurchaseRow
from resources.purchasing.ledger.tables.transaction import Transaction

# Built once: these run at each step of each request.
_SAME = (
    select(PURCHASES)
    .where(or_(PURCHASES.c.key == bindparam("key"), PURCHASES.c.legacy_key == bindparam("legacy_key")))
    .order_by(PURCHASES.c.id)
    .with_for_update()
)
_ONE = select(PURCHASES).where(PURCHASES.c.id == bindparam("id")).with_for_update()
_OF_REQUEST = select(PURCHASES).where(
    PURCHASES.c.provider == bindparam("provider"), PURCHASES.c.request_id == bindparam("request_id")
)
_OTHER_LIVE = select(PURCHASES.c.id).where(
    PURCHASES.c.key == bindparam("key"), PURCHASES.c.id != bindparam("id"), PURCHASES.c.state != State.FAILED
)
_REUSER = ("purchase_id", "show", "asset", "episode", "segment", "mode")
_REUSED_AGAIN = (
    update(REUSES)
    .where(*(REUSES.c[name] == bindparam(f"of_{name}") for name in _REUSER))
    .values(times=REUSES.c.times + 1, given=bindparam("given"), last_at=bindparam("last_at"))
)
# Columns that an entry has as they are stored, and those that are moments; and what two requests of a purchase share.
_MOMENTS = ("billed_at", "intended_at", "sent_at", "submitted_at", "ended_at")
_AS_STORED = tuple(name for name in Entry.model_fields if name in PURCHASES.c and name not in (*_MOMENTS, "sources"))
_OF_PURCHASE = (
    *("key", "legacy_key", "provider", "endpoint", "show", "asset", "episode", "segment", "mode", "content", "take"),
    *("arguments", "sources", "sent"),
)

Urls = tuple[str | None, str | None, str | None]  # status, response, cancel


def latest(transaction: Transaction, purchase: Purchase) -> PurchaseRow | None:
    """The row that decides about a purchase: the one that has not failed, else one whose charge is not settled, else
    the last. One that is found by the key of earlier versions has its own from now on."""
    rows = transaction.purchases(_SAME, {"key": purchase.key, "legacy_key": purchase.legacy_key})
    found = sorted(rows, key=lambda row: (row.key == purchase.key, row.id))
    live = [row for row in found if row.state is not State.FAILED]
    charged = [row for row in found if not may_be_bought_again(row)]
    row = next(iter(live[-1:] or charged[-1:] or found[-1:]), None)
    if row is not None and row.key != purchase.key:
        row.key, row.sources, row.receipt = purchase.key, purchase.sources or None, None
    return row


def locked(transaction: Transaction, entry_id: int) -> PurchaseRow:
    """The row, with no other writer at it until the transaction ends. Raises LedgerError when it is not there."""
    found = transaction.purchases(_ONE, {"id": entry_id})
    if not found:
        raise LedgerError(f"the ledger has no entry {entry_id}", hint="`ninja ledger` lists them")
    return found[0]


def of_claim(transaction: Transaction, claim: Claim) -> PurchaseRow | None:
    """The row that a claim was given, if its number is still that purchase's."""
    found, purchase = transaction.purchases(_ONE, {"id": claim.entry.id}), claim.purchase
    same = [row for row in found if row.key == purchase.key or row.legacy_key == purchase.legacy_key]
    return same[0] if same else None


def of_purchase(transaction: Transaction, purchase: Purchase, request_id: str | None) -> PurchaseRow | None:
    """The row of a purchase that has a provider's request id."""
    row = None if request_id is None else requested(transaction, purchase.provider, request_id)
    return row if row is not None and row.key == purchase.key else None


def requested(transaction: Transaction, provider: str, request_id: str) -> PurchaseRow | None:
    """The one row that has a provider's request id."""
    found = transaction.purchases(_OF_REQUEST, {"provider": provider, "request_id": request_id})
    return found[0] if found else None


def other_live(transaction: Transaction, row: PurchaseRow) -> bool:
    """Whether another row of the same key has not failed."""
    if row.state is not State.FAILED:
        return False  # an index of the table holds that a key has one such row
    return transaction.connection.execute(_OTHER_LIVE, {"key": row.key, "id": row.id}).first() is not None


def new(purchase: Purchase, show: str, now: float) -> PurchaseRow:
    """A first row for a purchase of a show, as its intent."""
    row = PurchaseRow(
        key=purchase.key,
        provider=purchase.provider,
        endpoint=purchase.endpoint,
        take=purchase.take,
        settled=False,
        imported=False,
        facts={},
        lease_until=0.0,
    )
    intend(row, purchase, show, now)
    return row


def intend(row: PurchaseRow, purchase: Purchase, show: str, now: float) -> None:
    """Make the row this purchase's intent, at today's price: nothing was bought, so its cell is the first buyer."""
    row.state = State.INTENDED
    row.charge = Charge.NONE
    # Nothing of it was sent: what this machine's tools made of the sources is what goes out.
    _is_of(row, purchase, show)
    agree(row, purchase.estimate)
    row.intended_at = now


def claim_unknown(row: PurchaseRow, purchase: Purchase, show: str) -> None:
    """A request that was adopted without knowing for what is this purchase's, now that somebody wants it."""
    if row.episode == NOBODYS:
        _is_of(row, purchase, show)
        agree(row, purchase.estimate)


def _is_of(row: PurchaseRow, purchase: Purchase, show: str) -> None:
    """Whose the row is, and for what."""
    row.arguments, row.sources, row.legacy_key = purchase.arguments, purchase.sources or None, purchase.legacy_key
    row.given = purchase.given or None
    row.show, row.asset = show, purchase.asset
    row.episode, row.segment, row.mode = purchase.cell.episode, purchase.cell.segment, purchase.cell.mode
    row.content = purchase.cell.content


def agree(row: PurchaseRow, estimate: Estimate) -> None:
    """What the row is agreed to cost. A price that changes afterwards does not come here."""
    row.estimated_micros = micros(estimate.usd)
    for name, value in estimate.model_dump(exclude={"usd"}).items():
        setattr(row, name, value)  # the columns have the names of its fields


def agreed(row: PurchaseRow) -> Estimate:
    """What was agreed, whole."""
    fields = {name: getattr(row, name) for name in Estimate.model_fields if name != "usd"}
    return Estimate(usd=dollars(row.estimated_micros), **fields)


def bill(row: PurchaseRow, billed: Billed, now: float) -> None:
    """What the provider billed. The first word stays: fetching a file again, or telling again, rewrites no cost."""
    if row.cost_micros is not None:
        return
    row.cost_micros, row.counted_micros = micros(billed.usd), micros(billed.counted_usd)
    row.billed_units, row.billed_at = billed.units, now
    row.billing = billed.model_dump(mode="json")


def unbill(row: PurchaseRow) -> None:
    """Nothing is known to be billed."""
    row.cost_micros = row.counted_micros = row.billed_units = row.billed_at = row.billing = None


def submit(row: PurchaseRow, request_id: str, urls: Urls, now: float) -> None:
    """Accepted by the provider."""
    row.state = State.SUBMITTED
    row.charge = Charge.POSSIBLE
    if row.request_id not in (None, request_id):  # what was billed was another request
        unbill(row)
    row.request_id = request_id
    row.status_url, row.response_url, row.cancel_url = clean(urls)
    row.submitted_at = now
    row.ended_at = None


def clean(urls: Urls) -> Urls:
    """The addresses without the value of any provider key."""
    status, response, cancel = (None if url is None else scrubbed(url) for url in urls)
    return status, response, cancel


def collect(
    row: PurchaseRow,
    media: Media,
    billed: Billed,
    seconds: float | None,
    facts: Mapping[str, JsonValue] | None,
    now: float,
) -> None:
    """Delivered, and the lease is free."""
    attach_media(row, media, seconds, facts)
    bill(row, billed, now)
    row.state = State.COLLECTED
    row.charge = Charge.CHARGED
    row.reason = None
    row.ended_at = now
    free(row)


def attach_media(
    row: PurchaseRow,
    media: Media,
    seconds: float | None,
    facts: Mapping[str, JsonValue] | None,
) -> None:
    """The delivered file and what was measured of it."""
    row.media_sha256, row.media_suffix, row.media_size = media.sha256, media.suffix, media.size
    row.seconds = seconds
    row.facts = scrubbed_json(facts or {})


def delivery(row: PurchaseRow) -> dict[str, JsonValue]:
    """A delivery as the journal keeps it: the file, and the money by which it was paid."""
    return {
        "media_sha256": row.media_sha256,
        "cost_micros": row.cost_micros,
        "billed_units": row.billed_units,
        "request_id": row.request_id,
    }


def stray(transaction: Transaction, row: PurchaseRow, request_id: str | None, now: float) -> PurchaseRow:
    """A second paid request of the same purchase: recorded as charged, beside the row that holds the key."""
    if request_id is not None:
        known = requested(transaction, row.provider, request_id)
        if known is not None:
            if known.state is State.FAILED:
                known.charge = Charge.CHARGED
                note(transaction, known, Event.FAILED, now, charge=Charge.CHARGED.value, beside=row.id)
            return known
    of_purchase = {name: getattr(row, name) for name in _OF_PURCHASE}
    second = PurchaseRow(
        **of_purchase,
        state=State.FAILED,
        charge=Charge.CHARGED,
        settled=False,
        imported=False,
        request_id=request_id,
        facts={},
        reason=f"a second request of the same purchase as entry {row.id}",
        retryable=False,
        lease_until=0.0,
        intended_at=now,
        sent_at=now,
        ended_at=now,
    )
    agree(second, agreed(row))
    transaction.add(second)
    note(transaction, second, Event.FAILED, now, charge=Charge.CHARGED.value, request_id=request_id, beside=row.id)
    return second


def free(row: PurchaseRow) -> None:
    """Nobody holds it."""
    row.lease_token, row.lease_owner, row.lease_until = None, None, 0.0


def record_reuse(transaction: Transaction, row: PurchaseRow, purchase: Purchase, show: str, now: float) -> None:
    """The purchase's cell of a show was given what the row holds, once more."""
    cell = purchase.cell
    reuser = dict(zip(_REUSER, (row.id, show, purchase.asset, cell.episode, cell.segment, cell.mode), strict=True))
    given = purchase.given or None
    again = {f"of_{name}": value for name, value in reuser.items()}
    if not transaction.connection.execute(_REUSED_AGAIN, {**again, "given": given, "last_at": now}).rowcount:
        first = {**reuser, "given": given, "times": 1, "first_at": now, "last_at": now}
        transaction.connection.execute(insert(REUSES), first)


def check_unclaimed(transaction: Transaction, row: PurchaseRow, request_id: str) -> None:
    """Raise LedgerError when another row has this request."""
    other = requested(transaction, row.provider, request_id)
    if other is not None and other.id != row.id:
        raise LedgerError(
            f"request {request_id} belongs to entry {other.id}",
            where=place(row.id, None),
            why="one paid request cannot stand for two purchases",
        )


def may_be_bought_again(row: PurchaseRow) -> bool:
    """Whether a failed row leaves the way free: a person said so, or it cost nothing and another try can help.

    What a provider refused for what it is (words, a picture) would only be refused again.
    """
    return row.settled or (row.charge is Charge.NONE and row.retryable is not False)


def answer(claim: Claim, kind: ClaimKind, row: PurchaseRow, now: float) -> Claim:
    """The same claim, one step on."""
    return Claim(kind=kind, purchase=claim.purchase, entry=as_entry(row, now), token=claim.token)


def as_entry(row: PurchaseRow, now: float) -> Entry:
    """The row as it is given out."""
    media = None
    if row.media_sha256 is not None:
        media = Media(sha256=row.media_sha256, suffix=row.media_suffix or "", size=row.media_size or 0)
    return Entry(
        **{name: getattr(row, name) for name in _AS_STORED},
        cell=Cell(episode=row.episode, segment=row.segment, mode=row.mode, content=row.content),
        sources=row.sources or {},
        estimate=agreed(row),
        cost_usd=None if row.cost_micros is None else dollars(row.cost_micros),
        spent_usd=dollars(worth(row, now)),
        counted_usd=dollars(counted(row, now)),
        billed=None if row.billing is None else Billed.model_validate(row.billing),
        media=media,
        **{name: _moment(getattr(row, name)) for name in _MOMENTS},
    )


def _moment(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
