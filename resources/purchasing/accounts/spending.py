"""What was spent, read from the ledger: sums by any grouping, what may yet be charged, and what reuse saved."""

from contextlib import closing

from pydantic import BaseModel

from resources.content.show import Show
from resources.core.library import Library
from resources.core.settings import Settings
from resources.core.values import sum_usd
from resources.purchasing.books import find_ledger
from resources.purchasing.ledger import Grouping, Ledger
from resources.purchasing.ledger.tables.entry import Flagged
from resources.purchasing.ledger.tables.store import shown_address
from resources.purchasing.state.receipts import unknown_to


class CostGroup(BaseModel):
    """The money of one group. Dollars are US dollars; `spent_usd` includes `in_flight_usd`."""

    name: str
    requests: int = 0
    spent_usd: float = 0.0
    in_flight_usd: float = 0.0
    saved_usd: float = 0.0  # by cells that used what another one had bought


class Costs(BaseModel):
    """What was spent. `total_usd` includes what is in flight and what is unknown: both may yet be charged.

    `by_estimate_usd` is the part of it that no provider has said: the estimate counts.
    """

    by: Grouping
    ledger: str = ""  # the address of what was read, without a password
    found: bool = True  # False: there is no ledger at that address
    not_known: int = 0  # purchases that the library has receipts of, and the ledger does not know
    total_usd: float = 0.0
    in_flight_usd: float = 0.0
    unknown: int = 0  # requests of which nobody knows whether they were charged
    unknown_usd: float = 0.0
    saved_usd: float = 0.0
    rerun_usd: float = 0.0  # what running the same cells again did not cost
    by_estimate: int = 0
    by_estimate_usd: float = 0.0
    unpriced: int = 0  # requests of which nobody knows what they cost: they are in no sum
    flagged: list[Flagged] = []
    groups: list[CostGroup] = []


def costs_of(settings: Settings, show: Show, by: Grouping) -> Costs:
    """The costs in the ledger of `settings`; zero where nothing was ever bought. Raises LedgerError."""
    ledger, library = find_ledger(settings, show), Library.of(settings)
    if ledger is None:
        shown = shown_address(settings.ledger_url)
        lost = unknown_to(None, library, show.id)
        return Costs(by=by, ledger=shown, found=False, not_known=len(lost.receipts))
    with closing(ledger):
        lost = unknown_to(ledger.store, library, show.id)
        return read_costs(ledger, by).model_copy(update={"not_known": len(lost.receipts)})


def read_costs(ledger: Ledger, by: Grouping) -> Costs:
    """The costs in an opened ledger."""
    totals, savings, flagged = ledger.totals(by), ledger.savings(by), ledger.flagged()
    groups = {total.name: CostGroup(**total.model_dump(include=set(CostGroup.model_fields))) for total in totals}
    for saving in savings:
        groups.setdefault(saving.name, CostGroup(name=saving.name)).saved_usd = saving.saved_usd
    return Costs(
        by=by,
        ledger=ledger.store.shown,
        total_usd=sum_usd(total.spent_usd for total in totals),
        in_flight_usd=sum_usd(total.in_flight_usd for total in totals),
        unknown=sum(total.unknown for total in totals),
        unknown_usd=sum_usd(total.unknown_usd for total in totals),
        saved_usd=sum_usd(saving.saved_usd for saving in savings),
        rerun_usd=sum_usd(saving.rerun_usd for saving in savings),
        by_estimate=sum(total.by_estimate for total in totals),
        by_estimate_usd=sum_usd(total.by_estimate_usd for total in totals),
        unpriced=sum(one.unpriced for one in flagged),
        flagged=flagged,
        groups=[groups[name] for name in sorted(groups)],
    )
