"""`ninja produce`: an episode from a shell, with live progress, and its result for a person or as JSON."""

from collections.abc import Callable, Collection, Sequence
from functools import partial

import dagster as dg
from rich.console import Console
from rich.markup import escape

from ninja_assets.cli import DECLINED, INTERRUPTED, Stop
from ninja_assets.cli.approval import agreed_to, at_terminal
from ninja_assets.cli.commands.writing.lint import show_findings
from ninja_assets.cli.display import live_progress, own_console
from ninja_assets.cli.interrupts import kept_interrupts
from ninja_assets.cli.output import print_json, quiet
from ninja_assets.desk.run_queue import RunQueue, live_queue
from ninja_assets.runs.home import dagster_instance
from ninja_assets.runs.produced import Production
from ninja_assets.runs.production import TO_VOICE, Order, asks_for, begun_at, check_order, produce
from resources.core.errors import ContentError
from resources.core.names import EPISODE_ASSETS, span
from resources.core.settings import Settings
from resources.core.values import Part
from resources.models.prices.price_values import usd
from resources.purchasing.state.consent import Offer


def run(
    settings: Settings,
    episode: str,
    *,
    segments: Sequence[str],
    retake: bool,
    retake_of: Sequence[str],
    to: Stop | None = None,
    yes: bool,
    as_json: bool,
) -> int:
    """Produce and print; returns the exit status."""
    order = check_order(settings, episode, segments=segments, retake=retake, retake_of=retake_of)
    if to is Stop.VOICE:
        _check_voices(order)
    console = own_console()
    if not quiet():
        show_findings(console, order.warnings)
    assets = TO_VOICE if to is Stop.VOICE else EPISODE_ASSETS
    instance = dagster_instance()
    make = partial(produce, order, instance, assets=assets, agreed=yes, queue=queue_of(console, settings, instance))
    return watched(console, order, make=make, yes=yes, as_json=as_json, to=to)


def _check_voices(order: Order) -> None:
    """Raise ContentError where nobody speaks in what is asked for: there would be nothing to listen to."""
    asked = [each for each in order.script.segments if each.segment in order.segments]
    if not any(Part.VOICE in each.parts for each in asked):
        named = "" if order.whole else f" --segments {','.join(order.segments)}"
        raise ContentError(
            f"nobody speaks in {span(order.segments)} of {order.script.episode}",
            where="--to voice",
            hint=f"ninja produce {order.script.episode} --mode {order.settings.mode}{named}",
            code="argument-unknown",
        )


def queue_of(console: Console, settings: Settings, instance: dg.DagsterInstance) -> RunQueue | None:
    """The queue of a live `ninja ui` of this show, which is told; None: this process makes the run."""
    queue = live_queue(settings, instance)
    if queue is not None and not quiet():
        console.print(f"[dim]made by `ninja ui`: {escape(queue.url)}[/]")
    return queue


def watched(
    console: Console,
    order: Order,
    *,
    make: Callable[..., Production],
    yes: bool,
    as_json: bool,
    to: Stop | None = None,
    roots: Collection[str] = (),
) -> int:
    """Make something with live progress and tell what came of it; returns the exit status.

    `roots`: the root runs that it goes on with.
    """
    since = begun_at(order) if order.retake else 0.0
    try:
        with (
            kept_interrupts(),
            live_progress(console, order.script, order.segments, order.settings.mode.value) as display,
        ):

            def approve(offers: Sequence[Offer]) -> bool:
                with display.paused():
                    return agreed_to(console, offers)

            asked = approve if at_terminal(console) and not yes else None
            production = make(approve=asked)
    except KeyboardInterrupt:
        again = asks_for(order, since=since, roots=roots, to=to.value if to else "")
        console.print(f"\nInterrupted. What was made is kept; go on with: {again}", soft_wrap=True)
        return INTERRUPTED
    _tell(console, production, to, again=asks_for(order, since=since, roots=roots))
    if as_json:
        print_json(production)
    else:
        for video in production.videos.values():
            print(video)  # noqa: T201
    if production.waiting_usd is not None:
        return DECLINED
    lost = production.final_video is None and production.seconds is not None  # a cut that could not be laid out
    return 1 if lost or production.error is not None else 0


def _tell(console: Console, production: Production, to: Stop | None, *, again: str) -> None:
    for segment in production.segments:
        for flag in segment.flags:
            console.print(f"[yellow]differs[/] {segment.segment}: {escape(flag)}")
    named = f"{production.episode} --mode {production.mode}"
    if production.declined:
        console.print(
            "\n[bold]not approved[/]: no clip was bought, the voices are kept. To approve it after all: ninja approve "
            f"{named}; to let it go: ninja decline {named}; to be asked again: {again}; to see it for $0: "
            f"ninja produce {production.episode} --mode rehearsal"
        )
        if production.error:  # of another of its runs
            console.print(f"\n[bold red]failed[/]: {escape(production.error)}\n{_charged(production)}")
        return
    if production.error:
        head = "waiting" if production.waiting_usd is not None else "failed"
        console.print(f"\n[bold red]{head}[/]: {escape(production.error)}\n{_charged(production)}")
        if production.waiting_usd is not None:
            console.print(
                f"[bold]waiting for approval of {usd(production.waiting_usd)}[/]: ninja approve {named}; to let it go: "
                f"ninja decline {named}"
            )
        return
    if quiet():
        return
    reused = sum(segment.reused for segment in production.segments)
    made = len(production.segments) - reused
    if to is not None:
        console.print(
            f"\n[bold green]the voices are made[/], {usd(production.cost_usd)}: listen to voice.wav in each segment's "
            f"folder, then go on with: {again}"
        )
        return
    what = "no cut was asked for" if production.seconds is None else f"{production.seconds:.1f} s"
    console.print(f"\n[bold green]done[/] {what}, {made} made, {reused} reused, {usd(production.cost_usd)}")


def _charged(production: Production) -> str:
    """What the run was charged, all in all."""
    possibly = f", and possibly {usd(production.possibly_usd)} more" if production.possibly_usd else ""
    return f"charged in this run: {usd(production.cost_usd)}{possibly}"
