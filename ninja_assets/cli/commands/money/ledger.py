"""`ninja ledger`: the paid requests, a person's verdict on one, and a provider let go on."""

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from shlex import quote
from typing import Any

from rich.markup import escape

from ninja_assets.cli.money_tables import money_table, result_console
from ninja_assets.cli.output import print_json
from resources.core.errors import ContentError, LedgerError
from resources.core.names import DEFAULT_SHOW, check_episode
from resources.core.settings import Settings
from resources.failures.kinds import Provider
from resources.models.loading import load_show
from resources.models.prices.price_values import usd
from resources.purchasing.books import claim_nothing, claim_rows, find_ledger, rebuild_ledger
from resources.purchasing.ledger import Entry, Ledger, State, Verdict
from resources.purchasing.ledger.tables.store import shown_address
from resources.purchasing.state.copies import back_up, restore

_STYLES = {State.COLLECTED: "green", State.UNKNOWN: "bold red", State.FAILED: "red"}


def show(settings: Settings, *, episode: str | None, state: State | None, as_json: bool) -> int:
    """List the requests, oldest first."""
    if episode is not None:
        check_episode(episode)
    ledger = find_ledger(settings, load_show(settings.show))
    entries: Sequence[Entry] = []
    if ledger is not None:
        with closing(ledger):
            entries = ledger.rows(episode=episode, states=None if state is None else [state])
    if as_json:
        print_json({"requests": [_flat(entry) for entry in entries]})
    else:
        _list(entries, "" if episode is None else f" of {episode}")
    return 0


def settle(settings: Settings, entry_id: int, verdict: Verdict, request_id: str | None) -> int:
    """Record a verdict on an entry, after a look into the provider's history."""
    from resources.providers.settling import settle as settled  # noqa: PLC0415  (a list of entries needs no client)

    with closing(_ledger(settings)) as ledger:
        entry = settled(ledger, entry_id, verdict, request_id)
    result_console().print(f"entry {entry.id} is {entry.state}: {_consequence(verdict, entry)}")
    return 0


def unlock(settings: Settings, provider: Provider) -> int:
    """Let requests to a provider go out again."""
    with closing(_ledger(settings)) as ledger:
        why = ledger.locked(provider)
        ledger.unlock_provider(provider)
    result_console().print(f"{provider} takes requests again" if why else f"{provider} was not locked")
    return 0


def rebuild(settings: Settings) -> int:
    """Make the ledger know all that the library has receipts of."""
    found, damaged = rebuild_ledger(settings, load_show(settings.show))
    console = result_console()
    if damaged is not None:
        console.print(f"the damaged ledger is now {escape(str(damaged))}")
    console.print(
        f"brought from the library's receipts: {found.purchases} purchases ({usd(found.usd)}), {found.retakes} "
        f"retakes and {found.choices} chosen takes; written into the library: {found.receipts} receipts"
    )
    if found.purchases or damaged is not None:
        console.print(
            "receipts do not tell what was under way or approved, what was charged and failed, and what reuse saved\n"
            "before anything is bought: ninja reconcile --days 30   (it takes in what the providers have taken)"
        )
    return 0


def claim(settings: Settings, owner: str | None, *, none: bool) -> int:
    """Make what another show has in the database this show's; with `none`, say that nothing of it is."""
    show, console = load_show(settings.show), result_console()
    if none and owner is not None:
        raise ContentError(
            f"{owner} and --none cannot both be meant",
            hint=f"ninja ledger claim {quote(owner)}, or ninja ledger claim --none",
        )
    owner = DEFAULT_SHOW if owner is None else owner
    if none:
        claim_nothing(settings, show)
        console.print(
            f"what other shows have in {shown_address(settings.ledger_url)} stays theirs, and is not {show.id}'s"
        )
        return 0
    claimed = claim_rows(settings, show, owner)
    console.print(
        f"what {owner} had is {show.id}'s now: {claimed.purchases} purchases, and all that was made with them"
        if claimed.rows
        else f"{owner} has nothing there that could be {show.id}'s"
    )
    return 0


def backup(settings: Settings, file: Path) -> int:
    """Write the whole database to a file."""
    with closing(_ledger(settings)) as ledger:
        purchases = back_up(ledger.store, file)
    result_console().print(
        f"{escape(str(file))}: {purchases} purchases; ninja ledger restore {escape(quote(str(file)))} brings them back",
        soft_wrap=True,
    )
    return 0


def bring_back(settings: Settings, file: Path, *, replace: bool) -> int:
    """Bring a backup back in the place of the database."""
    made = restore(settings.ledger_url, file, replace=replace)
    console = result_console()
    if made.before is not None:
        console.print(f"the ledger that was there is now {escape(str(made.before))}")
    console.print(f"{made.purchases} purchases are back; what was bought since: ninja ledger rebuild")
    return 0


def _ledger(settings: Settings) -> Ledger:
    ledger = find_ledger(settings, load_show(settings.show))
    if ledger is None:
        raise LedgerError("nothing was bought yet: there is no ledger", where=shown_address(settings.ledger_url))
    return ledger


def _consequence(verdict: Verdict, entry: Entry) -> str:
    return {
        Verdict.NOT_CHARGED: "it counts nothing, and the next run may buy it",
        Verdict.CHARGED: f"{usd(entry.spent_usd)} count as spent, and it is not bought again",
        Verdict.BUY_AGAIN: f"{usd(entry.spent_usd)} count as spent, and the next run buys it once more",
        Verdict.FOUND: f"the next run collects request {entry.request_id}",
    }[verdict]


def _flat(entry: Entry) -> dict[str, Any]:
    """An entry as one JSON object: its price beside what it cost."""
    document = entry.model_dump(mode="json")
    price = document.pop("estimate")
    return {**document, **price, "estimated_usd": price.pop("usd"), "flag": entry.flag}


def _list(entries: Sequence[Entry], of: str) -> None:
    console = result_console()
    if not entries:
        console.print(f"no paid request{of}")
        return
    table = money_table("", ["id", "cell", "asset", "mode", "state"], ["take", "USD"])
    for entry in entries:
        style = _STYLES.get(entry.state, "yellow")
        cell = f"{entry.cell.episode}|{entry.cell.segment}"
        names = [str(entry.id), escape(cell), entry.asset, entry.cell.mode.value, f"[{style}]{entry.state}[/]"]
        table.add_row(*names, str(entry.take), "not known" if entry.unpriced else usd(entry.spent_usd))
    console.print(table)
    for entry in entries:
        if entry.state is State.UNKNOWN or (entry.state is State.FAILED and entry.reason):
            console.print(f"{entry.id}  {escape(entry.reason or 'no answer came')}", style="dim")
        if entry.flag:
            console.print(f"{entry.id}  {escape(entry.flag)}", style="yellow")
    unsettled = next((entry for entry in entries if entry.state is State.UNKNOWN), None)
    if unsettled:
        whose = unsettled.cell
        console.print("to look it up:")
        console.print(f"ninja produce {whose.episode} --mode {whose.mode}")
        console.print("or, where the provider's own page does not show it:")
        console.print(f"ninja ledger settle {unsettled.id} not-charged")
