"""Money from end to end: one episode bought in draft from the provider server, and all that is said of it after."""

import contextlib
import json
import os
import pty
import subprocess
import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from typer.testing import CliRunner, Result

from ninja_assets.cli.app import app
from ninja_assets.cli.produce import must_ask
from ninja_assets.clips_import import Bought, import_file
from ninja_assets.costs import costs_of
from ninja_assets.definitions import build_defs
from ninja_assets.produce import Production
from ninja_assets.quote import EpisodeQuote, quote_episode
from resources.errors import ContentError, LedgerError, MediaError
from resources.ledger import Entry, Grouping, Ledger, Purchase
from resources.library import Library
from resources.seams import Cell
from resources.settings import ROOT, Settings
from resources.show.loader import load_show
from resources.show.model import Show
from resources.show.naming import Mode
from resources.show.script import load_script
from resources.studio import open_ledger
from tests.ninja_assets.stage import PAID_SHOW, Stage, paid_show
from tests.providers.client import Providers

TWO_TURNS = """\
    NINJA: One two three, here we go.
    GLITCH: Four five six, I can count.
    """
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


@dataclass(frozen=True)
class Shop:
    """A stage on which `demo` was bought in draft."""

    stage: Stage
    providers: Providers
    offered: EpisodeQuote  # what the person was asked about
    made: Production

    def quote(self, mode: Mode, episode: str = "demo") -> EpisodeQuote:
        settings = self.stage.settings(mode)
        show = load_show(settings.show)
        return quote_episode(settings, show, load_script(settings.show, show, episode))

    def ledger(self) -> Ledger:
        settings = self.stage.settings()
        return open_ledger(settings, load_show(settings.show))

    def entries(self) -> list[Entry]:
        with self.ledger() as ledger:
            return ledger.rows()

    def asked(self) -> dict[str, int]:
        """How many requests of each kind the providers had."""
        return {step: count for step, count in self.providers.report().requests.items() if step != "control"}

    def ninja(self, *arguments: str) -> Result:
        environment = {"NINJA_SHOW": str(self.stage.show), "NINJA_OUTPUT": str(self.stage.output)}
        return CliRunner().invoke(app, list(arguments), env=environment)

    def json(self, *arguments: str) -> Any:
        done = self.ninja(*arguments, "--json")
        assert done.exit_code == 0, done.output
        [line] = done.stdout.splitlines()
        return json.loads(line)


@pytest.fixture(scope="module")
def shop(market: Providers, tmp_path_factory: pytest.TempPathFactory) -> Shop:
    stage = paid_show(tmp_path_factory.mktemp("shop"))
    stage.write_episode(text=TWO_TURNS)
    offers: list[EpisodeQuote] = []

    def approve(quote: EpisodeQuote) -> bool:
        offers.append(quote)
        return True

    with pytest.MonkeyPatch.context() as patch:
        for name, value in market.environment.items():
            patch.setenv(name, value)
        made = stage.produce(mode=Mode.DRAFT, approve=approve)
    assert made.error is None, made.error
    [offered] = offers
    return Shop(stage, market, offered, made)


@pytest.fixture
def keys(market: Providers, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys and addresses, for the few tests that buy or ask: all others run without."""
    for name, value in market.environment.items():
        monkeypatch.setenv(name, value)


# Quotes


def test_the_quote_that_was_approved_is_what_the_clips_were_estimated_to_cost(shop: Shop) -> None:
    clips = [entry for entry in shop.entries() if entry.asset != "tts_audio" and _is_first(entry)]
    assert shop.offered.exact
    assert shop.offered.total_usd == pytest.approx(sum(entry.estimated_usd for entry in clips))
    assert all(segment.voice_usd == 0 and segment.exact for segment in shop.offered.segments)


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
    assert any("segment s01" in warning and "caps.segment_usd of $0.50" in warning for warning in warnings)
    assert any("episode demo" in warning and "caps.episode_usd of $0.90" in warning for warning in warnings)
    assert not any("day_usd" in warning for warning in warnings)


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
        lines = shop.ninja(*arguments).stdout.splitlines()
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
def test_a_quote_that_is_declined_buys_no_clip_and_says_how_to_go_on(shop: Shop) -> None:
    bought = len(shop.providers.report().purchases)
    asked: list[EpisodeQuote] = []

    def decline(quote: EpisodeQuote) -> bool:
        asked.append(quote)
        return False

    declined = shop.stage.produce(mode=Mode.FINAL, approve=decline)
    assert declined.final_video is None
    assert "ninja produce demo --mode final --yes" in str(declined.error)
    assert asked[0].total_usd > 0
    assert len(shop.providers.report().purchases) == bought


def _at_a_terminal(shop: Shop, answer: bytes, *arguments: str) -> tuple[int, str]:
    """Run `ninja` on a terminal and answer its question; returns the exit status and the screen."""
    home = shop.stage.root / "dagster_home"
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
    assert "--mode final --yes" in " ".join(screen.split())
    assert status == 1
    assert len(shop.providers.report().purchases) == bought


@pytest.mark.parametrize(
    ("mode", "yes", "terminal", "asks"),
    [
        (Mode.FINAL, False, True, True),
        (Mode.FINAL, True, True, False),
        (Mode.FINAL, False, False, False),
        (Mode.DRAFT, False, True, False),
        (Mode.REHEARSAL, False, True, False),
    ],
)
def test_only_final_on_a_terminal_is_asked_about(mode: Mode, yes: bool, terminal: bool, asks: bool) -> None:
    assert must_ask(mode, yes=yes, terminal=terminal) is asks


# Cells


@pytest.mark.parametrize("asset", ["tts_audio", "speaker_clips", "listener_clips"])
def test_a_paid_cell_tells_its_whole_receipt(shop: Shop, asset: str) -> None:
    with shop.stage.instance() as instance:
        records = instance.fetch_materializations(dg.AssetKey(asset), limit=20).records
    told = [record.asset_materialization.metadata for record in records if record.asset_materialization]
    paid = [cell for cell in told if cell.get("mode") == dg.MetadataValue.text("draft")]
    assert len(paid) == 2
    for cell in paid:
        assert cell.keys() >= RECEIPT
        assert float(str(cell["cost_usd"].value)) > 0
        assert cell["request_id"].value
        assert cell["unit_price_usd"].value


@pytest.mark.usefixtures("keys")
def test_a_failed_run_says_what_another_try_costs(shop: Shop) -> None:
    shop.providers.fault("fal.submit", "reply", status=422, accepted=False, body={"detail": "no such field"})
    try:
        failed = shop.stage.produce(mode=Mode.FINAL, segments=("s01",))
    finally:
        shop.providers.clear_faults()
    price = next(segment.speaker_usd for segment in shop.quote(Mode.FINAL).segments if segment.segment == "s01")
    assert f"it costs ${price:.2f}" in str(failed.error)


# Costs


def test_costs_are_what_the_run_said_it_paid(shop: Shop) -> None:
    result = shop.json("costs", "--by", "segment")
    paid = {group["name"]: group["spent_usd"] for group in result["groups"]}
    assert paid["demo/s01"] + paid["demo/s02"] == pytest.approx(shop.made.cost_usd, abs=1e-5)
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


# The ledger and the prices


def test_the_ledger_is_listed_by_episode_and_state(shop: Shop) -> None:
    listed = shop.json("ledger", "--episode", "demo", "--state", "collected")
    assert {entry["asset"] for entry in listed} == {"tts_audio", "speaker_clips", "listener_clips"}
    assert shop.json("ledger", "--state", "unknown") == []
    assert shop.json("ledger", "--episode", "absent") == []


def test_what_is_collected_cannot_be_settled_and_a_lock_is_taken_away(shop: Shop) -> None:
    refused = shop.ninja("ledger", "settle", "1", "not-charged")
    assert isinstance(refused.exception, LedgerError)
    assert "collected" in str(refused.exception)
    with shop.ledger() as ledger:
        ledger.lock_provider("fal", "balance")
    assert "takes requests again" in shop.ninja("ledger", "unlock", "fal").stdout
    with shop.ledger() as ledger:
        assert ledger.locked("fal") is None


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
        estimated_usd=0.5,
        unit="second",
        units=5,
        unit_price_usd=0.1,
        price_date=date(2026, 11, 21),
    )
    with other.ledger() as ledger:
        claim = ledger.sending(ledger.claim(purchase))
        ledger.release(ledger.unknown(claim, "the line went dead"))
    assert (other.json("costs")["unknown"], other.json("costs")["unknown_usd"]) == (1, 0.5)
    listed = other.ninja("ledger", "--state", "unknown").stdout
    assert "the line went dead" in listed
    assert "ninja ledger settle 1 not-charged" in listed
    found = other.ninja("ledger", "settle", "1", "found", "--request-id", "r-7")
    assert "the next run collects request r-7" in found.stdout
    assert [entry.request_id for entry in other.entries()] == ["r-7"]
    assert "it counts nothing" in other.ninja("ledger", "settle", "1", "not-charged").stdout
    assert other.json("costs")["total_usd"] == 0


@pytest.mark.usefixtures("keys")
def test_prices_that_were_refreshed_are_used_from_then_on(shop: Shop, tmp_path: Path) -> None:
    stage = paid_show(tmp_path)
    other = Shop(stage, shop.providers, shop.offered, shop.made)
    done = other.ninja("prices", "refresh")
    assert done.exit_code == 0, done.output
    assert "confirmed" in done.stdout
    assert (stage.output / ".library" / "prices.json").exists()
    assert "ai-avatar/v2/pro" in other.ninja("prices").stdout.replace("\n", "")


# Import


def test_an_imported_clip_stands_for_the_purchase_of_the_next_run(shop: Shop) -> None:
    stage = shop.stage
    stage.write_episode("brought", TWO_TURNS)
    clip = stage.output / "demo" / "draft" / "s01" / "speaker.mp4"
    before = shop.quote(Mode.FINAL, "brought").segments[0]
    done = shop.ninja(
        *("import", "brought", "s01", str(clip), "--asset", "speaker_clips", "--mode", "final", "--cost", "0.3")
    )
    assert done.exit_code == 0, (done.output, done.exception)
    assert "recorded as paid $0.30" in done.stdout
    after = shop.quote(Mode.FINAL, "brought").segments[0]
    assert before.speaker_usd > 0
    assert after.speaker_usd == 0
    assert after.reused


def test_a_clip_of_another_length_or_a_damaged_one_is_not_imported(shop: Shop, tmp_path: Path) -> None:
    folder = shop.stage.output / "demo" / "draft" / "s02"
    final = shop.stage.settings(Mode.FINAL)
    with pytest.raises(MediaError, match="another length"):
        import_file(final, "demo", "s02", "speaker_clips", Bought(folder / "listener-ninja.mp4"))
    damaged = tmp_path / "clip.mp4"
    damaged.write_bytes((folder / "speaker.mp4").read_bytes()[:3000])
    with pytest.raises(MediaError):
        import_file(final, "demo", "s02", "speaker_clips", Bought(damaged))
    assert not [entry for entry in shop.entries() if entry.imported and entry.cell.segment == "s02"]


def test_an_imported_voice_makes_the_quote_exact(shop: Shop) -> None:
    stage = shop.stage
    stage.write_episode("spoken", "NINJA: Words that were recorded by hand.\nGLITCH: And others that were not.")
    draft = stage.settings(Mode.DRAFT)
    clip = stage.output / "demo" / "draft" / "s01" / "speaker.mp4"
    with pytest.raises(ContentError, match="no voice yet"):
        import_file(draft, "spoken", "s01", "speaker_clips", Bought(clip))
    import_file(draft, "spoken", "s01", "tts_audio", Bought(stage.output / "demo" / "draft" / "s01" / "voice.wav"))
    assert [segment.exact for segment in shop.quote(Mode.DRAFT, "spoken").segments] == [True, False]


def test_an_imported_loop_is_everybodys_listener(shop: Shop) -> None:
    stage = shop.stage
    stage.write_episode("mood", TWO_TURNS.replace("NINJA:", "NINJA {mood: amused}:"))
    assert shop.quote(Mode.DRAFT, "mood").segments[0].listener_usd == pytest.approx(0.21)
    bought = next(one.media for one in shop.entries() if one.asset == "listener_clips" and one.media)
    loop = Library(stage.settings().library).path(bought)
    done = shop.ninja("import", "mood", "s01", str(loop), "--asset", "listener_clips", "--mode", "draft")
    assert done.exit_code == 0, done.exception
    assert shop.quote(Mode.FINAL, "mood").segments[0].listener_usd == 0


@pytest.mark.parametrize(
    ("mode", "segment", "asset", "says"),
    [
        (Mode.REHEARSAL, "s01", "speaker_clips", "--mode draft"),
        (Mode.DRAFT, "s04", "speaker_clips", "s01 to s02"),
        (Mode.DRAFT, "s01", "composites", "tts_audio"),
    ],
)
def test_what_cannot_be_imported_is_refused_with_what_can(
    shop: Shop, mode: Mode, segment: str, asset: str, says: str
) -> None:
    clip = shop.stage.output / "demo" / "draft" / "s01" / "speaker.mp4"
    with pytest.raises(ContentError) as refused:
        import_file(shop.stage.settings(mode), "demo", segment, asset, Bought(clip))
    assert says in str(refused.value)


def _show(shop: Shop) -> Show:
    return load_show(shop.stage.show)


def _is_first(entry: Entry) -> bool:
    """Whether it is of the run that the shop opened with."""
    return entry.cell.episode == "demo" and entry.cell.mode is Mode.DRAFT and not entry.imported


def _report(stage: Stage) -> dict[str, dg.MetadataValue]:
    settings: Settings = stage.settings()
    defs = build_defs(settings=settings)
    with dg.DagsterInstance.ephemeral() as instance:
        job = defs.resolve_implicit_global_asset_job_def()
        done = job.execute_in_process(instance=instance, asset_selection=[dg.AssetKey("cost_report")])
    [made] = done.asset_materializations_for_node("cost_report")
    return dict(made.metadata)
