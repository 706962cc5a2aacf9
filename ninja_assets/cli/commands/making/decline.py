"""`ninja decline`: a person's no to a price that waits."""

from pydantic import BaseModel

from ninja_assets.cli.commands.making.approve import what_of
from ninja_assets.cli.money_tables import result_console
from ninja_assets.cli.output import print_json
from ninja_assets.runs.approving import decline
from ninja_assets.runs.home import dagster_instance
from resources.core.names import Mode
from resources.core.settings import Settings
from resources.models.loading import load_show
from resources.models.prices.price_values import usd


class Declined(BaseModel):
    """A price that waits no more."""

    episode: str
    mode: str
    what: str
    segments: list[str]
    usd: float


class _Result(BaseModel):
    """What `--json` prints."""

    declined: list[Declined]


def run(settings: Settings, episode: str, *, mode: Mode | None, compared: str | None, as_json: bool) -> int:
    """Decline, and tell what was; returns the exit status."""
    with dagster_instance() as instance:
        offers = decline(settings, load_show(settings.show), episode, instance, compared=compared, mode=mode)
    if as_json:
        declined = [
            Declined(episode=each.episode, mode=each.mode, what=what_of(each), segments=each.segments, usd=each.usd)
            for each in offers
        ]
        print_json(_Result(declined=declined))
        return 0
    for each in offers:
        result_console().print(
            f"declined: {what_of(each)}, for {usd(each.usd)}. Nothing was bought, and what is made is kept; the next "
            "run asks anew.",
            soft_wrap=True,
        )
    return 0
