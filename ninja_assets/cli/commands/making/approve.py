"""`ninja approve`: all that waits for a person; their yes to a price or to a voice, and what then goes on."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Self

from pydantic import BaseModel
from rich.console import Console
from rich.markup import escape

from ninja_assets.cli.approval import show_offer
from ninja_assets.cli.commands.making.compare import made
from ninja_assets.cli.commands.making.produce import queue_of, watched
from ninja_assets.cli.display import own_console
from ninja_assets.cli.money_tables import money_table, result_console
from ninja_assets.cli.output import print_json
from ninja_assets.reports.matches import Match, check_match
from ninja_assets.runs.approving import approve
from ninja_assets.runs.home import dagster_instance
from ninja_assets.runs.launches import anew_in, launch_again
from ninja_assets.runs.production import Order, check_order, go_on
from resources.core.names import Mode, span
from resources.core.settings import Settings
from resources.models.loading import load_show
from resources.models.prices.price_values import usd
from resources.purchasing.books import approved_of, waits_of
from resources.purchasing.state.approvals import Doubt
from resources.purchasing.state.consent import Offer


class Asked(BaseModel):
    """What a person says yes or no to: a price of `usd`, or a voice that is to be heard (None)."""

    episode: str
    mode: str
    what: str
    segments: list[str]
    usd: float | None

    @classmethod
    def of(cls, offer: Offer, **more: Any) -> Self:
        """A price, by its offer."""
        what = what_of(offer)
        return cls(episode=offer.episode, mode=offer.mode, what=what, segments=offer.segments, usd=offer.usd, **more)


class Waits(Asked):
    """Something that waits. `approve` is the command that says yes, and `decline` the one that says no."""

    why: str = ""
    approve: str
    decline: str


class Agreed(Asked):
    """A price that was approved, and that no run has bought by yet. `decline` is the command that takes that back."""

    usd: float
    decline: str


class Waiting(BaseModel):
    """What `--json` prints."""

    waiting: list[Waits]
    approved: list[Agreed] = []


def show(settings: Settings, *, as_json: bool) -> int:
    """Print all that waits in the show, and what was approved and not bought yet; returns the exit status."""
    show = load_show(settings.show)
    asks, doubts = waits_of(settings, show)
    prices = [Waits.of(ask.offer, approve=ask.offer.command, decline=ask.offer.decline) for ask in asks]
    found = [*prices, *map(_voice, doubts)]
    agreed = [Agreed.of(ask.offer, decline=ask.offer.decline) for ask in approved_of(settings, show)]
    if as_json:
        print_json(Waiting(waiting=found, approved=agreed))
        return 0
    console = result_console()
    _list(console, found)
    for each in agreed:
        console.print(
            f"approved, not bought yet: {escape(each.what)} of {each.episode} in {each.mode}, for {usd(each.usd)}; the "
            "next run that buys it for that price does not ask",
            soft_wrap=True,
        )
        console.print(f"to take that back: {each.decline}", style="dim", soft_wrap=True)
    return 0


def _list(console: Console, found: Sequence[Waits]) -> None:
    if not found:
        console.print("nothing waits for you")
        return
    table = money_table("", ["episode", "mode", "what"], ["price"])
    for each in found:
        table.add_row(each.episode, each.mode, escape(each.what), "" if each.usd is None else usd(each.usd))
    console.print(table)
    for each in found:
        console.print(each.approve, soft_wrap=True)
        console.print(f"to let it go: {each.decline}", style="dim", soft_wrap=True)


def run(
    settings: Settings,
    episode: str,
    *,
    mode: Mode | None,
    segments: Sequence[str],
    compared: str | None,
    mark: str | None = None,
    yes: bool,
    as_json: bool,
) -> int:
    """Approve, make what remains, and print as `ninja produce` does, or `ninja compare`; returns the exit status."""
    checked: list[Order | Match] = []

    def check(chosen: Mode, offers: Sequence[Offer]) -> None:
        """What a run would refuse is refused before the yes is written down."""
        here = settings.in_mode(chosen)
        checked.append(
            check_match(here, episode, compared, offers[-1].models) if compared else check_order(here, episode)
        )

    approved = approve(
        settings,
        load_show(settings.show),
        episode,
        segments=segments,
        compared=compared,
        mode=mode,
        mark=mark,
        check=check,
    )
    [order] = checked
    if isinstance(order, Match):
        return _compared(order, approved.offers[-1], as_json=as_json)
    console = own_console()
    for offer in approved.offers:
        show_offer(console, offer)
    if approved.voices:
        console.print(f"taken as they are: the voices of {span([each.cell.segment for each in approved.voices])}")
    instance = dagster_instance()
    launches = [launch_again(instance, root, episode, approved.mode) for root in approved.root_runs]
    anew, parts = anew_in(launches)
    order = replace(order, retake=anew, retake_of=parts)  # as its runs were launched
    queue = queue_of(console, order.settings, instance)
    make = partial(go_on, order, instance, launches, agreed=yes, queue=queue)
    return watched(console, order, make=make, yes=yes, as_json=as_json, roots=approved.root_runs)


def _compared(match: Match, offer: Offer, *, as_json: bool) -> int:
    """Make the comparison for no more than was approved."""
    own_console().print(f"approved: {what_of(offer)}, for {usd(offer.usd)}")
    return made(replace(match, cap_usd=offer.usd), yes=True, as_json=as_json)


def what_of(offer: Offer) -> str:
    """What an offer is for, in words."""
    if offer.compared:
        return f"a comparison by {offer.compared} of {len(offer.models)} models"
    return f"the clips of {span(offer.segments)}"


def _voice(doubt: Doubt) -> Waits:
    return Waits(
        episode=doubt.cell.episode,
        mode=doubt.mode,
        what=f"the voice of {doubt.cell.segment}, to be heard: {doubt.why}",
        segments=[doubt.cell.segment],
        usd=None,
        why=doubt.why,
        approve=doubt.command,
        decline=doubt.decline,
    )
