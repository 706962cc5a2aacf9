"""What was spent: sums, the report, the ledger on the command line, refreshed prices."""

import shutil
from datetime import date
from pathlib import Path

import dagster as dg
import pytest

from ninja_assets.build import build_defs
from ninja_assets.runs.doctor.diagnosis import examine
from resources.content.show import Show
from resources.core.errors import ContentError, LedgerError
from resources.core.names import Mode
from resources.core.settings import Settings
from resources.core.values import Cell
from resources.models.loading import load_show
from resources.models.prices import Estimate
from resources.purchasing.accounts.spending import costs_of
from resources.purchasing.ledger import Grouping, Ledger, Purchase
from tests.resources.purchasing.shop import Shop
from tests.stage import BOUGHT, Stage, paid_show

PRO = "fal-ai/kling-video/ai-avatar/v2/pro"


def test_costs_are_what_the_run_said_it_paid(shop: Shop) -> None:
    result = shop.json("costs", "--by", "segment")
    paid = {group["name"]: group["spent_usd"] for group in result["groups"]}
    assert sum(paid.values()) == pytest.approx(sum(entry.spent_usd for entry in shop.entries()), abs=1e-5)
    assert paid["demo/s01"] + paid["demo/s02"] >= shop.made.cost_usd - 1e-5  # others have bought in it since
    assert result["in_flight_usd"] == 0
    assert result["unknown"] == 0
    assert "demo" in shop.ninja("costs", "--by", "episode").stdout


def test_nothing_bought_is_zero_and_makes_no_ledger(tmp_path: Path) -> None:
    stage = paid_show(tmp_path)
    assert costs_of(stage.settings(), load_show(stage.show), Grouping.MONTH).total_usd == 0
    report = _report(stage)
    assert report["total_usd"].value == 0
    assert "$0.00" in str(report["summary"].value)
    assert not list(stage.output.rglob("ledger.db"))


def test_the_cost_report_shows_tables_a_picture_and_numbers(shop: Shop) -> None:
    report = _report(shop.stage)
    assert float(str(report["total_usd"].value)) == pytest.approx(
        costs_of(shop.stage.settings(), _show(shop), Grouping.DAY).total_usd
    )
    for name in ("episode", "segment", "asset", "provider", "month"):
        assert "| all" in str(report[f"by_{name}"].value), name
    assert "demo/s01" in str(report["by_segment"].value)
    assert "data:image/webp;base64," in str(report["spent_by_day"].value)


def test_after_a_run_every_row_is_in_the_ledgers_one_file(shop: Shop, tmp_path: Path) -> None:
    alone = shutil.copy(shop.stage.settings().state / "ledger.db", tmp_path / "alone.db")
    with Ledger(f"sqlite:///{alone}", caps=None) as ledger:
        assert ledger.rows() == shop.entries() != []


# The ledger and the prices


def test_the_ledger_is_listed_by_episode_and_state(shop: Shop) -> None:
    listed = shop.json("ledger", "--episode", "demo", "--state", "collected")["requests"]
    assert {entry["asset"] for entry in listed} == {"tts_audio", "speaker_clips", "listener_clips"}
    assert shop.json("ledger", "--state", "unknown")["requests"] == []
    assert shop.json("ledger", "--episode", "absent")["requests"] == []


@pytest.mark.usefixtures("keys")
def test_what_is_collected_cannot_be_settled_and_a_lock_is_taken_away(shop: Shop) -> None:
    refused = shop.ninja("ledger", "settle", "1", "not-charged")
    assert isinstance(refused.exception, LedgerError)
    assert "collected" in str(refused.exception)
    with shop.ledger() as ledger:
        ledger.lock_provider("fal", "balance")
    assert "takes requests again" in shop.ninja("ledger", "unlock", "fal").stdout
    with shop.ledger() as ledger:
        assert ledger.locked("fal") is None


@pytest.mark.usefixtures("keys")
def test_an_unknown_request_is_counted_listed_and_settled(shop: Shop, tmp_path: Path) -> None:
    stage = paid_show(tmp_path)
    other = Shop(stage, shop.providers, shop.offered, shop.made)
    purchase = Purchase(
        provider="fal",
        endpoint="fal-ai/kling-video/ai-avatar/v2/pro",
        asset="speaker_clips",
        cell=Cell(episode="demo", segment="s01", mode=Mode.FINAL),
        arguments={"prompt": "."},
        take=1,
        estimate=Estimate(usd=0.5, unit="second", units=5, unit_price_usd=0.1, price_date=date(2026, 11, 21)),
    )
    with other.ledger() as ledger:
        claim = ledger.sending(ledger.claim(purchase), purchase.arguments)
        ledger.release(ledger.unknown(claim, "the line went dead"))
    assert (other.json("costs")["unknown"], other.json("costs")["unknown_usd"]) == (1, 0.5)
    listed = other.ninja("ledger", "--state", "unknown").stdout
    assert "the line went dead" in listed
    assert "ninja ledger settle 1 not-charged" in listed
    assert "entry 1" in {finding.name: finding.detail for finding in examine(stage.settings())}["lost requests"]
    found = other.ninja("ledger", "settle", "1", "found", "--request-id", "r-7")
    assert "request r-7 is not one of entry 1" in str(found.exception)
    assert "it counts nothing" in other.ninja("ledger", "settle", "1", "not-charged").stdout
    assert other.json("costs")["total_usd"] == 0


@pytest.mark.usefixtures("keys")
def test_prices_that_were_refreshed_are_used_from_then_on(shop: Shop, tmp_path: Path) -> None:
    stage = paid_show(tmp_path)
    other = Shop(stage, shop.providers, shop.offered, shop.made)
    done = other.ninja("prices", "refresh")
    assert done.exit_code == 0, done.output
    assert "confirmed" in done.stdout
    assert f"ai-avatar/v2/pro second {date.today()}" in " ".join(other.ninja("prices").stdout.split())


@pytest.mark.usefixtures("keys")
def test_a_changed_price_stops_a_run_before_its_voices_until_it_is_accepted(shop: Shop, tmp_path: Path) -> None:
    stage = paid_show(tmp_path)
    stage.write_episode(text="NINJA: Nobody has said this before.\n")
    other = Shop(stage, shop.providers, shop.offered, shop.made)
    bought = len(shop.providers.report().purchases)
    shop.providers.settings(unit_usd={PRO: 0.23})
    try:
        stopped = stage.produce(mode=Mode.FINAL)
        assert f"`ninja prices accept {PRO}` takes the new price" in str(stopped.error)
        assert len(shop.providers.report().purchases) == bought
        assert (stopped.cost_usd, stopped.possibly_usd) == (0, 0)
        accepted = other.ninja("prices", "accept", PRO)
        assert "changed" in accepted.stdout
        assert "$0.23 for one of its seconds" in " ".join(accepted.stdout.split())
        made = stage.produce(mode=Mode.FINAL, assets=BOUGHT)
    finally:
        shop.providers.settings(unit_usd={})
    assert made.error is None
    spent = sum(one.cost_usd for one in shop.providers.report().purchases[bought:])
    assert made.cost_usd == pytest.approx(spent, abs=1e-6)
    assert made.cost_usd == pytest.approx(other.json("costs")["total_usd"])


def test_a_model_that_is_not_there_cannot_be_accepted(shop: Shop) -> None:
    refused = shop.ninja("prices", "accept", "fal-ai/kling-video/ai-avatar/v3/pro")
    assert isinstance(refused.exception, ContentError)


@pytest.mark.usefixtures("keys")
def test_what_differs_is_flagged_on_its_row_in_the_run_and_in_the_costs(shop: Shop, tmp_path: Path) -> None:
    stage = paid_show(tmp_path)
    stage.write_episode(text="NINJA: This one is billed at half.\n")
    other = Shop(stage, shop.providers, shop.offered, shop.made)
    shop.providers.settings(billable_units="1.2")  # of the listener, too
    try:
        made = stage.produce(mode=Mode.DRAFT, assets=BOUGHT)
    finally:
        shop.providers.settings(billable_units=None)
    why = "provider said 1.2 units, $0.06744, where"
    assert sorted(why in flag for segment in made.segments for flag in segment.flags) == [False, True]
    costs = other.json("costs")
    [flagged] = [one for one in costs["flagged"] if one["asset"] == "speaker_clips"]
    assert flagged["segment"] == "s01"
    assert flagged["cost_usd"] == pytest.approx(0.06744)
    assert flagged["counted_usd"] == flagged["estimated_usd"] > flagged["cost_usd"]
    assert why in " ".join(other.ninja("costs").stdout.split())
    assert why in " ".join(other.ninja("ledger").stdout.split())
    [row] = [row for row in other.json("ledger")["requests"] if row["flag"] and row["asset"] == "speaker_clips"]
    names = {"estimated_usd", "cost_usd", "unit", "units", "unit_price_usd", "price_date", "billed_units"}
    assert names | {"platform_unit", "platform_unit_usd", "counted_usd"} <= row.keys()
    assert row["platform_unit_usd"] == 0.0562


@pytest.mark.usefixtures("keys")
def test_what_a_failed_cell_was_charged_is_told_by_the_run(shop: Shop, tmp_path: Path) -> None:
    stage = paid_show(tmp_path)
    stage.write_episode(text="NINJA: This one fails, and is billed.\n")
    broken = {"status": 500, "detail": "broken", "billed": True}
    shop.providers.fault("fal.submit", "job", contains="ai-avatar", job=broken)
    bought = len(shop.providers.report().purchases)
    try:
        failed = stage.produce(mode=Mode.DRAFT, assets=BOUGHT)
    finally:
        shop.providers.clear_faults()
    taken = shop.providers.report().purchases[bought:]
    [segment] = failed.segments
    assert segment.failed_usd == pytest.approx(
        next(one.cost_usd for one in taken if "ai-avatar" in one.endpoint), abs=1e-6
    )
    assert failed.cost_usd == pytest.approx(sum(one.cost_usd for one in taken), abs=1e-6)
    assert "broken" in str(segment.error)
    assert f"charged: ${segment.failed_usd:.2f}" in str(failed.error)


def _show(shop: Shop) -> Show:
    return load_show(shop.stage.show)


def _report(stage: Stage) -> dict[str, dg.MetadataValue]:
    settings: Settings = stage.settings()
    defs = build_defs(settings=settings)
    with dg.DagsterInstance.ephemeral() as instance:
        done = defs.resolve_job_def("report_costs").execute_in_process(instance=instance)
    [made] = done.asset_materializations_for_node("read_ledger")
    return dict(made.metadata)
