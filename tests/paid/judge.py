"""The verdict over what runs left behind: bought once, nothing lost, the video right, the books in order."""

from collections import Counter
from pathlib import Path

import av
import pytest

from ninja_assets.runs.produced import Production
from resources.core.errors import Charge
from resources.core.names import Mode
from resources.models.prices.billing import TOLERANCE
from resources.purchasing.ledger import Entry, State, Verdict
from tests.paid.runs import PaidStage

CENT = 0.0049  # US dollars by which two sums may differ that are the same to the cent


def check_purchases(stage: PaidStage) -> None:
    """Each distinct purchase was accepted at most once, what was paid for was fetched, and the ledger says the same.

    What `ninja costs` shows is what the provider took, to the cent; and so is what the runs said they had been charged,
    where all of them lived to say it.
    """
    report = stage.providers.report()
    assert report.twice() == [], "bought twice"
    assert report.unused() == [], "paid for and never fetched"
    entries = [entry for entry in stage.entries() if not _never_taken(entry)]
    assert {entry.state for entry in entries} == {State.COLLECTED}, [(entry.id, entry.reason) for entry in entries]
    assert max(Counter(entry.key for entry in entries).values()) == 1
    assert {entry.request_id for entry in entries} == {one.request_id for one in report.purchases}
    costs = stage.costs()
    assert costs.in_flight_usd == 0
    assert costs.total_usd == pytest.approx(report.spent_usd, abs=CENT)
    # Two frames less of a line of two seconds are more than 5 %: told, and nothing else is.
    assert {one.id for one in costs.flagged} == {entry.id for entry in entries if _billed_otherwise(entry)}
    reported = stage.reported_usd()
    assert reported is None or reported == pytest.approx(report.spent_usd, abs=CENT)


def settle_untaken(stage: PaidStage) -> None:
    """What a person does after a run failed over a lost request that the provider's own page does not show.

    What the page does show is left to the next run, which adopts it.
    """
    known = {entry.request_id for entry in stage.entries()}
    if {one.request_id for one in stage.providers.report().purchases} - known:
        return
    with stage.ledger() as ledger:
        for entry in ledger.rows(states=[State.UNKNOWN]):
            ledger.settle(entry.id, Verdict.NOT_CHARGED)


def _billed_otherwise(entry: Entry) -> bool:
    expected = entry.estimated_usd
    return abs((expected if entry.cost_usd is None else entry.cost_usd) - expected) > TOLERANCE * expected


def _never_taken(entry: Entry) -> bool:
    return entry.state is State.FAILED and entry.charge is Charge.NONE


def check_video(stage: PaidStage, production: Production, segments: int) -> None:
    """The final video has every segment's frames, in the show's size, and says what it is."""
    assert production.error is None, production.error
    assert production.final_video is not None
    assert len(production.segments) == segments
    with av.open(production.final_video) as file:
        video = file.streams.video[0]
        frames = sum(1 for _ in file.decode(video))
        assert (video.codec_context.width, video.codec_context.height) == (1080, 1920)
        assert float(video.average_rate or 0) == 30
        comment = file.metadata["comment"]
    assert frames == sum(_frames(stage, production, segment.segment) for segment in production.segments)
    assert comment.startswith(f"{Mode(production.mode).value.upper()}: ")
    assert "REHEARSAL" not in comment


def _frames(stage: PaidStage, production: Production, segment: str) -> int:
    path = stage.output / production.episode / production.mode / segment / "segment.mp4"
    with av.open(str(path)) as file:
        return sum(1 for packet in file.demux(file.streams.video[0]) if packet.size)


def files_with(root: Path, text: str) -> list[Path]:
    """Every file under `root` whose bytes hold the text."""
    return [path for path in root.rglob("*") if path.is_file() and text.encode() in path.read_bytes()]
