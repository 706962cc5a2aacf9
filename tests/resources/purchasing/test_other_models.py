"""What-if against the quote and the planner: the same road, the same prices, other models."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from resources.content.segments import Script
from resources.content.show import ListenerPlan, Show
from resources.core.names import Mode
from resources.media.audio.voice_track import wav_bytes
from resources.media.timebase import RATE
from resources.models import speakers
from resources.models.endpoints import ids
from resources.models.loading import load_script, load_show
from resources.models.prices import PriceList
from resources.purchasing import other_models
from resources.purchasing.episode_quote import quote_episode
from resources.purchasing.imports import Bought, import_file
from resources.purchasing.other_models import Row, what_if_of
from tests.paid_episode import portraits
from tests.stage import Stage, paid_show

SHOW = """\
    title: What-if Show
    slots: 4
    characters:
      NINJA: {{name: Ninja, image: characters/ninja.png, voice: {{elevenlabs: {{voice_id: voiceNinja01}}}}}}
      GLITCH: {{name: Glitch, image: characters/glitch.png, voice: {{elevenlabs: {{voice_id: voiceGlitch02}}}}}}
    models:
      final: {{speaker: {speaker}, listener: {listener}, listener_plans: [{plans}]}}
    caps: {{segment_usd: 20, episode_usd: 50, day_usd: 90}}
    """
TWO = "NINJA: One two three, here we go.\nGLITCH: Four five six, I can count.\nNINJA: Good.\n"


def write(stage: Stage, *, speaker: str = ids.AVATAR_PRO, listener: str = ids.I2V_V25_PRO, plans: str = "loop") -> None:
    stage.write_show(SHOW.format(speaker=speaker, listener=listener, plans=plans))


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    stage = paid_show(tmp_path)
    shutil.copytree(portraits(), stage.settings().library)
    write(stage)
    stage.write_episode(text=TWO)
    return stage


def loaded(stage: Stage) -> tuple[Show, Script]:
    show = load_show(stage.show)
    return show, load_script(stage.show, show, "demo")


def row(stage: Stage, name: str, plan: ListenerPlan) -> Row:
    found = what_if_of(stage.settings(), *loaded(stage), Mode.FINAL)
    return next(row for row in found.rows if row.speaker.name == name and row.plan is plan)


def say(stage: Stage, segment: str, seconds: float) -> None:
    """A bought voice of about that length."""
    times = np.arange(round(seconds * RATE)) / RATE
    path = stage.show / f"{segment}.wav"
    path.write_bytes(wav_bytes((0.4 * np.sin(900 * times)).astype(np.float32)))
    import_file(stage.settings(Mode.FINAL), "demo", segment, "tts_audio", Bought(path, cost_usd=0.0))


def test_every_speaker_meets_every_plan(stage: Stage) -> None:
    found = what_if_of(stage.settings(), *loaded(stage), Mode.FINAL)
    assert len(found.rows) == len(speakers.options()) * len(ListenerPlan)


@pytest.mark.parametrize("measured", [False, True], ids=["by the words", "by the voices"])
@pytest.mark.parametrize(
    ("name", "endpoint", "plan"),
    [
        ("Avatar v2 Standard", ids.AVATAR_STANDARD, ListenerPlan.TRIM),
        ("OmniHuman v1.5 at 1080p", ids.OMNIHUMAN, ListenerPlan.SILENT_AVATAR),
        ("Avatar v2 Pro", ids.AVATAR_PRO, ListenerPlan.LOOP),
    ],
)
def test_it_is_the_quote_that_a_show_with_these_models_would_get(
    stage: Stage, measured: bool, name: str, endpoint: str, plan: ListenerPlan
) -> None:
    if measured:
        for segment, seconds in (("s01", 4.0), ("s02", 9.0), ("s03", 2.5)):
            say(stage, segment, seconds)
    found = row(stage, name, plan)
    write(stage, speaker=endpoint, plans=plan.value)
    settings = stage.settings(Mode.FINAL)
    quote = quote_episode(settings, *loaded(stage))
    assert quote.exact is measured
    assert found.speaker_usd == pytest.approx(sum(segment.speaker_usd for segment in quote.segments))
    assert found.listener_usd == pytest.approx(sum(segment.listener_usd for segment in quote.segments))


def test_a_trimmed_listener_costs_the_shortest_clip_that_its_model_sells(stage: Stage) -> None:
    stage.write_episode(text="NINJA: One two three.\n")
    say(stage, "s01", 10.5)
    write(stage, listener=ids.I2V_V3_STANDARD)
    assert row(stage, "Avatar v2 Pro", ListenerPlan.TRIM).listener_usd == pytest.approx(11 * 0.084)


def test_what_is_bought_already_is_priced_like_new_but_for_the_library(stage: Stage) -> None:
    before = row(stage, "Avatar v2 Pro", ListenerPlan.LIBRARY)
    assert before.total_usd is None
    assert "listeners by library cannot be had in s01, s02, s03" in before.note
    assert row(stage, "Avatar v2 Pro", ListenerPlan.LOOP).listener_usd == pytest.approx(2 * 5 * 0.07)


def test_of_a_long_episode_the_first_segments_are_named_and_the_others_counted(stage: Stage) -> None:
    file = stage.show / "show.yaml"
    file.write_text(file.read_text().replace("slots: 4", "slots: 9"))
    stage.write_episode(text="".join(f"NINJA: This is line {number}.\n" for number in range(9)))
    note = row(stage, "Avatar v2 Pro", ListenerPlan.LIBRARY).note
    assert "cannot be had in s01, s02, s03, s04, s05, s06 and 3 more" in note


def test_a_turn_that_a_model_does_not_take_is_named(stage: Stage) -> None:
    stage.write_episode(text="NINJA: " + "Seven words are said here, and more. " * 13 + "\nGLITCH: Yes.\n")
    assert (
        "VEED Fabric 1.0 at 480p takes 0-30 s: not s01 in one piece"
        in row(stage, "VEED Fabric 1.0 at 480p", ListenerPlan.LOOP).note
    )
    assert row(stage, "Avatar v2 Pro", ListenerPlan.LOOP).note == ""


def test_a_listener_without_an_end_frame_loops_forth_and_back(stage: Stage) -> None:
    write(stage, listener=ids.I2V_V25_STANDARD)
    found = row(stage, "Avatar v2 Pro", ListenerPlan.LOOP)
    assert found.listener_usd == pytest.approx(2 * 0.21)
    assert "has no end frame" in found.note


def test_without_a_price_there_is_no_sum_and_the_note_says_so(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    known = [price for price in PriceList.load().prices() if price.endpoint != ids.I2V_O3_PRO]
    monkeypatch.setattr(other_models, "open_prices", lambda *_: PriceList(known))
    write(stage, listener=ids.I2V_O3_PRO)
    found = row(stage, "Avatar v2 Pro", ListenerPlan.TRIM)
    assert found.total_usd is None
    assert f"no price is known for {ids.I2V_O3_PRO}" in found.note


def test_asking_makes_no_ledger_and_no_library(stage: Stage) -> None:
    library = Path(stage.settings().library)
    shutil.rmtree(library)
    what_if_of(stage.settings(), *loaded(stage))
    assert not library.exists()
    assert not stage.output.exists()
