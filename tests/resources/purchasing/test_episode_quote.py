"""What an episode would cost, and the question before it is bought."""

import contextlib
import io
import os
import pty
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime

import dagster as dg
import pytest
from rich.console import Console

from ninja_assets.cli import DECLINED
from ninja_assets.cli.approval import agreed
from resources.content.show import Show
from resources.core.names import Mode
from resources.core.settings import ROOT
from resources.models.loading import load_show
from resources.purchasing.accounts.spending import costs_of
from resources.purchasing.ledger import Entry, Grouping
from resources.purchasing.state.consent import Offer
from tests.resources.purchasing.shop import TWO_TURNS, Shop
from tests.stage import PAID_SHOW

# What issue and design promise of a paid clip's cell.
RECEIPT = {
    "cost_usd",
    "estimated_usd",
    "billed_units",
    "unit_price_usd",
    "endpoint",
    "request_id",
    "reused",
    "take",
    "queue_seconds",
    "render_seconds",
}


def test_the_quote_that_was_approved_is_what_the_clips_were_estimated_to_cost(shop: Shop) -> None:
    clips = [entry for entry in shop.entries() if entry.asset != "tts_audio" and _is_first(entry)]
    assert shop.offered.usd == pytest.approx(sum(entry.estimated_usd for entry in clips))
    assert {item.what for item in shop.offered.items} == {entry.key for entry in clips}


def test_what_is_bought_costs_nothing_and_asking_leaves_no_trace(shop: Shop) -> None:
    asked, booked = shop.asked(), costs_of(shop.stage.settings(), _show(shop), Grouping.EPISODE)
    quote = shop.quote(Mode.DRAFT)
    assert (quote.total_usd, quote.exact) == (0, True)
    assert all(segment.reused for segment in quote.segments)
    assert quote.saved_usd == pytest.approx(sum(one.estimated_usd for one in shop.entries() if _is_first(one)))
    assert shop.asked() == asked
    assert costs_of(shop.stage.settings(), _show(shop), Grouping.EPISODE) == booked


def test_final_reuses_the_voices_and_the_listeners_and_pays_for_the_speakers_alone(shop: Shop) -> None:
    shop.stage.write_episode("twin", TWO_TURNS)
    quote = shop.quote(Mode.FINAL, "twin")
    assert quote.exact
    for segment in quote.segments:
        assert segment.speaker_usd == pytest.approx(0.115 * segment.seconds, abs=0.01)
        assert (segment.voice_usd, segment.listener_usd) == (0, 0)
        assert any("bought before" in note for note in segment.notes)


def test_before_the_voice_a_quote_is_an_estimate_that_pays_a_shared_listener_once(shop: Shop) -> None:
    shop.stage.write_episode("fresh", "NINJA {mood: amused}: New words.\nGLITCH: Others.\nNINJA {mood: amused}: More.")
    quote = shop.quote(Mode.DRAFT, "fresh")
    assert not quote.exact
    assert [segment.exact for segment in quote.segments] == [False] * 3
    assert [segment.listener_usd for segment in quote.segments] == pytest.approx([0.21, 0, 0])
    assert "same as in an earlier segment" in str(quote.segments[2].notes)
    assert quote.total_usd == pytest.approx(sum(segment.total_usd for segment in quote.segments))


def test_a_rehearsal_is_quoted_at_nothing(shop: Shop) -> None:
    quote = shop.quote(Mode.REHEARSAL)
    assert (quote.total_usd, quote.price_date) == (0, None)


def test_a_quote_says_which_caps_would_refuse_it(shop: Shop) -> None:
    shop.stage.write_show(PAID_SHOW.replace("segment_usd: 2, episode_usd: 10", "segment_usd: 0.5, episode_usd: 0.9"))
    try:
        warnings = shop.quote(Mode.FINAL).warnings
    finally:
        shop.stage.write_show(PAID_SHOW)
    assert any(
        "segment s01" in warning and "over the cap of $0.50 (caps.segment_usd" in warning for warning in warnings
    )
    assert any(
        "episode demo" in warning and "over the cap of $0.90 (caps.episode_usd" in warning for warning in warnings
    )
    assert not any("day_usd" in warning for warning in warnings)


def test_the_days_cap_is_previewed_with_what_every_episode_spent_today(shop: Shop) -> None:
    shop.stage.write_episode("another", "NINJA: A line of another episode.")
    today = datetime.now(tz=UTC).date()
    entries = [entry for entry in shop.entries() if entry.intended_at.date() == today and not entry.imported]
    spent = sum(entry.spent_usd for entry in entries)
    quote = shop.quote(Mode.DRAFT, "another")
    assert quote.warnings == []
    for cap, told in ((spent + quote.total_usd + 0.01, 0), (spent + quote.total_usd - 0.01, 1)):
        warnings = _warned(shop, f"segment_usd: 99, episode_usd: 99, day_usd: {cap:.4f}", Mode.DRAFT, "another")
        assert [warning.startswith("today would come to") for warning in warnings] == [True] * told
        assert all("over the cap of $" in warning and "(caps.day_usd" in warning for warning in warnings)


def test_what_was_paid_for_elsewhere_counts_towards_no_previewed_cap(shop: Shop) -> None:
    shop.stage.write_episode("elsewhere", TWO_TURNS.replace("NINJA:", "NINJA {model: veed/fabric-1.0}:"))
    clip = shop.stage.output / "demo" / "draft" / "s01" / "speaker.mp4"
    where = ("import", "elsewhere", "s01", str(clip), "--asset", "speaker_clips", "--mode", "final")
    assert shop.ninja(*where, "--cost", "50").exit_code == 0
    assert [entry.spent_usd for entry in shop.entries() if entry.cell.episode == "elsewhere"] == [50]
    assert shop.quote(Mode.FINAL, "elsewhere").total_usd > 0
    assert _warned(shop, "segment_usd: 2, episode_usd: 10, day_usd: 20", Mode.FINAL, "elsewhere") == []


def test_quoting_on_the_command_line_needs_no_key_and_ends_in_one_object(shop: Shop) -> None:
    result = shop.json("quote", "demo", "--mode", "final")
    assert {"episode", "mode", "total_usd", "exact", "price_date", "segments"} <= result.keys()
    names = "segment speaker seconds exact voice_usd speaker_usd listener_usd total_usd reused notes"
    assert set(names.split()) <= result["segments"][0].keys()
    every = shop.json("quote", "demo")
    assert list(every["modes"]) == ["rehearsal", "draft", "final"]
    assert every["modes"]["final"]["total_usd"] == result["total_usd"]


def test_tables_of_quotes_fit_a_terminal_of_80_columns(shop: Shop) -> None:
    for arguments in (["quote", "demo"], ["quote", "demo", "--mode", "final"], ["costs"], ["ledger"]):
        lines = [line for line in shop.ninja(*arguments).stdout.splitlines() if not line.startswith("the ledger: ")]
        assert max(len(line) for line in lines) <= 80, arguments
    assert "prices of 2026-" in shop.ninja("quote", "demo").stdout


def test_a_mode_that_the_show_does_not_set_up_is_told_beside_the_others(shop: Shop) -> None:
    shop.stage.write_show("\n".join(line for line in PAID_SHOW.splitlines() if "final:" not in line))
    try:
        every = shop.json("quote", "demo")
    finally:
        shop.stage.write_show(PAID_SHOW)
    assert list(every["modes"]) == ["rehearsal", "draft"]
    assert "models: {final:" in every["refused"]["final"]


# Approval


@pytest.mark.usefixtures("keys")
def test_a_quote_that_is_declined_buys_no_clip(shop: Shop) -> None:
    bought = len(shop.providers.report().purchases)
    asked: list[Offer] = []

    def decline(offers: Sequence[Offer]) -> bool:
        asked.extend(offers)
        return False

    declined = shop.stage.produce(mode=Mode.FINAL, approve=decline)
    assert (declined.declined, declined.final_video, declined.error) == (True, None, None)
    assert declined.waiting_usd == asked[0].usd > 0
    assert len(shop.providers.report().purchases) == bought


def _at_a_terminal(shop: Shop, answer: bytes, *arguments: str) -> tuple[int, str]:
    """Run `ninja` on a terminal and answer its question; returns the exit status and the screen."""
    home = shop.stage.root / "dagster_home"
    home.mkdir(exist_ok=True)
    (home / "dagster.yaml").write_text((ROOT / "dagster_home" / "dagster.yaml").read_text())
    environment = {"NINJA_SHOW": str(shop.stage.show), "NINJA_OUTPUT": str(shop.stage.output), "TERM": "xterm"}
    paths = {"PATH": os.environ["PATH"], "HOME": str(shop.stage.root), "DAGSTER_HOME": str(home), "COLUMNS": "100"}
    ours, theirs = pty.openpty()
    command = [sys.executable, "-c", "from ninja_assets.cli import main; main()", *arguments]
    with subprocess.Popen(
        command,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        cwd=ROOT,
        env={**environment, **paths, **shop.providers.environment},
    ) as ninja:
        os.close(theirs)
        screen = b""
        with contextlib.suppress(OSError):  # how a terminal ends when its program has gone
            while more := os.read(ours, 4096):
                screen += more
                if b"[y/n]" in screen and answer:
                    os.write(ours, answer)
                    answer = b""
    os.close(ours)
    return ninja.returncode, screen.decode()


def test_final_on_a_terminal_shows_the_exact_price_and_asks(shop: Shop) -> None:
    bought, price = len(shop.providers.report().purchases), shop.quote(Mode.FINAL).total_usd
    status, screen = _at_a_terminal(shop, b"n\n", "produce", "demo", "--mode", "final")
    assert f"Buy for ${price:.2f}?" in " ".join(screen.split()), screen
    assert "exact: by the bought voices" in screen
    assert "no clip was bought, the voices are kept" in " ".join(screen.split())
    assert status == DECLINED
    assert len(shop.providers.report().purchases) == bought


def test_no_answer_is_a_no(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    assert not agreed(Console(file=io.StringIO()), 3.2)


# Cells


@pytest.mark.parametrize("asset", ["tts_audio", "speaker_clips", "listener_clips"])
def test_a_paid_cell_tells_its_whole_receipt(shop: Shop, asset: str) -> None:
    with shop.stage.instance() as instance:
        records = instance.fetch_materializations(dg.AssetKey(asset), limit=20).records
    metadata = [record.asset_materialization.metadata for record in records if record.asset_materialization]
    draft = [cell for cell in metadata if cell.get("mode") == dg.MetadataValue.text("draft")]
    paid = [cell for cell in draft if "reused" in cell and cell["reused"].value is False]
    assert len(paid) == 2
    for cell in paid:
        assert cell.keys() >= RECEIPT
        assert float(str(cell["cost_usd"].value)) > 0
        assert cell["request_id"].value
        assert cell["unit_price_usd"].value
        assert asset == "tts_audio" or cell["model_reason"].value


@pytest.mark.usefixtures("keys")
def test_a_failed_run_says_what_another_try_costs(shop: Shop) -> None:
    shop.providers.fault("fal.submit", "reply", status=422, accepted=False, body={"detail": "no such field"})
    try:
        failed = shop.stage.produce(mode=Mode.FINAL, segments=("s01",))
    finally:
        shop.providers.clear_faults()
    price = next(segment.speaker_usd for segment in shop.quote(Mode.FINAL).segments if segment.segment == "s01")
    assert f"it costs ${price:.2f}" in str(failed.error)
    for lost in shop.json("ledger", "--state", "unknown")["requests"]:  # as others find the shop
        shop.ninja("ledger", "settle", str(lost["id"]), "not-charged")


def _show(shop: Shop) -> Show:
    return load_show(shop.stage.show)


def _is_first(entry: Entry) -> bool:
    """Whether it is of the run that the shop opened with."""
    return entry.cell.episode == "demo" and entry.cell.mode is Mode.DRAFT and not entry.imported


def _warned(shop: Shop, caps: str, mode: Mode, episode: str) -> list[str]:
    """What a quote warns of under other caps."""
    shop.stage.write_show(PAID_SHOW.replace("segment_usd: 2, episode_usd: 10, day_usd: 20", caps))
    try:
        return shop.quote(mode, episode).warnings
    finally:
        shop.stage.write_show(PAID_SHOW)
