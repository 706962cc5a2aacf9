"""`ninja produce`: an episode from a shell, with live progress, and its result for a person or as JSON."""

import sys
from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape

from ninja_assets.cli import DECLINED, INTERRUPTED
from ninja_assets.cli.approval import agreed, must_ask
from ninja_assets.cli.commands.lint import show_findings
from ninja_assets.cli.commands.quote import show_quote
from ninja_assets.cli.display import Display, live_progress, own_console
from ninja_assets.cli.output import print_json, quiet
from ninja_assets.runs.produce import Approve, Order, Production, check_order, dagster_instance, produce
from resources.core.settings import Settings
from resources.purchasing.episode_quote import EpisodeQuote
from resources.purchasing.requests.quotes import usd


def run(
    settings: Settings,
    episode: str,
    *,
    segments: Sequence[str],
    retake: bool,
    retake_of: Sequence[str],
    yes: bool,
    as_json: bool,
) -> int:
    """Produce and print; returns the exit status."""
    order = check_order(settings, episode, segments=segments, retake=retake, retake_of=retake_of)
    console = own_console()
    show_findings(console, order.warnings)
    try:
        with live_progress(console, order.script, order.segments, settings.mode.value) as display:
            asks = must_ask(settings.mode, yes=yes, terminal=console.is_terminal and sys.stdin.isatty())
            approve = _asking(console, display, order) if asks else None
            production = produce(order, dagster_instance(), approve=approve)
    except KeyboardInterrupt:
        console.print(
            f"\nInterrupted. What was made is kept; go on with: ninja produce {episode} --mode {settings.mode}"
        )
        return INTERRUPTED
    _tell(console, production)
    if as_json:
        print_json(production)
    else:
        for video in production.videos.values():
            print(video)  # noqa: T201
    if production.declined:
        return DECLINED
    return 0 if production.final_video else 1


def _asking(console: Console, display: Display, order: Order) -> Approve:
    """A person at a terminal sees the exact quote and decides."""

    def approve(quote: EpisodeQuote) -> bool:
        with display.paused():
            show_quote(console, order.script, quote)
            return agreed(console, quote.total_usd)

    return approve


def _tell(console: Console, production: Production) -> None:
    for segment in production.segments:
        for flag in segment.flags:
            console.print(f"[yellow]differs[/] {segment.segment}: {escape(flag)}")
    if production.declined:
        again = f"ninja produce {production.episode} --mode"
        console.print(
            f"\n[bold]not approved[/]: no clip was bought, the voices are kept. To be asked again: {again} "
            f"{production.mode}; to see it for $0: {again} rehearsal"
        )
        return
    if production.error:
        console.print(f"\n[bold red]failed[/] {escape(production.error)}\n{_charged(production)}")
        return
    if quiet():
        return
    reused = sum(segment.reused for segment in production.segments)
    made = len(production.segments) - reused
    console.print(
        f"\n[bold green]done[/] {production.seconds:.1f} s, {made} made, {reused} reused, ${production.cost_usd:.2f}"
    )


def _charged(production: Production) -> str:
    """What the run was charged, all in all."""
    possibly = f", and possibly {usd(production.possibly_usd)} more" if production.possibly_usd else ""
    return f"charged in this run: {usd(production.cost_usd)}{possibly}"
