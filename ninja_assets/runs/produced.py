"""What came of the runs of a production, as typed values: read from what their cells told Dagster.

How runs are made, and who is asked for their prices, is `production`.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import dagster as dg
from pydantic import BaseModel

from ninja_assets.cells.failed_steps import failed_steps
from ninja_assets.partitions import parse_key
from resources.content.segments import Script, Segment
from resources.core import names
from resources.core.names import FINAL_FILE, episode_folder
from resources.core.settings import Settings
from resources.core.values import sum_usd
from resources.purchasing.accounts.charges import Charges
from resources.purchasing.ledger import Entry

_MAKERS: Final = (names.TTS_AUDIO, names.SPEAKER_CLIPS, names.LISTENER_CLIPS, names.SHOTS, names.COMPOSITES)
_SPENT: Final = ("cost_usd", "charged_usd")  # of one run each, and of a production the sum; all else is as told last


class ProducedSegment(BaseModel):
    """One segment of a production. Dollars and `reused` are of this run; seconds are of the segment.

    `speaker` is the label that it stands under: a character's, or a shot's kind. `cost_usd` includes `failed_usd`, what
    was charged for what failed; `possibly_usd` may be charged on top. `flags` are bills that differ from the estimate,
    `requests` the provider's ids of what failed and brought nothing yet, `next` what mends it.
    """

    segment: str
    speaker: str
    words: int
    take: int = 1
    seconds: float | None = None
    starts_at: float | None = None
    ends_at: float | None = None
    cost_usd: float = 0.0
    failed_usd: float = 0.0
    possibly_usd: float = 0.0
    flags: list[str] = []
    reused: bool = False
    requests: list[str] = []
    error: str | None = None
    next: str | None = None


class Production(BaseModel):
    """What came of `ninja produce`. `final_video` is None where the run made none: it failed before, waits for an
    approval, or was asked for less. `seconds` are the cut's; None where none was made.

    `waiting_usd` is the price that waits; `declined`: somebody at a terminal was asked for it, and said no.

    `cost_usd` is all that this run was charged, also for what failed; `possibly_usd` may be charged on top of it. Where
    it waited for a price and went on, it is all of both; where a run ended before its cells told it, the ledger's rows.
    """

    episode: str
    mode: str
    final_video: str | None
    videos: dict[str, str] = {}
    seconds: float | None
    cost_usd: float
    possibly_usd: float = 0.0
    run_id: str
    segments: list[ProducedSegment]
    declined: bool = False
    waiting_usd: float | None = None
    error: str | None = None


class CellEvents:
    """What the cells of a production's runs told, by asset and segment."""

    def __init__(self) -> None:
        self._cells: dict[tuple[str, str], dict[str, Any]] = {}

    def add(self, instance: dg.DagsterInstance, run_id: str) -> None:
        """Add what a run's cells told, by its log. Of a cell that an earlier run made, the dollars of both count."""
        for cell, values in {**_materializations(instance, run_id), **_failures(instance, run_id)}.items():
            self._cells[cell] = _together(self._cells.get(cell), values)

    def of(self, segment: str) -> dict[str, Mapping[str, Any]]:
        """What the cells of a segment told, by asset."""
        return {asset: values for (asset, key), values in self._cells.items() if key == segment}

    @property
    def paid(self) -> set[str]:
        """The segments that were paid for: also one that nobody named, and that an earlier launch had left behind."""
        costs = ("cost_usd", "possibly_usd")
        return {segment for (_, segment), values in self._cells.items() if any(values.get(name) for name in costs)}

    @property
    def cut_seconds(self) -> float | None:
        """How long the cut is that was made; None where none was."""
        cuts = (values for (asset, _), values in self._cells.items() if asset == names.FINAL_VIDEO)
        return next((float(values["episode_seconds"]) for values in cuts if "episode_seconds" in values), None)


def production_of(
    settings: Settings,
    script: Script,
    segments: Sequence[str],
    events: CellEvents,
    *,
    run_id: str,
    error: str | None,
    declined: bool = False,
    waiting_usd: float | None = None,
) -> Production:
    """What came of runs over these segments, by what their cells told; `run_id` is the last one's."""
    folder = episode_folder(settings.output, script.episode, settings.mode)
    videos = {shape.value: folder / script.named(FINAL_FILE, shape) for shape in script.formats}
    shown = {*segments, *events.paid}
    produced = [
        _segment(content, events.of(content.segment)) for content in script.segments if content.segment in shown
    ]
    seconds = events.cut_seconds if error is None and not declined else None
    made = seconds is not None and all(path.exists() for path in videos.values())
    return Production(
        episode=script.episode,
        mode=settings.mode.value,
        final_video=str(videos[script.format]) if made else None,
        videos={shape: str(path) for shape, path in videos.items()} if made else {},
        seconds=seconds,
        cost_usd=sum_usd(segment.cost_usd for segment in produced),
        possibly_usd=sum_usd(segment.possibly_usd for segment in produced),
        run_id=run_id,
        segments=produced,
        declined=declined,
        waiting_usd=waiting_usd,
        error=error,
    )


def charged_by(production: Production, entries: Iterable[Entry], since: datetime) -> Production:
    """The production with its dollars by the ledger's rows of its episode: its runs ended before their cells told them.

    `since`: when the first of the runs began.
    """
    of = defaultdict[str, list[Entry]](list)
    for entry in entries:
        of[entry.cell.segment].append(entry)
    charges = {segment: Charges.of(mine, since) for segment, mine in of.items()}
    none = Charges()
    segments = [
        each.model_copy(
            update={
                "cost_usd": charges.get(each.segment, none).charged_usd,
                "possibly_usd": charges.get(each.segment, none).possibly_usd,
                "requests": list(charges.get(each.segment, none).requests),
            }
        )
        for each in production.segments
    ]
    return production.model_copy(
        update={
            "segments": segments,
            "cost_usd": sum_usd(each.charged_usd for each in charges.values()),
            "possibly_usd": sum_usd(each.possibly_usd for each in charges.values()),
        }
    )


def _together(before: Mapping[str, Any] | None, now: Mapping[str, Any]) -> dict[str, Any]:
    """What a cell tells, after what it told in an earlier run of the same production."""
    if before is None:
        return {**now}
    spent = {name: sum_usd((_usd(before, name), _usd(now, name))) for name in _SPENT if name in before or name in now}
    reused = {"reused": bool(now["reused"] and before.get("reused"))} if "reused" in now else {}
    return {**now, **spent, **reused}


def _usd(values: Mapping[str, Any], name: str) -> float:
    return float(values.get(name) or 0.0)


def _materializations(instance: dg.DagsterInstance, run_id: str) -> dict[tuple[str, str], dict[str, Any]]:
    """What the cells of a run told, by its log: a step that fails does not yield what it logged before."""
    found = {}
    for record in instance.get_records_for_run(run_id, of_type=dg.DagsterEventType.ASSET_MATERIALIZATION).records:
        made = record.event_log_entry.asset_materialization
        if made is not None and made.partition is not None:
            cell = parse_key(made.partition)
            values = {name: value.value for name, value in made.metadata.items()}
            found[made.asset_key.to_user_string(), cell.segment] = values
    return found


def _failures(instance: dg.DagsterInstance, run_id: str) -> dict[tuple[str, str], dict[str, Any]]:
    """What the steps that failed tell of each of their cells, by the run's log."""
    cells = [cell for step in failed_steps(instance, run_id) for cell in step.cells]
    return {(cell["asset"], cell["segment"]): {**cell, "cost_usd": cell["charged_usd"]} for cell in cells}


def _segment(content: Segment, cell: Mapping[str, Mapping[str, Any]]) -> ProducedSegment:
    makers = [cell[name] for name in _MAKERS if name in cell and "not_needed" not in cell[name]]
    place = cell.get(names.FINAL_VIDEO, {})
    return ProducedSegment(
        segment=content.segment,
        speaker=content.label,
        words=content.words,
        take=max([content.take, *(int(values.get("take", 1)) for values in makers)]),
        seconds=cell.get(names.COMPOSITES, {}).get("seconds"),
        starts_at=place.get("starts_at"),
        ends_at=place.get("ends_at"),
        cost_usd=sum_usd(_usd(values, "cost_usd") for values in cell.values()),
        failed_usd=sum_usd(_usd(values, "charged_usd") for values in cell.values()),
        possibly_usd=sum_usd(_usd(values, "possibly_usd") for values in cell.values()),
        flags=[str(values["flag"]) for values in cell.values() if values.get("flag")],
        requests=[str(request) for values in cell.values() for request in values.get("requests") or ()],
        error=_joined(cell.values(), "error"),
        next=_joined(cell.values(), "next"),
        reused=bool(makers) and all(values.get("reused") for values in makers),
    )


def _joined(cells: Iterable[Mapping[str, Any]], name: str) -> str | None:
    return "; ".join(str(values[name]) for values in cells if values.get(name)) or None
