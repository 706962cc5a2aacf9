"""`ninja compare`: one segment by several speaker models, with the quote before and the figures after."""

from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape

from ninja_assets.cli import DECLINED, INTERRUPTED
from ninja_assets.cli.approval import agreed, at_terminal
from ninja_assets.cli.commands.writing.lint import show_findings
from ninja_assets.cli.display import Display, live_progress, own_console
from ninja_assets.cli.interrupts import kept_interrupts
from ninja_assets.cli.money_tables import money_table, result_console
from ninja_assets.cli.output import print_json, quiet
from ninja_assets.reports.match_offers import offer_of
from ninja_assets.reports.matches import Match, MatchQuote, check_match, page_of
from ninja_assets.reports.model_comparison import headings, row
from ninja_assets.runs.approving import wait
from ninja_assets.runs.comparison import Approve, compare
from ninja_assets.runs.home import dagster_instance
from resources.core.settings import Settings
from resources.deliver.comparison_page import Comparison
from resources.models import catalogue
from resources.models.prices.price_values import usd
from resources.purchasing.books import approved_of, waits_of
from resources.purchasing.state.approvals import Ask
from resources.purchasing.state.consent import asks


def run(
    settings: Settings,
    episode: str,
    *,
    segment: str,
    models: Sequence[str],
    cap_usd: float | None,
    yes: bool,
    as_json: bool,
) -> int:
    """Compare and print; returns the exit status: 1 when a model made no clip."""
    match = check_match(settings, episode, segment, models, cap_usd=cap_usd)
    return made(match, yes=yes, as_json=as_json)


def made(match: Match, *, yes: bool, as_json: bool) -> int:
    """Make a comparison and print it; `yes`: nobody is asked for its price. Returns the exit status."""
    settings, console = match.settings, own_console()
    if not quiet():
        show_findings(console, match.warnings)
    try:
        with (
            kept_interrupts(),
            live_progress(console, match.script, [match.segment], settings.mode.value) as display,
        ):
            approve = None if yes else _asking(console, display, match)
            comparison = compare(match, dagster_instance(), approve=approve)
    except KeyboardInterrupt:
        console.print(f"\nInterrupted. What was bought is kept; go on with: {_again(match)}", soft_wrap=True)
        return INTERRUPTED
    if comparison is None:
        console.print("not approved: no clip was bought, the voice is kept")
        if as_json:
            waits = [ask.offer.usd for ask in _waiting(match)]
            nothing = {
                "episode": match.key.episode,
                "segment": match.segment,
                "models": [],
                "cost_usd": 0.0,
                "page": None,
            }
            print_json({**nothing, "waiting_usd": waits[0] if waits else None})
        return DECLINED
    page = page_of(settings, match.key)
    if as_json:
        print_json({**comparison.model_dump(mode="json"), "page": str(page)})
    else:
        _show(result_console(), comparison)
        print(page)  # noqa: T201
    return int(any(each.error for each in comparison.models))


def _again(match: Match) -> str:
    """What asks for it once more in a shell; a price is approved once, and that may be used by now."""
    models, most = ",".join(match.models), "" if match.cap_usd is None else f" --cap {match.cap_usd}"
    return (
        f"ninja compare {match.key.episode} --segment {match.segment} --models {models} --mode {match.settings.mode}"
        f"{most}"
    )


def _waiting(match: Match) -> list[Ask]:
    """The price of this comparison, where it waits for somebody who could not be asked here."""
    prices, _ = waits_of(match.settings, match.show, match.key.episode, match.settings.mode)
    return [ask for ask in prices if ask.offer.compared == match.segment]


def show_match(console: Console, match: Match, quote: MatchQuote) -> None:
    """The quote: what each model's clip would cost now."""
    title = escape(f"{match.script.title} · {match.key.episode} · {match.segment}")
    table = money_table(title, ["model"], ["seconds", "price"])
    notes = []
    for model, quotes in quote.speakers.items():
        name = catalogue.get(model).name
        bought = all(each.reused for each in quotes)
        table.add_row(name, f"{quote.seconds:.1f}", f"[cyan]{usd(0)}[/]" if bought else usd(quote.model_usd(model)))
        notes += [f"{name}: {each.note}" for each in quotes if each.note]
        notes += [f"{name}: bought before"] if bought else []
    table.add_section()
    table.add_row("all", "", usd(quote.total_usd), style="bold")
    console.print(table)
    for note in notes:
        console.print(escape(note), style="dim")


def _asking(console: Console, display: Display, match: Match) -> Approve:
    """A person sees the exact quote and decides, where the show asks one; without a terminal nobody is there to."""
    terminal = at_terminal(console)

    def approve(quote: MatchQuote) -> bool:
        if not asks(match.show.approval, match.settings.mode, quote.total_usd, terminal=terminal):
            return True
        offer = offer_of(match, quote)
        if any(ask.offer.covers(offer) for ask in approved_of(match.settings, match.show)):
            return True  # the run uses that yes
        if not terminal:
            wait(match.settings, match.show, offer)
            console.print(f"waiting for approval of {usd(offer.usd)}: {offer.command}")
            return False
        with display.paused():
            show_match(console, match, quote)
            return agreed(console, quote.total_usd)

    return approve


def _show(console: Console, comparison: Comparison) -> None:
    title = f"{comparison.episode} {comparison.segment} · {comparison.speaker} · voice {comparison.seconds:.2f} s"
    table = money_table(escape(title), ["model"], headings(comparison))
    for each in comparison.models:
        table.add_row(f"[cyan]{each.name} ↺[/]" if each.reused and not comparison.stand_ins else each.name, *row(each))
    console.print(table)
    for each in comparison.models:
        if message := each.error or each.note:
            console.print(f"{each.name}: {escape(message)}", style="red" if each.error else "dim")
    if comparison.stand_ins:
        console.print("a rehearsal: the same puppet stands for every model, for $0", style="yellow")
    else:
        console.print(f"{usd(comparison.cost_usd)} now; ↺ bought before")
