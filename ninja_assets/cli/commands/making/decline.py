"""`ninja decline`: a person's no to a price or a voice that waits, or to a price that they had said yes to."""

from collections.abc import Sequence

from pydantic import BaseModel

from ninja_assets.cli.commands.making.approve import Asked
from ninja_assets.cli.money_tables import result_console
from ninja_assets.cli.output import print_json
from ninja_assets.runs.approving import decline
from ninja_assets.runs.home import dagster_instance
from resources.core.names import Mode, span
from resources.core.settings import Settings
from resources.models.loading import load_show
from resources.models.prices.price_values import usd


class Declined(Asked):
    """What waits no more. `taken_back`: it was approved, and not bought yet."""

    taken_back: bool = False


class _Result(BaseModel):
    """What `--json` prints."""

    declined: list[Declined]


def run(
    settings: Settings,
    episode: str,
    *,
    mode: Mode | None,
    segments: Sequence[str],
    compared: str | None,
    as_json: bool,
) -> int:
    """Decline, and tell what was; returns the exit status."""
    show = load_show(settings.show)
    with dagster_instance() as instance:
        said = decline(settings, show, episode, instance, segments=segments, compared=compared, mode=mode)
    found = [Declined.of(each, taken_back=said.taken_back) for each in said.offers]
    heard = [each.cell.segment for each in said.voices]
    if heard:
        what = f"the voice of {span(heard)}"
        found.append(Declined(episode=episode, mode=said.mode, what=what, segments=heard, usd=None))
    if as_json:
        print_json(_Result(declined=found))
        return 0
    for each in found:
        result_console().print(_words(each), soft_wrap=True)
    return 0


def _words(declined: Declined) -> str:
    """What was declined, and what comes of it."""
    asks = "Nothing was bought, and what is made is kept; the next run asks anew."
    if declined.usd is None:
        again = f"ninja produce {declined.episode} --mode {declined.mode} --segments {','.join(declined.segments)}"
        return f"let go: {declined.what}. {asks} Another take: {again} --retake --retake-of voice"
    if declined.taken_back:
        return f"taken back: your yes to {declined.what}, for {usd(declined.usd)}. {asks}"
    return f"declined: {declined.what}, for {usd(declined.usd)}. {asks}"
