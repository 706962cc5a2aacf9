"""The ledger held against what a provider lists, both ways, request by request and to the cent. No key, no network.

A request that no row knows is taken in where it is ours: it has the words of our scripts, or addresses that our files
were uploaded to. Others are listed and left alone: an account may have other users. What the provider says of itself is
fetched by `resources.providers.reconciling`.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from pydantic import JsonValue, computed_field

from resources.core.errors import Charge, LedgerError
from resources.core.names import Mode
from resources.core.text.json_strings import changed
from resources.core.values import Cell, Value
from resources.models.prices import Billed, Estimate
from resources.models.prices.billing import reported_usd
from resources.models.prices.price_values import exact_usd
from resources.purchasing.ledger import Entry, Ledger, Purchase, State, Verdict
from resources.purchasing.ledger.steps.caps import IN_FLIGHT
from resources.purchasing.ledger.tables.entry import NOBODYS, UNPRICED

CENT: Final = 0.00005  # US dollars: below half of a hundredth of a cent two sums are the same
_LAG: Final = timedelta(hours=1)  # a list shows what has ended, and not at once

Arguments = Mapping[str, JsonValue]


class Listed(Value):
    """A request as its provider lists it. `usd` is what was billed for it; None where the key may not know.

    `arguments` are what it was asked with, as far as the list tells. `units` are the provider's own, where it tells
    these and no dollars. `names` are further ids that a row may know it by. `readable`: it tells `arguments`.
    """

    request_id: str
    endpoint: str
    sent_at: datetime
    arguments: dict[str, JsonValue]
    names: tuple[str, ...] = ()
    delivered: bool = False  # it ended well
    ended: bool = False
    readable: bool = True
    usd: float | None = None
    units: float | None = None


@dataclass(frozen=True)
class Statement:
    """What a provider says of an account: its requests, and whether one is of given arguments.

    `item` asks for one request by an entry's id; `by_words`: rows may have ids that the list does not tell. `untold`
    says why dollars are not known, `account_usd` is the provider's own sum over all users of the account.
    """

    provider: str
    requests: Sequence[Listed]
    same: Callable[[Arguments, Arguments], bool]
    item: Callable[[Entry], Listed | None]
    by_words: bool = False
    account_usd: float | None = None
    untold: str | None = None


class Compared(Value):
    """One request, as the ledger and its provider have it. Dollars are US dollars; None where there are none."""

    what: str
    request_id: str | None = None
    entry: int | None = None
    where: str = ""
    endpoint: str = ""
    ledger_usd: float | None = None
    provider_usd: float | None = None


class AccountBooks(Value):
    """The books of one provider. Sums are of the requests whose dollars both sides know."""

    provider: str
    listed: int = 0  # by the provider
    known: int = 0  # of them, to the ledger
    compared: int = 0  # of them, in dollars
    ledger_usd: float = 0.0
    provider_usd: float = 0.0
    account_usd: float | None = None
    untold: str | None = None
    adopted: tuple[Compared, ...] = ()  # ours, and no row knew them: now one does
    differing: tuple[Compared, ...] = ()
    missing: tuple[Compared, ...] = ()  # in the ledger and not in the list
    corrected: tuple[Compared, ...] = ()
    open: tuple[Compared, ...] = ()  # under way, ended too lately to be told, or nobody's as far as is told
    foreign: tuple[Compared, ...] = ()  # nobody's here: only listed

    @computed_field  # type: ignore[prop-decorator]
    @property
    def agree(self) -> bool:
        """Whether ledger and provider say the same of all that is this show's."""
        return not (self.adopted or self.differing or self.missing)


class Reconciliation(Value):
    """The books of a show held against its providers', for what was sent from `since` to `until`."""

    since: datetime
    until: datetime
    accounts: tuple[AccountBooks, ...]

    @computed_field  # type: ignore[prop-decorator]
    @property
    def agree(self) -> bool:
        """Whether all of them do."""
        return all(books.agree for books in self.accounts)


@dataclass
class _Count:
    """What was found so far."""

    statement: Statement
    known: int = 0
    compared: int = 0
    ledger_usd: float = 0.0
    provider_usd: float = 0.0
    lists: dict[str, list[Compared]] = field(default_factory=dict)
    entries: set[int] = field(default_factory=set)  # that are accounted for

    def tell(self, name: str, compared: Compared) -> None:
        """Add to one of the lists of `AccountBooks`."""
        self.lists.setdefault(name, []).append(compared)


def reconcile(
    ledger: Ledger,
    statement: Statement,
    *,
    since: datetime,
    until: datetime,
    planned: Callable[[Collection[Listed]], Iterable[Purchase]],
    correct: bool = False,
) -> AccountBooks:
    """Hold the ledger's requests from `since` to `until` against a provider's statement.

    `planned` gives what the show would buy now, for requests that no row knows. `correct`: where dollars differ, the
    provider's are taken into the ledger.
    """
    count = _Count(statement)
    known = ledger.by_request(statement.provider, (name for one in statement.requests for name in _names(one)))
    unknown: list[Listed] = []
    for one in statement.requests:
        entry = next((known[name] for name in _names(one) if name in known), None)
        if entry is None:
            unknown.append(one)
        else:
            _compare(ledger, count, entry, one, correct=correct)
    rows = ledger.rows(provider=statement.provider)
    unknown = _by_words(ledger, count, rows, unknown, correct=correct)
    if unknown:
        _take_in(ledger, count, unknown, planned)
    for entry in ledger.rows(provider=statement.provider):
        if entry.id not in count.entries and entry.sent_at is not None and since <= entry.sent_at < until:
            _look_for(ledger, count, entry, until, correct=correct)
    return AccountBooks(
        provider=statement.provider,
        listed=len(statement.requests),
        known=count.known,
        compared=count.compared,
        ledger_usd=round(count.ledger_usd, 6),
        provider_usd=round(count.provider_usd, 6),
        account_usd=statement.account_usd,
        untold=statement.untold,
        **{name: tuple(found) for name, found in count.lists.items()},
    )


# What both have


def _compare(ledger: Ledger, count: _Count, entry: Entry, listed: Listed, *, correct: bool) -> None:
    count.known += 1
    count.entries.add(entry.id)
    if entry.show != ledger.show:
        return  # its own show compares it
    if entry.unpriced and (billed := _bill(entry, listed)) is not None:
        entry = ledger.taken_in(
            entry.purchase, listed.request_id, sent=listed.arguments, sent_at=listed.sent_at, billed=billed
        )
    if entry.state in IN_FLIGHT:
        ended = "it has ended: the next run collects it" if listed.ended else "under way"
        count.tell("open", _compared(ended, entry, listed))
        return
    usd = _usd(entry, listed)
    if usd is None:
        if listed.delivered and entry.state is State.FAILED and entry.charge is Charge.NONE:
            count.tell("differing", _compared("it was delivered, and the ledger counts nothing for it", entry, listed))
        return
    count.compared += 1
    count.ledger_usd += entry.spent_usd
    count.provider_usd += usd
    if abs(entry.spent_usd - usd) < CENT:
        return
    other = "more" if usd > entry.spent_usd else "less"
    what = f"{exact_usd(abs(usd - entry.spent_usd))} {other} was billed than the ledger has"
    compared = _compared(what, entry, listed, usd)
    if correct:
        ledger.corrected(entry.id, reported_usd(usd))
        count.ledger_usd += usd - entry.spent_usd
        count.tell("corrected", compared)
    else:
        count.tell("differing", compared)


def _by_words(
    ledger: Ledger, count: _Count, rows: Sequence[Entry], unknown: Sequence[Listed], *, correct: bool
) -> list[Listed]:
    """Rows of before the list's ids were kept are known by what they sent, oldest first; returns what is left over."""
    if not count.statement.by_words:
        return list(unknown)
    nameless = [row for row in rows if row.state is State.COLLECTED and not row.imported]
    nameless = [row for row in nameless if row.id not in count.entries]
    left: list[Listed] = []
    for one in sorted(unknown, key=lambda each: each.sent_at):
        row = next((row for row in nameless if _is_of(count.statement, one, row) and _about_then(row, one)), None)
        if row is None:
            left.append(one)
        else:
            nameless.remove(row)
            _compare(ledger, count, row, one, correct=correct)
    return left


def _about_then(row: Entry, listed: Listed) -> bool:
    return row.sent_at is not None and abs(row.sent_at - listed.sent_at) < _LAG


# What the ledger alone has


def _look_for(ledger: Ledger, count: _Count, entry: Entry, until: datetime, *, correct: bool) -> None:
    """An entry that was sent in these days, and that the list did not show."""
    if entry.imported or entry.state is State.INTENDED:
        return
    if entry.state is State.FAILED and entry.charge is Charge.NONE:
        return  # neither counts anything for it
    if entry.request_id is not None and (listed := count.statement.item(entry)) is not None:
        _compare(ledger, count, entry, listed, correct=correct)
        return
    last = entry.ended_at or entry.sent_at
    if entry.state is State.SUBMITTED or (last is not None and until - last < _LAG):
        count.tell("open", _compared("not listed yet", entry))
        return
    doubt = entry.state in (State.UNKNOWN, State.SENDING)
    what = "nobody knows whether it was charged, and the provider does not list it" if doubt else "it is not listed"
    count.tell("missing", _compared(what, entry))


# What the provider alone has


def _take_in(
    ledger: Ledger,
    count: _Count,
    unknown: Sequence[Listed],
    planned: Callable[[Collection[Listed]], Iterable[Purchase]],
) -> None:
    rows = ledger.rows(provider=count.statement.provider)
    contents = _contents(ledger, rows, unknown)
    left = [one for one in unknown if not _of_a_row(ledger, count, rows, one)]
    wanted = list(planned(left)) if left else []
    for one in left:
        named = _named(one.arguments, contents)
        purchase = next((each for each in wanted if _asks(count.statement, named, one, each)), None)
        if purchase is None and not contents.keys() & set(_strings(one.arguments)):
            if one.readable:
                count.tell("foreign", _compared("not of this show", None, one))
            else:
                count.tell("open", _compared("it does not tell what it was asked with, nor whose it is", None, one))
        elif (nothing := _for_nothing(one)) is not None:
            count.tell("foreign", _compared(nothing, None, one))
        else:
            bought = purchase or _unplanned(count.statement.provider, one, named)
            _adopted(ledger, count, bought, one, ours=bool(contents.keys() & set(_strings(one.arguments))))


def _of_a_row(ledger: Ledger, count: _Count, rows: list[Entry], one: Listed) -> bool:
    """Whether a request is of exactly what a row sent: then it is that row's own, or was bought beside it."""
    same = [row for row in rows if row.sent is not None and _is_of(count.statement, one, row)]
    waiting = [row for row in same if row.request_id is None and _waits(row)]
    brought = [row for row in same if row.request_id is None and row.state is State.COLLECTED and _about_then(row, one)]
    row = next(iter(sorted(waiting, key=lambda row: row.state is not State.UNKNOWN) or brought or same[-1:]), None)
    if row is None:
        return False
    if row not in waiting and (nothing := _for_nothing(one)) is not None:
        count.tell("foreign", _compared(nothing, None, one))
        return True
    try:
        if row in waiting:
            entry = ledger.settle(row.id, Verdict.FOUND, one.request_id)
            what = f"entry {row.id} had no answer: the next run collects it"
        elif row in brought:
            entry = ledger.taken_in(
                row.purchase, one.request_id, sent=one.arguments, sent_at=one.sent_at, billed=_bill(row, one)
            )
            what = f"entry {row.id} has a file that was brought without its request"
        else:
            entry = ledger.beside(row.id, one.request_id, sent_at=one.sent_at, billed=_bill(row, one))
            what = f"bought a second time, beside entry {row.id}"
    except LedgerError as error:  # a run is at it
        count.entries.add(row.id)
        count.tell("open", _compared(error.what, row, one))
        return True
    rows[rows.index(row)] = ledger.entry(row.id)
    count.entries.add(entry.id)
    count.tell("adopted", _compared(what, entry, one))
    return True


def _for_nothing(one: Listed) -> str | None:
    """What is told of a request that ended without a file and, as far as is known, without a bill; None for others."""
    if one.delivered or one.usd or not one.ended:
        return None
    bill = "; its bill is not told" if one.usd is None else " and without a bill"
    return f"ours, and it ended without a file{bill}"


def _waits(row: Entry) -> bool:
    """Whether a row lacks the request that it is of."""
    return row.state in (State.UNKNOWN, State.SENDING, State.INTENDED) or (
        row.state is State.FAILED and row.charge is Charge.NONE
    )


def _adopted(ledger: Ledger, count: _Count, purchase: Purchase, one: Listed, *, ours: bool) -> None:
    """Take a request in. `ours`: it has a file of this ledger's; words alone may be those of another show, too."""
    entry = ledger.taken_in(
        purchase,
        one.request_id,
        sent=one.arguments,
        sent_at=one.sent_at,
        billed=None if one.usd is None else reported_usd(one.usd),
    )
    count.entries.add(entry.id)
    doubt = "" if ours else "; by its words alone: if another show of the account sent it, both count what it cost"
    cost = f"; {UNPRICED}" if entry.unpriced else ""
    count.tell("adopted", _compared(f"no row knew it: the run that wants it collects it{doubt}{cost}", entry, one))


def _unplanned(provider: str, one: Listed, named: dict[str, JsonValue]) -> Purchase:
    """What a request with our files is bought as, by what it was sent with: for what, whoever wants it will know."""
    usd = one.usd or 0.0
    price = Estimate(usd=usd, unit="request", units=1.0, unit_price_usd=usd, price_date=one.sent_at.date())
    cell = Cell(episode=NOBODYS, segment="", mode=Mode.FINAL)
    return Purchase(provider=provider, endpoint=one.endpoint, asset=NOBODYS, cell=cell, arguments=named, estimate=price)


# Arguments


def _contents(ledger: Ledger, rows: Iterable[Entry], unknown: Iterable[Listed]) -> dict[str, str]:
    """The addresses in requests that are of our files: address -> content name."""
    known = ledger.contents_of(text for one in unknown for text in _strings(one.arguments) if "://" in text)
    for row in rows:
        for sent, name in zip(_strings(row.sent or {}), _strings(row.arguments), strict=False):
            if name.startswith("sha256:") and "://" in sent:
                known.setdefault(sent, name)
    return known


def _named(arguments: Arguments, contents: Mapping[str, str]) -> dict[str, JsonValue]:
    """Arguments as a purchase has them: files by content. An address that is nobody's here is no address any more."""
    return changed(arguments, lambda text: contents.get(text) or text.replace("://", ":"))


def _strings(value: JsonValue | Arguments) -> list[str]:
    """Every string of a JSON value, in the order of names."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, Mapping):
        return [text for name in sorted(value) for text in _strings(value[name])]
    return [text for item in value for text in _strings(item)] if isinstance(value, list) else []


def _is_of(statement: Statement, listed: Listed, row: Entry) -> bool:
    return row.endpoint == listed.endpoint and statement.same(listed.arguments, row.sent or row.arguments)


def _asks(statement: Statement, named: Arguments, listed: Listed, purchase: Purchase) -> bool:
    return purchase.endpoint == listed.endpoint and statement.same(named, purchase.arguments)


# Dollars and words


def _usd(entry: Entry, listed: Listed) -> float | None:
    """What the provider billed for an entry, in dollars; None where it is not told."""
    price = entry.estimate.platform_unit_usd
    if listed.usd is not None or listed.units is None or price is None:
        return listed.usd
    return round(listed.units * price, 6)


def _bill(entry: Entry, listed: Listed) -> Billed | None:
    usd = _usd(entry, listed)
    return None if usd is None else reported_usd(usd)


def _names(listed: Listed) -> tuple[str, ...]:
    return (listed.request_id, *listed.names)


def _compared(what: str, entry: Entry | None, listed: Listed | None = None, usd: float | None = None) -> Compared:
    if usd is None and listed is not None:
        usd = _usd(entry, listed) if entry else listed.usd
    cell = entry.cell if entry else None
    return Compared(
        what=what,
        request_id=listed.request_id if listed else entry.request_id if entry else None,
        entry=entry.id if entry else None,
        where=f"{cell.episode} {cell.segment} {entry.asset}" if cell and entry and cell.segment else "",
        endpoint=listed.endpoint if listed else entry.endpoint if entry else "",
        ledger_usd=entry.spent_usd if entry and not entry.unpriced else None,
        provider_usd=usd,
    )
