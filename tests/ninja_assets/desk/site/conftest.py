"""An episode that waits for a person, and its desk."""

from collections.abc import Iterator

import pytest

from ninja_assets.build import build_defs
from ninja_assets.reports.match_offers import offer_of
from ninja_assets.reports.matches import check_caps, check_match
from ninja_assets.runs.launches import launch_of_match
from ninja_assets.runs.production import QUIET
from resources.core.names import Mode
from resources.models.loading import load_show
from resources.purchasing.books import open_state, waits_of
from resources.purchasing.state.approvals import Approvals, Ask, Doubt
from tests.ninja_assets.desk.site.desk_app import Served
from tests.ninja_assets.desk.site.waiting_stage import MODELS, SHOW, TURNS, waiting
from tests.providers.client import Providers
from tests.providers.fixture import pointed_server
from tests.stage import Stage, paid_show


@pytest.fixture(scope="module")
def providers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Providers]:
    with pointed_server(tmp_path_factory.mktemp("server")) as client, pytest.MonkeyPatch.context() as patch:
        for name, value in client.environment.items():
            patch.setenv(name, value)
        yield client


@pytest.fixture(scope="module")
def stage(providers: Providers, tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """An episode that has its voices: one is doubted, and the price of the other's clips waits."""
    made = paid_show(tmp_path_factory.mktemp("stage"))
    made.write_show(SHOW)
    made.write_episode(text=TURNS)
    assert made.produce(mode=Mode.DRAFT).waiting_usd
    return made


@pytest.fixture(scope="module")
def asked(stage: Stage) -> tuple[Ask, Doubt]:
    """What it waits for."""
    [ask], [doubt] = waits_of(stage.settings(), load_show(stage.show), "demo")
    return ask, doubt


@pytest.fixture
def served(stage: Stage, asked: tuple[Ask, Doubt], providers: Providers, monkeypatch: pytest.MonkeyPatch) -> Served:
    """Its desk, with keys, where nobody has said anything yet."""
    for name, value in providers.environment.items():
        monkeypatch.setenv(name, value)
    ask, doubt = asked
    stage.write_show(SHOW)
    with open_state(stage.settings(), load_show(stage.show)) as state:
        Approvals.of(state).ask(ask.offer, ask.root_run)
        if not Approvals.of(state).accepted(doubt.cell, doubt.sha256):
            Approvals.of(state).doubt(doubt.cell, doubt.mode, doubt.sha256, doubt.why, doubt.root_run)
    return Served(stage)


@pytest.fixture
def comparison(served: Served) -> Ask:
    """A comparison by s01 that a run of the pages has begun, and that waits for its price."""
    match = check_match(served.stage.settings(Mode.DRAFT), "demo", "s01", MODELS)
    wanted = launch_of_match(match)
    job = build_defs(settings=match.settings).resolve_job_def(wanted.job)
    with served.stage.instance() as instance:
        ended = job.execute_in_process(
            instance=instance, run_config={**wanted.config, **QUIET}, tags=dict(wanted.tags), raise_on_error=False
        )
        run = instance.get_run_by_id(ended.run_id)
    assert run is not None
    assert run.tags["ninja/waits"].startswith("waiting for approval of $")
    [ask] = [ask for ask in waiting(served.stage) if ask.offer.compared]
    quote = check_caps(match)
    assert quote is not None
    assert (ask.offer, ask.root_run) == (offer_of(match, quote), ended.run_id)
    return ask
