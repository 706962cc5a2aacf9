"""What has come of a cell, and all that is told of it: its metadata, its cost, where it failed and what mends that.

Nothing is made here, and nothing told to Dagster: `engine` yields these, and `step` tells them there.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from ninja_assets.cells.check_results import summary
from ninja_assets.cells.cost_metadata import money_metadata
from ninja_assets.cells.failure_table import Failed, InVain
from ninja_assets.cells.record.records import Records
from ninja_assets.cells.running.plan import Needless
from ninja_assets.cells.work import Delivered, Metadata, SegmentWork
from resources.content.loader import show_marks
from resources.content.segments import Script
from resources.core.errors import NinjaError, StudioError
from resources.core.names import SHOW_FILE, CellKey, in_order
from resources.core.text.diagnostics import shown_path
from resources.core.values import Part
from resources.purchasing.accounts.charges import Charges, charges_of
from resources.purchasing.requests.takes import asks_again
from resources.quality.checks.report import Finding
from resources.studio import Studio


@dataclass(frozen=True)
class Done:
    """One cell that is done, and what to show of it."""

    asset: str
    cell: CellKey
    metadata: Metadata
    needless: bool = False  # nothing is made for it


@dataclass(frozen=True)
class Judged:
    """What the checks of an asset found, over the episodes of the run: name -> findings."""

    asset: str
    findings: Mapping[str, Sequence[Finding]]


Outcome = Done | Judged | Failed | InVain


def spare(needless: Needless, script: Script, studio: Studio) -> Done:
    """What is told of a cell that nothing is made for. It may be the newest of its asset: it says whose it is."""
    why: Metadata = {"in_script": False}
    if needless.why is not None:
        why = {"in_script": True, "not_needed": needless.why, "cost_usd": 0.0}
    return Done(
        needless.asset, needless.cell, {"episode_title": script.title, "mode": studio.mode.value, **why}, needless=True
    )


def done(work: SegmentWork, delivered: Delivered, findings: Sequence[Finding] | None, *, reused: bool) -> Done:
    """A cell that is made, or was; `findings`: of its check, None where it has none."""
    return Done(work.asset, work.key, _metadata(work, delivered, findings, reused=reused))


def failed(work: SegmentWork, error: Exception) -> Failed:
    """A cell that failed: where that stands, what it cost, and what another try would. Completes the error itself."""
    if isinstance(error, StudioError) and error.setting is not None:
        error.where = _in_show(error.setting, work.studio)
    elif isinstance(error, NinjaError) and error.where is None:
        error.where = f"{shown_path(work.script_file)}:{work.content.line}"
    return Failed(work.asset, work.key, error, _again_usd(work), _charges(work))


def asks_for(
    studio: Studio, cells: Sequence[CellKey], episode: str, besides: Collection[str] = (), *, run: str = ""
) -> str:
    """What asks in a shell for what a run holds of an episode once more, and for what of its retakes is not counted.

    Not for those of the segments `besides`. `run`: the root run by which they are counted.
    """
    own = in_order(cell.segment for cell in cells if cell.episode == episode)
    retaken, parts = studio.retake.intersection(own).difference(besides), [*map(Part, studio.retake_of)]
    try:
        script = Records(studio.state, studio.settings.output, studio.mode).script(episode)
        anew = studio.context(script, run).takes.not_counted(script, retaken, parts)
    except NinjaError:  # of a script that cannot be read nothing is made, and nothing counted
        anew = {(segment, part) for segment in retaken for part in parts}
        return asks_again(episode, studio.mode, segments=own if anew else (), anew=anew)
    used = in_order(each.segment for each in script.segments)
    named = [segment for segment in used if segment in own]
    return asks_again(episode, studio.mode, segments=() if named == used and not anew else named, anew=anew)


def was_there(work: SegmentWork, result: Delivered) -> bool:
    """Whether a cell is reused: by its receipts, and without any when it delivers what its record already says."""
    if result.receipts:
        return all(receipt.reused for receipt in result.receipts)
    before = work.records.find(work.asset, work.key, type(result.value))
    return before is not None and before.value == result.value


def _again_usd(work: SegmentWork) -> float | None:
    """What another try would cost, by today's prices; None where the failure hides it too."""
    try:
        return work.price_usd()
    except NinjaError:
        return None


def _charges(work: SegmentWork) -> Charges:
    """What this run was charged for a cell that failed, and what it may be, by the ledger's rows of the cell."""
    studio = work.studio
    if studio.market is None:
        return Charges()
    try:
        return charges_of(studio.market.ledger, work.cell, work.asset, studio.opened_at)
    except NinjaError:
        return Charges(known=False)


def _in_show(place: tuple[str, ...], studio: Studio) -> str:
    """Where a setting stands in show.yaml."""
    folder = studio.settings.show
    return f"{shown_path(folder / SHOW_FILE)}:{show_marks(folder).line(place)}, {'.'.join(place)}"


def _metadata(work: SegmentWork, result: Delivered, findings: Sequence[Finding] | None, *, reused: bool) -> Metadata:
    content = work.content
    who = {"in_script": True, "mode": work.studio.mode.value, **content.who(), "line": content.text}
    checks = {} if findings is None else {"checks": summary(findings, content.segment)}
    # Pages keep this order.
    return {**result.metadata, **checks, **who, **money_metadata(result.receipts), "reused": reused}
