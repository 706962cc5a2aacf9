"""One segment by several models: bought once through the ledger, under the caps, measured, shown side by side."""

import json
import os
import re
import shlex
from functools import partial
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from typer.testing import CliRunner

from ninja_assets.cli import DECLINED
from ninja_assets.cli.app import app
from ninja_assets.cli.commands.making import approve as approve_command
from ninja_assets.cli.commands.making import compare as compare_command
from ninja_assets.reports import matches
from ninja_assets.reports.matches import Match, MatchQuote, check_caps, check_match, page_of
from ninja_assets.runs.approving import approve as say_yes
from ninja_assets.runs.comparison import compare
from resources.core.errors import CapError, ContentError, CutOffError, MediaError
from resources.core.names import Mode
from resources.deliver.comparison_page import Comparison
from resources.models.endpoints import ids
from resources.models.loading import load_script, load_show
from resources.purchasing.books import approved_of, open_state, waits_of
from resources.purchasing.episode_quote import quote_episode
from resources.purchasing.state.tables import ApprovalRow
from tests.providers.client import Providers
from tests.providers.faults import Act
from tests.stage import PAID_SHOW, Stage, build_stage, paid_show

MODELS = (ids.AVATAR_STANDARD, ids.AVATAR_PRO)


class Arena:
    """A stage on which s01 of `demo` was compared in final mode, and what the person was asked."""

    def __init__(self, stage: Stage, providers: Providers) -> None:
        self.stage, self.providers = stage, providers
        self.asked: list[MatchQuote] = []
        made = self.compare()
        assert made is not None
        self.made: Comparison = made

    def match(self, *models: str, segment: str = "s01", cap_usd: float | None = None) -> Match:
        settings = self.stage.settings(Mode.FINAL)
        return check_match(settings, "demo", segment, models or MODELS, cap_usd=cap_usd)

    def compare(self, *models: str, cap_usd: float | None = None) -> Comparison | None:
        with pytest.MonkeyPatch.context() as patch, self.stage.instance() as instance:
            for name, value in self.providers.environment.items():
                patch.setenv(name, value)
            return compare(self.match(*models, cap_usd=cap_usd), instance, approve=self.approve)

    def approve(self, quote: MatchQuote) -> bool:
        self.asked.append(quote)
        return quote.total_usd < 1

    def bought(self) -> int:
        return len(self.providers.report().of("fal"))


@pytest.fixture(scope="module")
def arena(market: Providers, tmp_path_factory: pytest.TempPathFactory) -> Arena:
    stage = paid_show(tmp_path_factory.mktemp("arena"))
    stage.write_episode(text="NINJA: One two three, here we go.\nGLITCH: Four five six.")
    return Arena(stage, market)


def test_each_model_is_bought_for_the_quoted_price_and_measured(arena: Arena) -> None:
    [quote] = arena.asked[:1]
    standard, pro = arena.made.models
    assert quote.exact
    assert (standard.model, pro.model) == MODELS
    for each in (standard, pro):
        assert each.error is None
        assert each.price_usd == each.cost_usd == pytest.approx(quote.model_usd(each.model), rel=0.05)
        assert each.seconds == pytest.approx(arena.made.seconds, abs=0.2)
        assert each.width
        assert each.height
        assert each.fps
        assert each.lips_follow is not None
        assert each.queue_seconds is not None
        assert each.render_seconds is not None
    assert arena.made.cost_usd == pytest.approx(quote.total_usd, rel=0.05)


def test_the_same_again_buys_nothing_and_an_episode_with_that_model_reuses_its_clip(arena: Arena) -> None:
    before = arena.bought()
    again = arena.compare()
    assert again is not None
    assert [each.reused for each in again.models] == [True, True]
    assert again.cost_usd == 0
    assert arena.bought() == before == 2
    settings = arena.stage.settings(Mode.FINAL)
    show = load_show(settings.show)
    [first, _] = quote_episode(settings, show, load_script(settings.show, show, "demo")).segments
    assert first.speaker_usd == 0


def test_the_page_lies_beside_its_clips_and_names_no_address(arena: Arena) -> None:
    page = page_of(arena.stage.settings(Mode.FINAL), arena.match().key)
    text = page.read_text(encoding="utf-8")
    for each in arena.made.models:
        assert each.video
        assert (page.parent / each.video).is_file()
        assert each.name in text
    assert (page.parent / arena.made.voice).is_file()
    assert "http" not in text


def test_dagster_shows_the_table_on_the_segments_own_cell(arena: Arena) -> None:
    with arena.stage.instance() as instance:
        event = instance.get_latest_materialization_event(dg.AssetKey("model_comparison"))
    assert event is not None
    assert event.asset_materialization is not None
    made = event.asset_materialization
    assert made.partition == "demo|s01"
    table = str(made.metadata["models"].value).replace("\N{NO-BREAK SPACE}", " ")
    assert "Avatar v2 Standard" in table
    assert "Avatar v2 Pro" in table


def test_over_a_cap_no_clip_is_bought(arena: Arena) -> None:
    before = arena.bought()
    with pytest.raises(CapError, match="that --cap"):
        arena.compare(*MODELS, ids.OMNIHUMAN, cap_usd=0.1)
    arena.stage.write_show(PAID_SHOW.replace("segment_usd: 2", "segment_usd: 0.5"))
    with pytest.raises(CapError, match="segment_usd"):
        arena.compare(*MODELS, ids.OMNIHUMAN)
    assert arena.bought() == before


def test_a_price_that_rises_while_a_person_looks_at_it_buys_nothing(
    market: Providers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in market.environment.items():
        monkeypatch.setenv(name, value)
    stage = paid_show(tmp_path / "stage")
    stage.write_episode(text="NINJA: One two three, while somebody thinks.\n")
    match = check_match(stage.settings(Mode.DRAFT), "demo", "s01", MODELS)
    before = len(market.report().of("fal"))
    shown: list[float] = []

    def think(quote: MatchQuote) -> bool:
        shown.append(quote.total_usd)
        text = "".join(
            f'[[price]]\nendpoint = "{model}"\nunit = "second"\nunit_usd = 0.3\n'
            'date = 2026-11-30\nsource = "a test"\n\n'
            for model in MODELS
        )
        (stage.show / "prices.toml").write_text(text)
        return True

    with stage.instance() as instance, pytest.raises(MediaError, match="was not made") as told:
        compare(match, instance, approve=think)
    assert "a person's yes allows" in str(told.value.why)
    assert len(market.report().of("fal")) == before


def test_what_a_database_cuts_off_is_made_once_more_and_dagster_is_told_when_it_is_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = build_stage(tmp_path)
    stage.write_episode(text="NINJA: One two three.\n")
    made, told = matches._contender, dg.OpExecutionContext.log_event
    troubles = [CutOffError("the database went away"), OperationalError("INSERT", {}, Exception("it is away"))]

    def contender(*given: Any) -> Any:
        if len(troubles) == 2:
            raise troubles.pop(0)
        return made(*given)

    def tell(context: dg.OpExecutionContext, event: Any) -> None:
        if len(troubles) == 1:
            raise troubles.pop()
        told(context, event)

    monkeypatch.setattr(matches, "_contender", contender)
    monkeypatch.setattr(dg.OpExecutionContext, "log_event", tell)
    with stage.instance() as instance:
        comparison = compare(check_match(stage.settings(), "demo", "s01", MODELS), instance)
    assert comparison is not None
    assert [each.error for each in comparison.models] == [None, None]
    assert not troubles


def test_a_model_that_fails_is_told_in_its_row_and_stops_no_other(
    market: Providers, tmp_path_factory: pytest.TempPathFactory
) -> None:
    stage = paid_show(tmp_path_factory.mktemp("failing"))
    stage.write_episode(text="NINJA: Seven eight nine, and ten.")
    refused = {"status": 422, "detail": "not this picture", "error_type": "content_policy_violation"}
    market.fault("fal.submit", Act.JOB, contains=ids.AVATAR_PRO, job=refused)
    try:
        made = Arena(stage, market).made
    finally:
        market.clear_faults()
    standard, pro = made.models
    assert standard.video
    assert standard.error is None
    assert pro.video is None
    assert pro.error


def asked_for_everything(market: Providers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stage:
    """A show in which a person is asked for every price, as a shell finds it by its environment."""
    for name, value in market.environment.items():
        monkeypatch.setenv(name, value)
    stage = paid_show(tmp_path / "stage")
    monkeypatch.setenv("DAGSTER_HOME", f"{stage.root / 'dagster_home'}")
    stage.write_show(f"{PAID_SHOW}approval: always\n")
    return stage


def test_a_shell_without_a_terminal_waits_and_a_persons_yes_makes_it_once(
    market: Providers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    stage = asked_for_everything(market, tmp_path, monkeypatch)
    stage.write_episode(text="NINJA: One two three, and nothing else.\n")
    settings, before = stage.settings(Mode.DRAFT), len(market.report().of("fal"))
    compared = compare_command.run(
        settings, "demo", segment="s01", models=MODELS, cap_usd=None, yes=False, as_json=True
    )
    printed = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (compared, printed["waiting_usd"] > 0, len(market.report().of("fal"))) == (DECLINED, True, before)
    yes = partial(
        approve_command.run, settings, "demo", mode=None, segments=[], compared="s01", yes=False, as_json=True
    )
    assert yes() == 0
    made = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert made["cost_usd"] == pytest.approx(printed["waiting_usd"], rel=0.05)
    assert len(market.report().of("fal")) == before + 2
    with pytest.raises(ContentError, match="no comparison by s01 of demo waits for approval"):
        yes()
    with open_state(settings, load_show(settings.show)) as state, state.store.reading() as session:
        [row] = session.scalars(select(ApprovalRow))
        assert row.used_by  # and for nothing else


def test_a_yes_that_no_run_has_used_is_used_by_the_command_that_its_refusal_names(
    market: Providers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = asked_for_everything(market, tmp_path, monkeypatch)
    stage.write_episode(text="NINJA: One two three, and what was agreed to.\n")
    settings, before = stage.settings(Mode.DRAFT), len(market.report().of("fal"))
    places = {**os.environ, "NINJA_SHOW": f"{stage.show}", "NINJA_OUTPUT": f"{stage.output}"}
    asked = ["compare", "demo", "--segment", "s01", "--models", ",".join(MODELS), "--mode", "draft"]
    assert CliRunner().invoke(app, asked, env=places).exit_code == DECLINED
    say_yes(settings, load_show(settings.show), "demo", compared="s01")  # and what goes on with it dies
    with pytest.raises(ContentError, match="approved before") as refused:
        say_yes(settings, load_show(settings.show), "demo", compared="s01")
    named = re.findall(r"`ninja ([^`]+)`", str(refused.value.hint))
    done = CliRunner().invoke(app, shlex.split(named[0]), env=places)
    assert done.exit_code == 0, done.output
    assert len(market.report().of("fal")) == before + 2
    assert waits_of(settings, load_show(settings.show)) == ([], [])
    assert approved_of(settings, load_show(settings.show)) == []


def test_a_rehearsal_compares_puppets_for_nothing_and_says_so(tmp_path_factory: pytest.TempPathFactory) -> None:
    stage = build_stage(tmp_path_factory.mktemp("rehearsed"))
    stage.write_episode(text="NINJA: One two three.")
    match = check_match(stage.settings(), "demo", "s01", ["v2/standard", "fabric"])
    assert check_caps(match) is None
    with stage.instance() as instance:
        made = compare(match, instance)
    assert made is not None
    assert made.stand_ins
    assert made.cost_usd == 0
    assert [each.price_usd for each in made.models] == [
        pytest.approx(0.0562 * made.seconds, abs=0.001),
        pytest.approx(0.15 * made.seconds, abs=0.001),
    ]


@pytest.mark.parametrize(
    ("models", "says"),
    [
        (["v2/pro"], "two or more"),
        (["v2/pro", "ai-avatar/v2/pro"], "two or more"),
        (["v2/pro", "sora"], "is no speaker model"),
        (["v2/pro", "kling"], "several speaker models"),
    ],
)
def test_models_that_cannot_be_compared_are_refused_with_those_that_can(
    tmp_path_factory: pytest.TempPathFactory, models: list[str], says: str
) -> None:
    stage = build_stage(tmp_path_factory.mktemp("refused"))
    with pytest.raises(ContentError, match=says):
        check_match(stage.settings(), "demo", "s01", models)
