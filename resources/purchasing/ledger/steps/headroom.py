"""What may still be bought under the caps, and setting it aside for a run before it is.

The rule of the caps is `caps`', and what a reservation is, `reservations`'. Claiming, which asks here in its own
transaction, is `ledger`'s.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import tzinfo

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from resources.content.show import Caps
from resources.core.errors import CapError
from resources.core.values import Cell
from resources.purchasing.ledger.steps import caps as cap_rules
from resources.purchasing.ledger.steps import changes, refusals, reservations
from resources.purchasing.ledger.steps.caps import Over, Scope
from resources.purchasing.ledger.steps.leases import Leases
from resources.purchasing.ledger.steps.reservations import Wanted
from resources.purchasing.ledger.tables.entry import State
from resources.purchasing.ledger.tables.purchase import Purchase
from resources.purchasing.ledger.tables.store import Store
from resources.purchasing.ledger.tables.transaction import Transaction


class Headroom:
    """What the caps of a show leave, over all processes."""

    show: str
    _store: Store
    _clock: Callable[[], float]
    _zone: tzinfo
    _caps: Caps | None
    _leases: Leases

    def over_caps(self, wanted: Mapping[Cell, float]) -> list[Over]:
        """The caps that buying all of this (US dollars by cell) would go over now. Nothing is recorded.

        Raises ContentError where the show sets no caps.
        """
        with self._store.reading() as session:
            return self._over(session.connection(), wanted, self._clock())

    def check_room(self, purchases: Collection[Purchase]) -> None:
        """Raise CapError when buying these together would go over a cap now. Nothing is recorded: `claim` asks too.

        What is set aside for them counts already, and is room for them.
        """
        now, wanted = self._clock(), dict[Cell, float]()
        with self._store.reading() as session:
            connection, aside = session.connection(), set[int]()
            for purchase in purchases:
                usd, known = purchase.estimate.usd, Wanted.of(purchase)
                reserved = reservations.found(connection, known, show=self.show, now=now)
                if reserved is not None and reserved.id not in aside:
                    aside.add(reserved.id)
                    usd = max(0.0, usd - cap_rules.dollars(reserved.micros))
                wanted[purchase.cell] = wanted.get(purchase.cell, 0.0) + usd
            found = self._over(connection, wanted, now)
        if found:
            raise self._refused(found, "one request" if len(purchases) == 1 else f"{len(purchases)} requests")

    def reserve(
        self,
        wanted: Sequence[Wanted],
        *,
        then: str = "run again",
        also: Callable[[Session], None] | None = None,
    ) -> None:
        """Set aside what is about to be bought, all of it in one transaction, until it is claimed or `close`.

        What is paid for, under way or reserved by another counts already and is left out. Raises CapError, with all
        sums, and sets nothing aside when it would go over a cap, ContentError without caps; `then` is what to do when
        the caps are raised. `also` is done in the same transaction.
        """
        with self._store.writing(alone=True) as session:
            now = self._clock()
            transaction = Transaction(session.connection())
            self._leases.sweep(transaction, now)
            new = [each for each in wanted if self._is_new(transaction, each, now)]
            sums: dict[Cell, float] = {}
            for each in new:
                sums[each.cell] = sums.get(each.cell, 0.0) + each.usd
            if new:
                over = self._over(transaction.connection, sums, now)
                if over:
                    what = "one request" if len(new) == 1 else f"{len(new)} requests"
                    raise self._refused(over, what, then=then)
                self._leases.reserve(transaction, new, self.show, now)
            transaction.save()
            if also is not None:
                also(session)

    def _is_new(self, transaction: Transaction, wanted: Wanted, now: float) -> bool:
        """Whether a claim would send it, and nobody has set anything aside for it."""
        if reservations.found(transaction.connection, wanted, show=self.show, now=now) is not None:
            return False
        row = changes.latest(transaction, wanted.purchase) if wanted.purchase is not None else None
        if row is None or (row.state is State.INTENDED and not self._leases.held(row, now)):
            return True
        return row.state is State.FAILED and changes.may_be_bought_again(row)

    def _room(self, transaction: Transaction, purchase: Purchase, now: float, besides: int | None = None) -> str | None:
        """Make sure that a purchase goes over no cap: its price is reserved, or there is room for it.

        Returns the content under whose cap it was reserved: a listener's loop serves several segments, and counts for
        the one that it was reserved for, whoever comes first.
        """
        connection = transaction.connection
        waiting = self._leases.sweep(transaction, now)
        reserved = reservations.taken(connection, purchase, show=self.show, now=now) if waiting else None
        if reserved is not None and cap_rules.micros(purchase.estimate.usd) <= reserved.micros:
            return reserved.content
        wanted = {purchase.cell: purchase.estimate.usd}
        found = self._over(connection, wanted, now, besides=besides, reserved=waiting)
        if found:
            price = purchase.estimate
            how = f"{price.units:g} {price.unit} at ${price.unit_price_usd:g}"
            raise self._refused(found, f"this {purchase.asset} request ({how})")
        return None

    def _refused(self, found: Sequence[Over], what: str, *, then: str = "run again") -> CapError:
        return refusals.over_cap(found, what, () if self._caps is None else self._caps, then=then)

    def _over(
        self,
        connection: Connection,
        wanted: Mapping[Cell, float],
        now: float,
        *,
        besides: int | None = None,
        reserved: bool = True,
    ) -> list[Over]:
        """The caps of this show that all of this would go over."""
        scope = Scope(show=self.show, now=now, zone=self._zone, besides=besides, reserved=reserved)
        return cap_rules.over(connection, wanted, self._caps, scope)
