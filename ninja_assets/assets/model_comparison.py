"""`model_comparison`: a segment by several speaker models, as a table on the segment's own cell.

It is made by `ninja compare` alone: in the graph it is what Dagster calls external. An asset that could be materialized
would be bought by everyone who presses *Materialize all*; this one is looked at here and bought where the models are
named, the quote is shown and the cap is set.
"""

from collections.abc import Sequence
from pathlib import Path

import dagster as dg

from ninja_assets.assets.specs import GROUP
from resources.core.names import UPLOADED_URLS, CellKey
from resources.deliver.comparison_page import Comparison, Contender
from resources.purchasing.requests.quotes import usd

NAME = "model_comparison"
COLUMNS = ("length", "price", "queue", "render", "picture", "fps", "lips")
_ABOUT = (
    "The segment's line by several speaker models, side by side: length, price, time, picture, and how the mouth "
    "follows the voice. Made by `ninja compare EPISODE --segment s03 --models a,b`, never by a run."
)


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


def comparison_event(comparison: Comparison, key: CellKey, page: Path) -> dg.AssetMaterialization:
    """The event that shows a comparison on its cell. The table is Markdown, which the asset's page shows at once."""
    stand_ins = {"stand_ins": "puppets stand for the models"} if comparison.stand_ins else {}
    return dg.AssetMaterialization(
        NAME,
        partition=str(key),
        metadata={
            "models": dg.MetadataValue.md(_table(comparison)),
            "page": dg.MetadataValue.path(str(page)),
            "mode": comparison.mode,
            "speaker": comparison.speaker,
            "line": dg.MetadataValue.text(comparison.line),
            "seconds": comparison.seconds,
            "cost_usd": comparison.cost_usd,
            **stand_ins,
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
