"""`reconciliation`: the ledger held against the providers' own lists and bills, by a job of its own: it buys nothing.

External, as `cost_report` is. A run whose books do not agree fails, so that nobody has to look for it.
"""

from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final

import dagster as dg

from ninja_assets.cells.asset import GROUP
from ninja_assets.cells.running.event_log import surely
from resources.core.errors import NinjaError
from resources.core.names import Mode
from resources.models.loading import load_show
from resources.models.prices.price_values import exact_usd
from resources.providers.reconciling import reconcile_books as reconciled
from resources.purchasing.accounts.reconciler import AccountBooks, Reconciliation
from resources.purchasing.books import held_ledger
from resources.studio import PlacesResource

NAME: Final = "reconciliation"
JOB: Final = "reconcile_books"
DAYS: Final = 3  # a list shows what has ended, late at times: each day is looked at three times
_LISTS: Final = {
    "adopted": "ours, and no row knew it",
    "differing": "differs",
    "missing": "in the ledger alone",
    "open": "not told yet",
    "foreign": "not ours",
}
_ABOUT = (
    "The ledger held against what fal.ai and ElevenLabs list and bill, over the last three days. Made by the job "
    "`reconcile_books`, daily where show.yaml sets caps; a run fails where the books do not agree. It buys nothing."
)


def reconciliation(owners: Sequence[str]) -> dg.AssetSpec:
    """The asset's spec."""
    return dg.AssetSpec(NAME, group_name=GROUP, owners=list(owners), description=_ABOUT)


@dg.op(name="hold_against_the_providers", description="Asks the providers for their lists and compares the ledger.")
def _reconcile(context: dg.OpExecutionContext, places: PlacesResource) -> None:
    settings = places.settings(Mode.REHEARSAL)
    try:
        show = load_show(settings.show)
        ledger = held_ledger(settings, show)
        if ledger is None:
            context.log.info("nothing was bought yet: there is no ledger")
            return
        with closing(ledger):
            found = reconciled(settings, show, ledger, days=DAYS, now=datetime.now(UTC))
    except NinjaError as error:
        raise dg.Failure(description=str(error), allow_retries=error.retryable) from None
    metadata = _metadata(found)
    surely(partial(context.log_event, dg.AssetMaterialization(NAME, metadata=metadata)))
    if not found.agree:
        raise dg.Failure(
            description="the books do not agree; `ninja reconcile` tells it request by request",
            metadata=metadata,
            allow_retries=False,
        )


@dg.job(name=JOB, description="Holds the ledger against the providers' own lists and bills. It buys nothing.")
def reconcile_books() -> None:
    """The job."""
    _reconcile()


def _metadata(found: Reconciliation) -> Mapping[str, Any]:
    """Numbers first: Dagster plots them over the days."""
    sums = {
        f"{books.provider}_difference_usd": round(books.provider_usd - books.ledger_usd, 6) for books in found.accounts
    }
    return {
        "agree": found.agree,
        **sums,
        **{f"{books.provider}_requests": books.listed for books in found.accounts},
        **{books.provider: dg.MetadataValue.md(_markdown(books)) for books in found.accounts},
    }


def _markdown(books: AccountBooks) -> str:
    lines = [f"{books.listed} listed, {books.known} known to the ledger, {books.compared} compared in dollars: ledger "
             f"{exact_usd(books.ledger_usd)}, {books.provider} {exact_usd(books.provider_usd)}."]  # fmt: skip
    if books.untold:
        lines.append(books.untold.capitalize() + ".")
    rows = [
        f"| {what} | {each.where or each.endpoint} | {each.request_id or ''} | {_usd(each.ledger_usd)} "
        f"| {_usd(each.provider_usd)} | {each.what} |"
        for name, what in _LISTS.items()
        for each in getattr(books, name)
    ]
    head = ["| | of | request | ledger | provider | |", "|---|---|---|---:|---:|---|"]
    return "\n\n".join([*lines, "\n".join([*head, *rows])] if rows else lines)


def _usd(amount: float | None) -> str:
    return "" if amount is None else exact_usd(amount)
