"""`model_comparison`: a segment by several speaker models, as a table on the segment's own cell.

It is made by a job of its own, `compare_models`: in the graph the asset is what Dagster calls external. An asset that
could be materialized would be bought by everyone who presses *Materialize all*; this one is bought where the models are
named and the price is seen: `ninja compare`, or the segment's page on the desk; or with a cap in the job's launchpad.
"""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import dagster as dg
from pydantic import Field

from ninja_assets.cells.asset import GROUP
from ninja_assets.cells.consent.doors import Door, check_door, door_of
from ninja_assets.cells.cut_off import once_more
from ninja_assets.cells.links import models_page
from ninja_assets.cells.record.records import Records
from ninja_assets.cells.running.event_log import lines_apart, surely
from ninja_assets.cells.running.launch import begun_tags, root_run, waiting_tags
from ninja_assets.reports.match_offers import offer_of
from ninja_assets.reports.matches import Match, check_caps, check_match, check_voice, compared
from resources.core.errors import NinjaError, WaitingError
from resources.core.names import UPLOADED_URLS, CellKey, Mode, check_episode
from resources.deliver.comparison_page import Comparison, Contender
from resources.models.prices.price_values import usd
from resources.purchasing.state.approvals import Approvals
from resources.purchasing.state.archived import Archive
from resources.purchasing.state.consent import WAITING, asks
from resources.studio import Studio, StudioResource

NAME = "model_comparison"
JOB = "compare_models"
OP = "compare"
FIGURES = "figures"  # the whole comparison as JSON, in the event's metadata
COLUMNS = ("length", "price", "queue", "render", "picture", "fps", "lips")
_ABOUT = (
    "The segment's line by several speaker models, side by side: length, price, time, picture, and how the mouth "
    "follows the voice. Made by the job `compare_models`, or `ninja compare EPISODE --segment s03 --models a,b`."
)


class CompareConfig(dg.Config):
    """What is compared. In the launchpad: `ops: {compare: {config: {episode: demo, segment: s03, models: [a, b]}}}`."""

    episode: str = Field(description="the episode's name")
    segment: str = Field(description="a segment whose voice and pictures are made, such as s03")
    models: list[str] = Field(description="two or more speaker models, or parts of their names")
    cap_usd: float | None = Field(default=None, description="the most that it may spend, beside the caps of the show")


def model_comparison(owners: Sequence[str], *, partitions_def: dg.PartitionsDefinition[str]) -> dg.AssetSpec:
    """The asset's spec."""
    return dg.AssetSpec(
        NAME,
        deps=[UPLOADED_URLS],
        group_name=GROUP,
        kinds={"falai", "video"},
        owners=list(owners),
        description=_ABOUT,
        partitions_def=partitions_def,
    )


@dg.op(name=OP, description="Makes one clip by each model, measures them and tells it as `model_comparison`.")
def _compare(context: dg.OpExecutionContext, config: CompareConfig, studio: StudioResource) -> None:
    try:
        opened = studio.open()
        cell = CellKey(check_episode(config.episode), config.segment)
        context.instance.add_run_tags(context.run_id, begun_tags(context.run.tags, [cell], opened.mode.value))
        cap = "" if config.cap_usd is None else f" --cap {config.cap_usd:g}"
        named = f"{config.episode} --segment {config.segment} --models {','.join(config.models)}"
        command = f"ninja compare {named} --mode {opened.mode}{cap}"
        check_door(opened.show, opened.settings, context.run.tags, command=command)
        Archive(opened.state).refuse(config.episode)
        match = check_match(opened.settings, config.episode, config.segment, config.models, cap_usd=config.cap_usd)
        asked = door_of(context.run.tags) is Door.SHELL
        with lines_apart():
            once_more(partial(_settle_price, match, opened, root_run(context.run), asked=asked))
            comparison, page = compared(match, opened)
    except NinjaError as error:
        if isinstance(error, WaitingError):
            surely(partial(context.instance.add_run_tags, context.run_id, waiting_tags(error.what)))
        raise dg.Failure(description=str(error), allow_retries=error.retryable) from None
    event = comparison_event(comparison, match.key, None if match.settings.shared else page)
    surely(partial(context.log_event, event))  # what it tells of is paid for


def _settle_price(match: Match, studio: Studio, root_run: str, *, asked: bool) -> None:
    """Use a person's yes to the price, and ask for it no more.

    Raises ContentError without the voice, CapError over a cap, WaitingError where the show asks a person, nobody has
    said yes, and no shell has `asked`.
    """
    check_voice(match.script, match.segment, Records(studio.state, match.settings.output, studio.mode))
    quote, approvals = check_caps(match), Approvals.of(studio.state)
    if quote is None:
        return
    offer = offer_of(match, quote)
    waits = not asked and asks(match.show.approval, offer.mode, offer.usd, terminal=False)
    try:
        with studio.state.store.writing(alone=True) as session:
            approvals.withdraw(session, offer.episode, offer.mode, [match.segment], compared=True)
            if not approvals.use(session, offer, root_run) and waits:
                raise WaitingError(
                    f"{WAITING} of {usd(offer.usd)}",
                    why=f"for a clip by each of {len(match.models)} models; nothing was sent; on the desk it "
                    f"is at {models_page(match.key, offer.mode)}",
                    hint=offer.command,
                )
    except WaitingError:
        approvals.ask(offer, root_run)
        raise


@dg.job(
    name=JOB, description="Makes `model_comparison` of one segment. In draft and final it buys a clip by each model."
)
def compare_models() -> None:
    """The job."""
    _compare()


def comparison_event(comparison: Comparison, key: CellKey, page: Path | None) -> dg.AssetMaterialization:
    """The event that shows a comparison on its cell. The table is Markdown, which the asset's page shows at once.

    `page` is None where it lies on one of several machines' disks.
    """
    stand_ins = {"stand_ins": "puppets stand for the models"} if comparison.stand_ins else {}
    return dg.AssetMaterialization(
        NAME,
        partition=str(key),
        metadata={
            "desk": dg.MetadataValue.url(models_page(key, Mode(comparison.mode))),
            "models": dg.MetadataValue.md(_table(comparison)),
            **({"page": dg.MetadataValue.path(str(page))} if page else {}),
            "mode": comparison.mode,
            "speaker": comparison.speaker,
            "line": dg.MetadataValue.text(comparison.line),
            "seconds": comparison.seconds,
            "cost_usd": comparison.cost_usd,
            **stand_ins,
            FIGURES: dg.MetadataValue.json(comparison.model_dump(mode="json")),
        },
    )


def row(each: Contender) -> tuple[str, ...]:
    """A model's figures as a person reads them: length, price, queue, render, picture, rate, lips."""
    if each.seconds is None:
        return ("failed", *[""] * 6)
    lag = each.lips_lag_frames or 0
    return (
        f"{each.seconds:.2f} s",
        "no price" if each.price_usd is None else usd(each.price_usd),
        _spanned(each.queue_seconds),
        _spanned(each.render_seconds),
        f"{each.width}x{each.height}",
        f"{each.fps:g}",
        f"r {each.lips_follow:.2f}" + (f", {lag:+d} fr" if lag else ""),
    )


def headings(comparison: Comparison) -> list[str]:
    """The names of the columns: a rehearsal knows what a model would cost."""
    return ["would cost" if name == "price" and comparison.stand_ins else name for name in COLUMNS]


def _table(comparison: Comparison) -> str:
    head = ("model", *headings(comparison))
    lines = [head, ("---", *["---:"] * len(COLUMNS)), *((each.name, *row(each)) for each in comparison.models)]
    lines = [tuple(cell.replace(" ", "\u00a0") for cell in line) for line in lines]  # a figure stays with its unit
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _spanned(seconds: float | None) -> str:
    return "" if seconds is None else f"{seconds:.1f} s"
