"""What an earlier version of the program bought is found by this one, and none of it is bought again.

The fixture (tests/fixtures/bought) was bought before the rooms moved. Its keys, takes, media and caches stand for
every show that people have: whatever changes here, they must be quoted at nothing and made for nothing.
"""

import json
import re
import shutil
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from ninja_assets.cli.app import app
from resources.core.names import Mode
from resources.models.loading import load_show
from resources.purchasing.books import open_ledger, open_state
from resources.purchasing.ledger import Entry, Purchase
from resources.purchasing.state.approvals import Approvals
from tests.fixtures.bought import PAID_FOR, bought_before, manifest
from tests.fixtures.bought.planned import planned_keys
from tests.paid.runs import PaidStage
from tests.providers.client import Providers
from tests.providers.fixture import provider_process
from tests.stage import Stage

MODES = (Mode.DRAFT, Mode.FINAL)
KLING = "fal-ai/kling-video"
SPEAKER = f"{KLING}/ai-avatar/v2/standard"
BUYING = {"fal.submit", "fal.run", "elevenlabs.speak"}
TAKES = {  # of the pilot in draft, where it is not the first
    ("s01", "listener_clips"): 2,
    ("s02", "tts_audio"): 2,
    ("s02", "speaker_clips"): 2,
    ("s03", "speaker_clips"): 2,
    ("s04", "tts_audio"): 2,
    ("s04", "speaker_clips"): 2,
    ("s06", "shots"): 2,
}


@pytest.fixture
def keys(market: Providers, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys, with which runs could buy from a provider that knows nothing of what was bought."""
    for name, value in market.environment.items():
        monkeypatch.setenv(name, value)


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """The fixture, unpacked once for the tests that leave it as it is."""
    return Stage(bought_before(tmp_path_factory.mktemp("before")))


def ninja(stage: Stage, *arguments: str) -> Any:
    """What a command prints as JSON."""
    places = {"NINJA_SHOW": str(stage.show), "NINJA_OUTPUT": str(stage.output)}
    done = CliRunner().invoke(app, [*arguments, "--json"], env=places)
    assert done.exit_code == 0, (done.output, done.exception)
    return json.loads(done.stdout.splitlines()[-1])


def entries(stage: Stage) -> list[Entry]:
    """Every row of the ledger."""
    settings = stage.settings()
    with closing(open_ledger(settings, load_show(settings.show))) as ledger:
        return ledger.rows()


def accept_voices(stage: Stage, episode: str) -> None:
    """What a person does who has listened to the voices that are doubted."""
    settings = stage.settings()
    with open_state(settings, load_show(settings.show)) as state:
        approvals = Approvals.of(state)
        approvals.accept(approvals.doubts(episode))


def bought(providers: Providers) -> list[str]:
    """What was sold: the endpoints of accepted purchases; and whatever was sent to buy, taken or not."""
    report = providers.report()
    return [one.endpoint for one in report.purchases] + sorted(BUYING & report.requests.keys())


# The ledger


def test_every_row_has_the_key_of_its_arguments(before: Stage) -> None:
    told = {row["id"]: row["key"] for row in manifest()["purchases"]}
    assert {entry.id: entry.key for entry in entries(before)} == told
    for entry in entries(before):
        again = Purchase(
            **{name: getattr(entry, name) for name in Purchase.model_fields if name in Entry.model_fields},
        )
        assert again.key == entry.key, entry.id


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("episode", PAID_FOR)
def test_a_cell_plans_the_purchases_that_were_made_for_it(before: Stage, episode: str, mode: Mode) -> None:
    assert planned_keys(before.settings(mode), episode) == manifest()["planned"][episode][mode.value]


def test_retakes_are_remembered(before: Stage) -> None:
    rows = {entry.key: entry for entry in entries(before)}
    planned = planned_keys(before.settings(Mode.DRAFT), "pilot")
    found = {(segment, rows[key].asset): rows[key].take for segment, keys in planned.items() for key in keys}
    assert {cell: take for cell, take in found.items() if take != 1} == TAKES


# Quotes


@pytest.mark.parametrize("episode", PAID_FOR)
def test_it_is_quoted_at_nothing_in_every_mode(before: Stage, episode: str) -> None:
    for mode in MODES:
        quote, then = ninja(before, "quote", episode, "--mode", mode.value), manifest()["quotes"][episode][mode.value]
        assert (quote["total_usd"], quote["exact"], quote["warnings"]) == (0, True, [])
        assert all(segment["reused"] for segment in quote["segments"])
        assert [(one["segment"], one["seconds"]) for one in quote["segments"]] == [
            (one["segment"], one["seconds"]) for one in then["segments"]
        ]


def test_what_is_not_collected_is_quoted_as_what_it_is(before: Stage) -> None:
    """What may be paid for costs nothing more; what brought nothing, and what was never sent, its price."""
    quote = ninja(before, "quote", "troubled", "--mode", "draft")
    shown = {
        one["segment"]: (one["speaker_usd"] or one["shot_usd"], " ".join(one["notes"])) for one in quote["segments"]
    }
    free = {"s01": "unknown", "s04": "submitted", "s05": "sending", "s06": "collected"}
    assert {segment for segment, (usd, _) in shown.items() if not usd} == free.keys()
    [refused] = [entry.id for entry in entries(before) if entry.cell.segment == "s02" and entry.state == "failed"][-1:]
    assert f"`ninja ledger settle {refused} buy-again` allows it" in shown["s02"][1]
    [mute] = ninja(before, "quote", "mute", "--mode", "draft")["segments"]
    assert mute["voice_usd"] == 0 < mute["speaker_usd"]


# Runs


@pytest.mark.long
@pytest.mark.usefixtures("keys")
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("episode", PAID_FOR)
def test_it_is_made_for_nothing_in_every_mode(market: Providers, tmp_path: Path, episode: str, mode: Mode) -> None:
    made = Stage(bought_before(tmp_path)).produce(episode, mode=mode)
    assert made.error is None, made.error
    assert made.final_video is not None
    assert made.cost_usd == 0
    assert bought(market) == []


@pytest.mark.long
@pytest.mark.usefixtures("keys")
def test_without_its_output_it_is_made_for_nothing_from_library_and_ledger(market: Providers, tmp_path: Path) -> None:
    stage = Stage(bought_before(tmp_path))
    for episode in PAID_FOR:
        shutil.rmtree(stage.output / episode)
    made = stage.produce("pilot", mode=Mode.DRAFT)
    assert (made.error, made.cost_usd) == (None, 0)
    assert bought(market) == []


@pytest.mark.long
def test_its_comparison_is_made_for_nothing(tmp_path: Path) -> None:
    with provider_process(tmp_path / "server") as providers:
        stage = PaidStage(bought_before(tmp_path), providers)
        models = "fal-ai/kling-video/ai-avatar/v2/pro,fal-ai/creatify/aurora"
        wanted = ["--segment", "s01", "--mode", "final", "--models", models, "--yes", "--json"]
        ended = stage.ninja("compare", "pilot", *wanted).end()
        assert ended.status == 0, ended.stderr
        made = json.loads(ended.stdout.splitlines()[-1])
        assert (made["cost_usd"], [one["reused"] for one in made["models"]]) == (0, [True, True])
        assert bought(providers) == []


@pytest.mark.long
def test_a_run_over_troubles_buys_what_is_free_to_be_bought_and_says_what_became_of_the_rest(tmp_path: Path) -> None:
    """Free is what failed for nothing, what was never sent, and what two looks into the history do not show: once each.

    What was sent so long ago has ended by now, so a history that does not show it is believed.
    """
    with provider_process(tmp_path / "server", video_height=120) as providers:
        stage = PaidStage(bought_before(tmp_path), providers)
        assert "listen first" in str(stage.start("troubled", "draft", "--deadline=0.05").end().production.error)
        accept_voices(
            Stage(stage.root), "troubled"
        )  # that day's server broke its words off: nobody would doubt a real voice so
        message = str(stage.start("troubled", "draft", "--deadline=0.05").end().production.error)
        assert message.startswith("2 failed, ")
        assert "perhaps charged before and brought nothing; it is not sent again" in message  # s02: refused by policy
        assert re.search(r"s04 speaker_clips: .* it goes on at the provider", message)  # submitted
        report = providers.report()
        assert report.twice() == []
        spoken = [str(one.content["prompt"]) for one in report.purchases if SPEAKER in one.endpoint]
        assert sorted(prompt.rsplit(", ", 1)[1] for prompt in spoken) == ["fifth.", "first.", "third."]
        others = sorted(one.endpoint for one in report.purchases if SPEAKER not in one.endpoint)
        assert others == [f"{KLING}/v2.5-turbo/pro/text-to-video", f"{KLING}/v2.5-turbo/standard/image-to-video"]
        assert report.requests["fal.requests"] >= 4  # two looks for each of the two that were lost
        lost = stage.start("mute", "draft").end().production
        assert lost.error is None, lost.error
        assert [one.endpoint for one in providers.report().purchases[5:]] == ["eleven_v3", SPEAKER]
        assert providers.report().twice() == []
