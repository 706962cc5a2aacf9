"""What the gate holds up before anything is launched: told once, and judged again when a file changes."""

import os
from datetime import date
from pathlib import Path

import dagster as dg
import pytest

from ninja_assets.held_up import HeldUp, held_up, said_once
from resources.core.errors import ContentError
from resources.core.names import Mode
from resources.models.loading import load_show
from resources.models.prices import Price, PriceSheet, Unit
from resources.purchasing.books import open_state
from resources.purchasing.taken_prices import TakenPrices
from resources.quality.lint import Finding, Severity
from tests.stage import Stage, build_stage, paid_show

KEYS = {"FAL_KEY": "a-key-of-the-test", "ELEVENLABS_API_KEY": "a-key-of-the-test"}


def finding(rule: str = "a-rule", where: str = "demo.md:3", message: str = "it costs $3.00") -> Finding:
    return Finding(rule, Severity.ERROR, where, message, "mend it", "a source")


def held(*findings: Finding, episode: str = "demo") -> HeldUp:
    return HeldUp(episode, Mode.DRAFT, findings or (finding(),))


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stage:
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    return paid_show(tmp_path)


def test_a_mark_changes_with_what_is_found_and_where_and_not_with_the_dollars_in_it() -> None:
    first = held()
    assert held(finding(message="it costs $3.01")).mark == first.mark
    others = [held(finding(where="demo.md:4")), held(finding("another")), held(finding(), finding()), held(episode="x")]
    assert len({first.mark, *(each.mark for each in others)}) == 5
    turned = [held(finding(), finding("b")), held(finding("b"), finding())]
    assert turned[0].mark == turned[1].mark


def test_many_errors_are_told_in_ten_lines_and_the_command_for_the_rest() -> None:
    many = held(*(finding(where=f"demo.md:{number}") for number in range(12)))
    assert len(many.lines()) == 11
    assert many.lines()[-1] == "and 2 more: ninja lint demo --mode draft"
    assert len(held(*(finding() for _ in range(10))).lines()) == 10
    assert str(held()).splitlines() == [
        "demo is held up before its draft run: 1 error",
        "demo.md:3: it costs $3.00 [a-rule]; mend: mend it",
    ]


def test_a_tick_tells_the_whole_of_it_once_until_something_changes() -> None:
    with dg.build_sensor_context() as context:
        assert "mend it" in said_once(context, [held()])
        assert said_once(context, [held()]) == "demo is still held up: 1 error, as told before"
        assert "demo.md:9" in said_once(context, [held(finding(where="demo.md:9"))])
        assert said_once(context, []) == ""
        assert "mend it" in said_once(context, [held(finding(where="demo.md:9"))])  # it was fine in between


def test_an_episode_that_may_be_launched_is_not_held_up(stage: Stage) -> None:
    assert held_up(stage.settings(Mode.DRAFT), "demo") is None


def test_it_is_judged_again_when_a_file_has_changed_and_only_then(stage: Stage) -> None:
    settings = stage.settings(Mode.DRAFT)
    assert held_up(settings, "demo") is None
    stage.write_episode(text="NOBODY: Hello there.\n")
    found = held_up(settings, "demo")
    assert found is not None
    assert "NOBODY" in str(found)
    assert held_up(settings, "demo") == found
    stage.write_episode()
    assert held_up(settings, "demo") is None


def test_it_is_held_up_no_more_when_the_price_that_it_lacked_was_taken(stage: Stage) -> None:
    model = "fal-ai/kling-video/o3/pro/video-to-video/edit"  # without a list price of the project's own
    stage.write_episode(text=f"NINJA: Hello there.\nEDIT {{clip: s01, model: {model}}}: Rain on the windows.\n")
    settings = stage.settings(Mode.DRAFT)
    found = held_up(settings, "demo")
    assert found is not None
    assert [each.rule for each in found.findings] == ["price-missing"]
    price = Price(endpoint=model, unit=Unit.SECOND, unit_usd=0.2, date=date(2026, 11, 20), source="the platform")
    with open_state(settings, load_show(stage.show)) as state:  # as `ninja prices refresh` does, which it names
        TakenPrices(state).keep(PriceSheet(price=(price,)))
    assert held_up(settings, "demo") is None


def test_it_is_held_up_no_more_when_what_is_made_can_be_written_again(stage: Stage) -> None:
    settings = stage.settings()
    stage.output.write_bytes(b"")  # a file stands where the folder should
    found = held_up(settings, "demo")
    assert found is not None
    assert {each.rule for each in found.findings} == {"place-unwritable"}
    stage.output.unlink()
    assert held_up(settings, "demo") is None


def test_a_picture_that_goes_away_holds_it_up(stage: Stage) -> None:
    settings = stage.settings(Mode.DRAFT)
    assert held_up(settings, "demo") is None
    (stage.show / "characters" / "ninja.png").unlink()
    with pytest.raises(ContentError):  # the show itself cannot be read
        held_up(settings, "demo")


def test_a_price_over_the_caps_holds_it_up_where_it_is_asked_for(stage: Stage) -> None:
    show = (stage.show / "show.yaml").read_text(encoding="utf-8")
    (stage.show / "show.yaml").write_text(
        show.replace("{segment_usd: 2, episode_usd: 10,", "{segment_usd: 0.01, episode_usd: 0.01,"), encoding="utf-8"
    )
    settings = stage.settings(Mode.DRAFT)
    found = held_up(settings, "demo")
    assert found is not None
    assert "cap" in str(found)
    assert held_up(settings, "demo", caps=False) is None
    assert held_up(stage.settings(), "demo") is None  # a rehearsal costs nothing


def test_one_mode_says_nothing_of_another(tmp_path: Path) -> None:
    stage = build_stage(tmp_path)  # puppets: no model, no key, no caps
    assert held_up(stage.settings(), "demo") is None
    assert held_up(stage.settings(Mode.DRAFT), "demo") is not None


def test_an_episode_without_a_file_is_held_up_and_a_link_to_nowhere_is_no_matter(stage: Stage) -> None:
    (stage.show / "characters" / "gone.png").symlink_to(os.devnull + "-gone")
    found = held_up(stage.settings(Mode.DRAFT), "nobody")
    assert found is not None
    assert "nobody" in str(found)
    assert held_up(stage.settings(Mode.DRAFT), "demo") is None
