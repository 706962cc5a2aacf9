"""`ninja produce`: an episode from a shell, with live progress, and its result for a person or as JSON."""

from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape

from ninja_assets.cli import INTERRUPTED
from ninja_assets.cli.display import live_progress, own_console
from ninja_assets.produce import Production, check_order, dagster_instance, produce
from resources.settings import Settings


def run(
    settings: Settings,
    episode: str,
    *,
    segments: Sequence[str],
    retake: bool,
    retake_of: Sequence[str],
    as_json: bool,
) -> int:
    """Produce and print; returns the exit status."""
    order = check_order(settings, episode, segments=segments, retake=retake, retake_of=retake_of)
    console = own_console()
    try:
        with live_progress(console, order.script, order.segments, settings.mode.value):
            production = produce(order, dagster_instance())
    except KeyboardInterrupt:
        console.print(f"\nInterrupted. What was made is kept; go on with: ninja produce {episode}")
        return INTERRUPTED
    _tell(console, production)
    if as_json:
        print(production.model_dump_json())  # noqa: T201  (the result, on stdout)
    elif production.final_video:
        print(production.final_video)  # noqa: T201
    return 0 if production.final_video else 1


def _tell(console: Console, production: Production) -> None:
    if production.error:
        console.print(f"\n[bold red]failed[/] {escape(production.error)}")
        return
    reused = sum(segment.reused for segment in production.segments)
    made = len(production.segments) - reused
    console.print(
        f"\n[bold green]done[/] {production.seconds:.1f} s, {made} made, {reused} reused, ${production.cost_usd:.2f}"
    )
