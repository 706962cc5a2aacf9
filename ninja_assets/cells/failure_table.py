"""How a failed run is told: a table of which segments failed, why, whether another try helps, and the next command."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

import dagster as dg

from ninja_assets.cells.links import desk_links
from resources.core.errors import CapError, Charge, MediaLostError, NinjaError, WaitingError
from resources.core.names import FINAL_VIDEO, CellKey, Mode, span
from resources.core.values import sum_usd
from resources.models.prices.price_values import usd
from resources.purchasing.accounts.charges import Charges

TABLE = "failed"  # the metadata that is the table
FAILED_CELLS = "failed_cells"  # the metadata that lists them for programs
RETRYABLE = "retryable"  # of a cell in it: whether another try can help
CAPPED = "capped"  # of a cell in it: whether a cap refused it
_BROUGHT_BACK = "what was made here is made again, what was paid for is fetched from its provider again for $0"
_CHARGE_WORDS = {Charge.NONE: "no", Charge.POSSIBLE: "possibly", Charge.CHARGED: "yes"}  # where no ledger tells it


@dataclass(frozen=True)
class Failed:
    """One cell of one asset that could not be made.

    `again_usd`: what another try would cost; None: not known, or told by the error itself. `charges`: what this run was
    charged for it, by the ledger's rows of the cell.
    """

    asset: str
    cell: CellKey
    error: Exception
    again_usd: float | None = None
    charges: Charges = field(default_factory=lambda: Charges(known=False))

    @property
    def retryable(self) -> bool:
        """Whether launching again can help without a change."""
        return isinstance(self.error, NinjaError) and self.error.retryable

    @property
    def charge(self) -> Charge:
        """Whether the failure itself may have cost money. An unforeseen error may have come at any moment."""
        return self.error.charge if isinstance(self.error, NinjaError) else Charge.POSSIBLE

    @property
    def reason(self) -> str:
        """What happened, in one line."""
        if not isinstance(self.error, NinjaError):
            return f"{type(self.error).__name__}: {self.error}"
        where = f"{self.error.where}: " if self.error.where else ""
        why = f" ({self.error.why})" if self.error.why else ""
        return f"{where}{self.error.what}{why}".replace("\n", " ")

    @property
    def hint(self) -> str:
        """What to do next, in one line."""
        if isinstance(self.error, NinjaError) and self.error.hint:
            return self.error.hint.replace("\n", " ")
        return "see the run's log, then launch failed and missing again"


@dataclass(frozen=True)
class InVain:
    """A cell of an asset that was not begun, because others failed: an asset's name and a cell each."""

    asset: str
    cell: CellKey
    because: frozenset[tuple[str, CellKey]]


def failure_of(
    failed: Sequence[Failed],
    *,
    mode: Mode,
    done: int,
    again: Callable[[str, Collection[str]], str],
    in_vain: Sequence[InVain] = (),
    several: bool = False,
) -> dg.Failure:
    """The failure of a step, with its table and the command that launches an episode `again`, without some retakes.

    `several`: the step was to make several episodes, so that each segment is told with its own.

    Equal causes of many cells (a broken script) are told once. What brings a lost file back is that command, too: the
    library does not know whose the file is.
    """
    # What waits for a person, and what a cap refused, says itself what comes next: a retake may be left of it.
    broken = {item.cell.episode for item in failed if not isinstance(item.error, (WaitingError, CapError))}
    says = [item.cell for item in failed if isinstance(item.error, (WaitingError, CapError))]
    commands = {
        episode: again(episode, {cell.segment for cell in says if cell.episode == episode})
        for episode in dict.fromkeys(item.cell.episode for item in failed)
        if episode in broken
    }
    for item in failed:
        if isinstance(item.error, MediaLostError):
            item.error.hint = f"`{commands[item.cell.episode]}`: {_BROUGHT_BACK}"
    groups: dict[tuple[str, str, str], list[Failed]] = {}
    for item in failed:
        groups.setdefault((item.cell.episode, item.asset, str(item.error)), []).append(item)
    waiting = sum(isinstance(item.error, WaitingError) for item in failed)
    counts = {"waiting for you": waiting, "failed": len(failed) - waiting}
    lines = [f"{', '.join(f'{count} {word}' for word, count in counts.items() if count)}, {done} done and kept."]
    rows = [
        "| segment | asset | what happened | charged | another try | it costs | next |",
        "|---|---|---|---|---|---|---|",
    ]
    for (episode, asset, _), items in groups.items():
        first = items[0]
        segments = (f"{episode} " if several else "") + span([item.cell.segment for item in items])
        helps = "can help" if first.retryable else "not without a change"
        costs, charged = _costs(items), _charged(items, mode)
        lines += [
            f"{segments} {asset}: {first.reason}",
            f"    charged: {charged}; another try: {helps}, it costs {costs}",
            f"    next: {first.hint}",
        ]
        cells = [segments, asset, first.reason, charged, helps, costs, first.hint]
        rows.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    for episode in dict.fromkeys(each.cell.episode for each in in_vain):
        lines += _in_vain([each for each in in_vain if each.cell.episode == episode], f" of {episode}" * several)
    lines += [f"again: {command}" for command in commands.values()]
    return dg.Failure(
        description="\n".join(lines),
        metadata={
            **desk_links((item.cell.episode for item in failed), mode),
            TABLE: dg.MetadataValue.md("\n".join(rows)),
            "failed_segments": len(failed),
            "charged_usd": sum_usd(item.charges.charged_usd for item in failed),
            "possibly_charged_usd": sum_usd(item.charges.possibly_usd for item in failed),
            FAILED_CELLS: dg.MetadataValue.json([_cell(item) for item in failed]),
        },
        allow_retries=any(item.retryable for item in failed),
    )


def _cell(item: Failed) -> dict[str, Any]:
    """A failed cell as `ninja produce --json` tells it."""
    return {
        "episode": item.cell.episode,
        "segment": item.cell.segment,
        "asset": item.asset,
        "error": item.reason,
        "next": item.hint,
        RETRYABLE: item.retryable,
        CAPPED: isinstance(item.error, CapError),
        **item.charges.model_dump(mode="json"),
    }


def _charged(items: Sequence[Failed], mode: Mode) -> str:
    """What they were charged, by the ledger's own rows of them, and for which requests."""
    charges = [item.charges for item in items]
    known, possible = (sum(getattr(one, name) for one in charges) for name in ("charged_usd", "possibly_usd"))
    before = sum(one.before_usd for one in charges)
    amounts = [usd(known) if known else "", f"possibly {usd(possible)}" if possible else ""]
    nothing = "no" if not mode.paid or all(one.known for one in charges) else _CHARGE_WORDS[items[0].charge]
    words = " and ".join(filter(None, amounts)) or nothing
    requests = [request for one in charges for request in one.requests]
    earlier = f"; before this run: {usd(before)}" if before else ""
    return words + earlier + (f" (request {', '.join(requests)})" if requests else "")


def _in_vain(waited: Sequence[InVain], whose: str) -> list[str]:
    """What of an episode was not begun, alike segments together: the launch that mends what it waited for makes it."""
    by_segment: dict[str, list[str]] = {}
    for each in waited:
        if each.asset != FINAL_VIDEO:
            by_segment.setdefault(each.cell.segment, []).append(each.asset)
    alike: dict[str, list[str]] = {}
    for segment, assets in by_segment.items():
        alike.setdefault(", ".join(dict.fromkeys(assets)), []).append(segment)
    lines = [f"not begun: {assets} of {span(segments)}{whose}" for assets, segments in alike.items()]
    return lines + [f"not begun: the cut{whose}"] * any(each.asset == FINAL_VIDEO for each in waited)


def _costs(items: Sequence[Failed]) -> str:
    """What trying all of them again would cost."""
    known = [item.again_usd for item in items if item.again_usd is not None]
    if len(known) == len(items):
        return usd(sum(known))
    refused = all(isinstance(item.error, (WaitingError, CapError)) for item in items)
    return "the sum above" if refused else "an unknown sum"
