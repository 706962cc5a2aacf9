"""`ninja approve`: a person's yes to a price or to a voice, and the run that goes on with it."""

from collections.abc import Sequence
from functools import partial

from ninja_assets.cli.approval import show_offer
from ninja_assets.cli.commands.making.produce import queue_of, watched
from ninja_assets.cli.display import own_console
from ninja_assets.runs.approving import approve
from ninja_assets.runs.launches import launch_again
from ninja_assets.runs.production import check_order, dagster_instance, go_on
from resources.core.names import Mode, span
from resources.core.settings import Settings
from resources.models.loading import load_show


def run(
    settings: Settings, episode: str, *, mode: Mode | None, segments: Sequence[str], yes: bool, as_json: bool
) -> int:
    """Approve, launch what remains, and print as `ninja produce` does; returns the exit status."""
    show = load_show(settings.show)
    approved = approve(settings, show, episode, segments=segments, mode=mode)
    console = own_console()
    for offer in approved.offers:
        show_offer(console, offer)
    if approved.voices:
        console.print(f"taken as they are: the voices of {span([each.cell.segment for each in approved.voices])}")
    order = check_order(settings.in_mode(approved.mode), episode)
    instance = dagster_instance()
    launches = [launch_again(instance, root, episode, approved.mode) for root in approved.root_runs]
    queue = queue_of(console, order.settings, instance)
    make = partial(go_on, order, instance, launches, agreed=yes, queue=queue)
    return watched(console, order, make=make, yes=yes, as_json=as_json)
