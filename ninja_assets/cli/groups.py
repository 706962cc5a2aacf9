"""The commands that have commands of their own, `ninja ledger …` and `ninja prices …`, and their options."""

from pathlib import Path
from typing import Annotated

import typer

from ninja_assets.cli.options import MOST, JsonOption, settings_of
from resources.failures.kinds import Provider
from resources.purchasing.ledger import State, Verdict

ledger_app = typer.Typer(help="List the paid requests; settle one; back the ledger up, bring it back, make it anew.")
prices_app = typer.Typer(help="Show the price list; bring it up to date.")


@ledger_app.callback(invoke_without_command=True)
def ledger(
    context: typer.Context,
    episode: Annotated[str | None, typer.Option("--episode", help="only this episode's")] = None,
    state: Annotated[State | None, typer.Option("--state", help="only those in this state")] = None,
    as_json: JsonOption = False,
) -> None:
    """List the paid requests, oldest first."""
    from ninja_assets.cli.commands.money.ledger import show  # noqa: PLC0415

    if context.invoked_subcommand is None:
        raise typer.Exit(show(settings_of(None), episode=episode, state=state, as_json=as_json))


@ledger_app.command()
def settle(
    entry: Annotated[int, typer.Argument(metavar="ID", min=1, max=MOST, help="the entry's number in `ninja ledger`")],
    verdict: Annotated[Verdict, typer.Argument(help="what the provider's own page shows")],
    request_id: Annotated[str | None, typer.Option("--request-id", help="for `found`: the provider's id")] = None,
) -> None:
    """Tell what became of a request whose answer never came."""
    from ninja_assets.cli.commands.money.ledger import settle as run  # noqa: PLC0415

    raise typer.Exit(run(settings_of(None), entry, verdict, request_id))


@ledger_app.command()
def unlock(provider: Annotated[Provider, typer.Argument(help="the one that locked the account")]) -> None:
    """Let requests to a provider that locked the account go out again."""
    from ninja_assets.cli.commands.money.ledger import unlock as run  # noqa: PLC0415

    raise typer.Exit(run(settings_of(None), provider))


@ledger_app.command()
def rebuild() -> None:
    """Make the ledger know all that the library has receipts of: after it was deleted, damaged or brought back."""
    from ninja_assets.cli.commands.money.ledger import rebuild as run  # noqa: PLC0415

    raise typer.Exit(run(settings_of(None)))


@ledger_app.command()
def claim(
    show: Annotated[str | None, typer.Argument(help="the id that this show had before; without it: none")] = None,
    none: Annotated[bool, typer.Option("--none", help="what other shows have there stays theirs")] = False,
) -> None:
    """Make this show's what it made and bought under another id, or say that it is another show's."""
    from ninja_assets.cli.commands.money.ledger import claim as run  # noqa: PLC0415

    raise typer.Exit(run(settings_of(None), show, none=none))


@ledger_app.command()
def backup(file: Annotated[Path, typer.Argument(help="where to write it: a SQLite file")]) -> None:
    """Write the whole database (purchases, takes, records) to a file, also while a run is under way."""
    from ninja_assets.cli.commands.money.ledger import backup as run  # noqa: PLC0415

    raise typer.Exit(run(settings_of(None), file))


@ledger_app.command()
def restore(
    file: Annotated[Path, typer.Argument(help="what `ninja ledger backup` wrote")],
    replace: Annotated[bool, typer.Option("--replace", help="also of other shows in the database")] = False,
) -> None:
    """Bring a backup back, all shows of it; the ledger that is there is kept, of PostgreSQL as a file beside FILE."""
    from ninja_assets.cli.commands.money.ledger import bring_back as run  # noqa: PLC0415

    raise typer.Exit(run(settings_of(None), file, replace=replace))


@prices_app.callback(invoke_without_command=True)
def prices(context: typer.Context) -> None:
    """Show the price list with its dates."""
    from ninja_assets.cli.commands.money.prices import show  # noqa: PLC0415

    if context.invoked_subcommand is None:
        raise typer.Exit(show(settings_of(None)))


@prices_app.command()
def refresh() -> None:
    """Ask fal.ai for today's prices of every model (needs FAL_KEY) and keep them."""
    from ninja_assets.cli.commands.money.prices import refresh as run  # noqa: PLC0415

    raise typer.Exit(run(settings_of(None)))


@prices_app.command()
def accept(
    endpoints: Annotated[list[str], typer.Argument(help="endpoints whose new price is taken, whatever it is")],
) -> None:
    """Take the price that fal.ai asks today for some endpoints (needs FAL_KEY): a run that refused it goes on."""
    from ninja_assets.cli.commands.money.prices import accept as run  # noqa: PLC0415

    raise typer.Exit(run(settings_of(None), endpoints))
