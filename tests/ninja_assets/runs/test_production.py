"""What an order to produce is, before anything is started: which segments, which takes, and what is refused."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from ninja_assets.cells.consent.barrier import Barrier
from ninja_assets.runs.launches import Launch
from ninja_assets.runs.production import Ended, Order, check_order, produce, run_here
from resources.core.errors import ContentError
from resources.core.names import EPISODE_ASSETS, Mode
from resources.models.loading import load_show
from resources.purchasing.books import open_ledger, open_state
from resources.purchasing.state.approvals import Approvals
from resources.purchasing.state.consent import Item, Offer
from resources.quality.lint import Severity
from tests.providers.client import Providers
from tests.stage import PAID_SHOW, Stage, build_stage, paid_show


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    """Three turns in a show of four slots."""
    return build_stage(tmp_path)


def test_an_episode_is_all_segments_of_its_script_and_whole(stage: Stage) -> None:
    order = check_order(stage.settings(), "demo")
    assert (order.segments, order.whole) == (["s01", "s02", "s03"], True)
    assert (order.retake, order.retake_of, order.warnings) == ([], (), [])


def test_named_segments_come_alone_but_for_the_turn_that_shows_a_shot(stage: Stage) -> None:
    named = check_order(stage.settings(), "demo", segments=["s03", "s01"])
    assert (named.segments, named.whole) == (["s01", "s03"], False)
    shot = "BROLL {over: true, seconds: 5}: A street at night, rain on the pavement."
    stage.write_episode(text=f"NINJA: One two.\n{shot}\nGLITCH: Three.")
    order = check_order(stage.settings(), "demo", segments=["s02"], retake=True)
    assert order.segments == ["s01", "s02"]
    assert order.retake == ["s02"]  # and no other is paid for again


def test_a_retake_is_of_what_was_named_and_else_of_what_the_script_has(stage: Stage) -> None:
    settings = stage.settings()
    assert check_order(settings, "demo", segments=["s02"], retake=True).retake == ["s02"]
    assert check_order(settings, "demo", retake=True).retake == ["s01", "s02", "s03"]
    assert check_order(settings, "demo", segments=["s02"], retake_of=["voice"]).retake == []


@pytest.mark.parametrize(
    ("segments", "says", "hint"),
    [
        (["s04"], "demo has no segment s04", "ninja produce demo --mode rehearsal --segments s03"),
        (["s02", "s09", "s05"], "demo has no segment s05, s09", "ninja produce demo --mode rehearsal --segments s03"),
        (["2"], "'2' is not a segment", "use for example s03"),
    ],
)
def test_a_segment_that_is_not_there_is_refused_with_one_that_is(
    stage: Stage, segments: Sequence[str], says: str, hint: str
) -> None:
    with pytest.raises(ContentError, match=says) as refused:
        check_order(stage.settings(), "demo", segments=segments)
    assert refused.value.hint == hint


def test_what_cannot_be_made_anew_is_refused(stage: Stage) -> None:
    with pytest.raises(ContentError, match="nothing called music can be made anew") as refused:
        check_order(stage.settings(), "demo", retake_of=["voice", "music"])
    assert refused.value.where == "--retake-of"


def test_a_rehearsal_asks_neither_for_models_nor_for_the_linters_leave(tmp_path: Path) -> None:
    stage = build_stage(tmp_path)
    stage.write_episode(text="MOTION {image: characters/guest.png, video: characters/guest.png}: A dancing ninja.")
    with pytest.raises(ContentError):  # a file that is no video is refused in any mode
        check_order(stage.settings(), "demo")
    stage.write_episode(text="NINJA: One two three.")
    assert check_order(stage.settings(), "demo").warnings == []


@pytest.mark.parametrize(("missing", "mode"), [("caps:", Mode.DRAFT), ("final:", Mode.FINAL)])
def test_a_paid_mode_that_is_not_set_up_is_refused_before_the_script_is_read(
    tmp_path: Path, missing: str, mode: Mode
) -> None:
    stage = paid_show(tmp_path)
    stage.write_show("\n".join(line for line in PAID_SHOW.splitlines() if not line.strip().startswith(missing)))
    with pytest.raises(ContentError, match=str(mode)):
        check_order(stage.settings(mode), "no-such-episode")


def test_a_paid_mode_is_refused_while_the_linter_finds_errors_and_tells_its_warnings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("FAL_KEY", "ELEVENLABS_API_KEY"):
        monkeypatch.setenv(name, "not-a-key")
    stage = paid_show(tmp_path)
    stage.write_episode(text="NINJA: One two.\nBROLL {over: true}: A nice street.\nGLITCH: Three.")
    warned = check_order(stage.settings(Mode.DRAFT), "demo").warnings
    assert "prompt-short" in {finding.rule for finding in warned}
    shown = check_order(stage.settings(Mode.REHEARSAL), "demo").warnings
    assert {finding.severity for finding in shown} == {Severity.WARNING}
    stage.write_show(PAID_SHOW.replace("listening: {moods:", "listening: {prompt: Talking all the time., moods:"))
    with pytest.raises(ContentError, match="mouth") as refused:
        check_order(stage.settings(Mode.DRAFT), "demo")
    assert "nothing is bought before" in str(refused.value)
    assert check_order(stage.settings(Mode.REHEARSAL), "demo").segments


def test_where_dagsters_log_has_no_room_its_error_is_told_with_what_was_charged(
    tmp_path: Path, market: Providers, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in market.environment.items():
        monkeypatch.setenv(name, value)
    stage = replace(paid_show(tmp_path), on_disk=True)
    with stage.instance():
        pass
    with closing(sqlite3.connect(stage.root / "dagster_home" / "history" / "runs" / "index.db")) as database:
        database.execute(
            "CREATE TRIGGER full BEFORE INSERT ON event_logs WHEN NEW.dagster_event_type = 'ASSET_MATERIALIZATION' "
            "AND NEW.asset_key LIKE '%tts_audio%' AND NEW.partition LIKE '%s01' "  # of a voice that was bought
            "BEGIN SELECT RAISE(FAIL, 'the disk is full'); END"
        )
    made = stage.produce(mode=Mode.DRAFT, assets=EPISODE_ASSETS[:2])
    assert made.final_video is None
    assert "the disk is full" in str(made.error)
    with closing(open_ledger(stage.settings(Mode.DRAFT), load_show(stage.show))) as ledger:
        rows = ledger.rows()
    spent = sum(row.spent_usd for row in rows)
    assert spent > 0
    assert made.cost_usd + made.possibly_usd == pytest.approx(spent)


@dg.job
def idle() -> None:
    """A job without work."""


class InterruptedAtOnce:
    """A job as Dagster leaves it where Ctrl-C comes between the run's row and its beginning."""

    def execute_in_process(self, *, instance: dg.DagsterInstance, run_id: str, **_: object) -> None:
        instance.create_run_for_job(idle, run_id=run_id)
        raise KeyboardInterrupt


def test_a_run_that_was_interrupted_before_it_began_is_canceled() -> None:
    job: Any = InterruptedAtOnce()
    run_id = "22222222-2222-4222-8222-222222222222"
    with dg.DagsterInstance.ephemeral() as instance:
        with pytest.raises(KeyboardInterrupt):
            run_here(job, instance, Launch(job="idle", tags={}, config={}), run_id=run_id)
        run = instance.get_run_by_id(run_id)
        assert run is not None
        assert run.status is dg.DagsterRunStatus.CANCELED


class Elsewhere:
    """Whoever else makes runs: s01 waits for a price until it is approved, s03 breaks."""

    def __init__(self, order: Order, instance: dg.DagsterInstance) -> None:
        self.order, self.instance = order, instance
        self.made: list[str] = []

    def __call__(self, launch: Launch, _: Barrier) -> Ended:
        segment = launch.tags["dagster/asset_partition_range_start"].split("|")[1]
        run = self.instance.create_run_for_job(idle, tags=dict(launch.tags))
        again = segment in self.made
        self.made.append(segment)
        if segment == "s03":
            return Ended(run.run_id, "s03 broke")
        if again:
            return Ended(run.run_id, None)
        item = Item(segment=segment, label="NINJA", asset="speaker_clips", usd=2.0, what="a clip")
        with open_state(self.order.settings, self.order.show) as state:
            Approvals.of(state).ask(Offer(episode="demo", mode=Mode.DRAFT, items=(item,)), run.run_id)
        return Ended(run.run_id, "s01 waits")


@pytest.mark.parametrize(
    ("answer", "error", "made"),
    [
        (None, "s01 waits\n\ns03 broke", ["s01", "s03"]),
        (False, "s03 broke", ["s01", "s03"]),
        (True, "s03 broke", ["s01", "s03", "s01"]),
    ],
    ids=["nobody is asked", "declined", "approved"],
)
def test_what_broke_is_told_whatever_is_said_to_the_price_of_another_run(
    tmp_path: Path,
    market: Providers,
    monkeypatch: pytest.MonkeyPatch,
    answer: bool | None,
    error: str,
    made: Sequence[str],
) -> None:
    for name, value in market.environment.items():
        monkeypatch.setenv(name, value)
    stage = paid_show(tmp_path)
    with dg.DagsterInstance.ephemeral() as instance:
        order = check_order(stage.settings(Mode.DRAFT), "demo", segments=("s01", "s03"))
        queue = Elsewhere(order, instance)
        approve = None if answer is None else lambda _: bool(answer)
        production = produce(order, instance, approve=approve, queue=queue)
    assert production.error == error
    assert production.final_video is None
    assert queue.made == made
    assert production.declined is (answer is False)
