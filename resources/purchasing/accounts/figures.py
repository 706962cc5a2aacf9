"""The figures of a database for whoever watches it: dollars and purchases of each show, what waits, places at accounts.

Sums by the database itself: they are asked for every few seconds. What a person reads of one show is `spending`.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, Integer, cast, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from resources.purchasing.ledger.reports import UNPRICED_ROW
from resources.purchasing.ledger.steps.caps import IN_FLIGHT, WORTH, dollars
from resources.purchasing.ledger.tables.rows import PlaceRow, PurchaseRow
from resources.purchasing.ledger.tables.store import Store
from resources.purchasing.state.tables import ApprovalRow, DoubtRow


@dataclass(frozen=True)
class Figures:
    """What a database says now. Dollars are US dollars; what is spent includes what is in flight."""

    spent_usd: Mapping[tuple[str, str], float]  # (show, provider)
    in_flight_usd: Mapping[tuple[str, str], float]
    purchases: Mapping[tuple[str, str], int]  # (show, state)
    approvals: Mapping[str, int]  # show -> prices that wait for a person
    voices: Mapping[str, int]  # show -> voices that wait for a person's ear
    places: Mapping[tuple[str, str], int]  # (account, held or waiting)
    unpriced: Mapping[str, int] = field(default_factory=dict)  # show -> purchases of which nobody knows what they cost


def figures_of(store: Store) -> Figures:
    """The figures of all shows of a database. Raises LedgerError where it cannot be read."""
    now, row = store.seconds(), PurchaseRow
    spent: Counter[tuple[str, str]] = Counter()
    flying: Counter[tuple[str, str]] = Counter()
    purchases: Counter[tuple[str, str]] = Counter()
    with store.reading() as session:
        query = select(row.show, row.provider, row.state, func.count(), func.sum(WORTH))
        for show, provider, state, count, micros in session.execute(
            query.group_by(row.show, row.provider, row.state), {"now": now}
        ):
            purchases[show, state.value] += count
            spent[show, provider] += int(micros)
            flying[show, provider] += int(micros) if state in IN_FLIGHT else 0
        approvals = _by_show(session, ApprovalRow.show, ApprovalRow.approved_at.is_(None))
        voices = _by_show(session, DoubtRow.show, DoubtRow.accepted_at.is_(None))
        unpriced = _by_show(session, row.show, UNPRICED_ROW)
        held = session.execute(
            select(PlaceRow.account, func.count(), func.sum(cast(PlaceRow.held, Integer)))
            .where(PlaceRow.lease_until > now)
            .group_by(PlaceRow.account)
        )
        places = {
            (account, what): number
            for account, count, inside in held
            for what, number in (("held", inside), ("waiting", count - inside))
        }
    return Figures(
        spent_usd={key: dollars(amount) for key, amount in spent.items()},
        in_flight_usd={key: dollars(amount) for key, amount in flying.items()},
        purchases=purchases,
        approvals=approvals,
        voices=voices,
        places=places,
        unpriced=unpriced,
    )


def _by_show(session: Session, show: InstrumentedAttribute[str], which: ColumnElement[bool]) -> dict[str, int]:
    rows = session.execute(select(show, func.count()).where(which).group_by(show))
    return {name: int(count) for name, count in rows}
