"""What the ledger refuses, in words: what happened to the entry and what a person does next."""

from collections.abc import Iterable, Sequence

from resources.core.errors import CapError, Charge, CutOffError, LedgerError, StudioError
from resources.purchasing.ledger.steps.caps import Over
from resources.purchasing.ledger.tables.rows import PurchaseRow


def place(entry_id: int, request_id: str | None) -> str:
    """Where: the entry and, if it has one, the provider's request."""
    return f"ledger entry {entry_id}" + (f", request {request_id}" if request_id else "")


def over_cap(
    found: Sequence[Over], what: str, caps: Iterable[tuple[str, float | None]], *, then: str = "run again"
) -> CapError:
    """Purchases (`what`) that would go over `caps`, narrowest first. `then` is what to do when they are raised."""
    over = found[0]
    more = [f"; {each.message} ({each.sums})" for each in found[1:]]
    raised = " and ".join(f"caps.{name} to at least {value:.2f}" for name, value in _enough(found, caps).items())
    return CapError(
        f"{over.message}: nothing was sent",
        where=f"show.yaml, caps.{over.name}",
        why=f"{over.sums} for {what}{''.join(more)}",
        hint=f"`ninja ledger` shows what was spent; raise {raised} and {then} (what is paid for is reused)",
    )


def _enough(found: Sequence[Over], caps: Iterable[tuple[str, float | None]]) -> dict[str, float]:
    """What lets all of it through, by cap: one that would be below a narrower one then is raised with it."""
    enough: dict[str, float] = {}
    most = 0.0
    for name, cap in caps:
        most = max([most, *(each.enough for each in found if each.name == name)])  # of segments that share a cap, too
        if cap is not None and most > cap:
            enough[name] = most
    return enough


def lost(row: PurchaseRow) -> CutOffError:
    """The worker's lease is not its own any more."""
    return CutOffError(
        "another worker took this purchase over, or its lease ran out",
        where=place(row.id, row.request_id),
        hint="run again: the ledger knows how far it came",
        retryable=True,
    )


def charged(row: PurchaseRow) -> StudioError:
    """A failed purchase that was, or may have been, paid for."""
    sure = row.charge is Charge.CHARGED
    return StudioError(
        f"this was {'charged' if sure else 'perhaps charged'} before and brought nothing; it is not sent again",
        where=place(row.id, row.request_id),
        why=row.reason,
        hint=f"`ninja ledger settle {row.id} not-charged` if the provider's account shows no charge, "
        f"`ninja ledger settle {row.id} buy-again` to pay once more, or change the words or raise the take",
        retryable=False,
        charge=row.charge,
    )


def refused(row: PurchaseRow) -> StudioError:
    """A failed purchase that cost nothing, and that the provider would refuse again as it is."""
    return StudioError(
        "this was refused before, at no cost; it is not sent again as it is",
        where=place(row.id, row.request_id),
        why=row.reason,
        hint="change the words, the picture or the model, or raise the take; "
        f"`ninja ledger settle {row.id} not-charged` sends the same once more",
        retryable=False,
    )


def twice(row: PurchaseRow, stray: PurchaseRow) -> LedgerError:
    """`stray` was accepted or delivered beside `row`."""
    return LedgerError(
        "the same purchase was sent twice; the second request is recorded as charged",
        where=place(stray.id, stray.request_id),
        why=f"entry {row.id} was settled or taken over while this request was still under way",
        hint="cancel it on the provider's page if it still runs; then `ninja ledger settle "
        f"{stray.id} not-charged` if it was not billed",
        charge=Charge.CHARGED,
    )


def out_of_step(row: PurchaseRow) -> LedgerError:
    """The row's state does not allow the step: another answer came first, or the caller left a step out."""
    return LedgerError(
        f"this step cannot follow: the entry is {row.state.value}",
        where=place(row.id, row.request_id),
        hint="run again: the ledger knows how far it came",
        retryable=True,
    )


def foreign(row: PurchaseRow, show: str) -> LedgerError:
    """The row is another show's."""
    return LedgerError(
        f"entry {row.id} belongs to the show {row.show!r}, and this is {show!r}",
        where=place(row.id, row.request_id),
        hint="settle it from that show's folder: NINJA_SHOW names it",
    )
