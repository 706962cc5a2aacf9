"""`ninja reconcile`: the ledger held against the providers' own lists and bills."""

from contextlib import closing
from datetime import UTC, datetime, timedelta

from rich.console import Console
from rich.markup import escape

from ninja_assets.cli.money_tables import money_table, result_console
from ninja_assets.cli.output import print_json
from resources.core.settings import Settings
from resources.models.loading import load_show
from resources.models.prices.price_values import exact_usd
from resources.providers.reconciling import check_keys, reconcile_books
from resources.purchasing.accounts.reconciler import AccountBooks, Compared, Reconciliation
from resources.purchasing.books import held_ledger

_HEADINGS = {
    "adopted": ("bold yellow", "ours, and no row knew it"),
    "differing": ("bold red", "differs"),
    "missing": ("bold red", "in the ledger alone"),
    "corrected": ("green", "corrected"),
    "open": ("dim", "not told yet"),
    "foreign": ("dim", "not ours"),
}


def run(settings: Settings, *, days: int, correct: bool, as_json: bool) -> int:
    """Hold the books of the last `days` against the providers; 0 when they agree, 1 when they do not."""
    show, now = load_show(settings.show), datetime.now(UTC)
    ledger = held_ledger(settings, show)
    if ledger is None:
        check_keys(None, now)
        found = Reconciliation(since=now - timedelta(days=days), until=now, accounts=())
    else:
        with closing(ledger):
            found = reconcile_books(settings, show, ledger, days=days, now=now, correct=correct)
    if as_json:
        print_json(found)
    else:
        _show(found, bought=ledger is not None)
    return 0 if found.agree else 1


def _show(found: Reconciliation, *, bought: bool) -> None:
    console = result_console()
    span = f"{found.since:%Y-%m-%d %H:%M} to {found.until:%Y-%m-%d %H:%M} UTC"
    if not bought:
        console.print(f"nothing was bought yet: there is no ledger to be held against anything ({span})")
        return
    table = money_table(
        f"the books, {span}", ["provider"], ["listed", "known", "compared", "ledger", "provider", "difference"]
    )
    for books in found.accounts:
        difference = exact_usd(books.provider_usd - books.ledger_usd).replace("$-", "-$")
        sums = [exact_usd(books.ledger_usd), exact_usd(books.provider_usd), difference]
        counts = [str(books.listed), str(books.known), str(books.compared)]
        table.add_row(books.provider, *counts, *(sums if books.compared else ["", "", ""]))
    console.print(table)
    for books in found.accounts:
        _show_account(console, books)
    console.print("the books agree" if found.agree else "[bold red]the books do not agree[/]")
    if any(books.differing for books in found.accounts):
        console.print("`ninja reconcile --correct` takes the provider's sums into the ledger")


def _show_account(console: Console, books: AccountBooks) -> None:
    if books.untold:
        console.print(f"{books.provider}: dollars are the ledger's alone: {escape(books.untold)}", style="dim")
    if books.account_usd is not None:
        console.print(f"{books.provider} billed the account {exact_usd(books.account_usd)}, whoever used it")
    for name, (style, what) in _HEADINGS.items():
        for each in getattr(books, name):
            console.print(f"[{style}]{what}[/] {escape(_sentence(books, each))}")


def _sentence(books: AccountBooks, each: Compared) -> str:
    entry = f"ledger entry {each.entry}" if each.entry is not None else ""
    request = f"request {each.request_id}" if each.request_id else ""
    sums = [
        f"{whose} {exact_usd(usd)}"
        for whose, usd in (("ledger", each.ledger_usd), (books.provider, each.provider_usd))
        if usd is not None
    ]
    place = ", ".join(filter(None, [each.where or each.endpoint, entry, request]))
    return f"{place}: {each.what}" + (f" ({', '.join(sums)})" if sums else "")
