"""What the doctor says of a show, an environment and a ledger. Nothing is sent; a key is never shown."""

import shutil
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest

from ninja_assets.runs.doctor.diagnosis import examine
from ninja_assets.runs.doctor.doctor_finding import Finding, Health
from ninja_assets.runs.home import own_settings
from resources.core.names import Mode
from resources.core.values import Cell
from resources.models.loading import load_show
from resources.purchasing.books import open_ledger
from resources.purchasing.ledger.tables.entry import NOBODYS
from tests.resources.purchasing.ledger.helpers import purchase
from tests.stage import SHOW, Stage, build_stage, paid_show

KEYS = {"FAL_AI_API_KEY": "fal-key-value", "ELEVENLABS_API_KEY": "eleven-key-value"}


def examined(stage: Stage, **environment: str) -> dict[str, Finding]:
    """Every finding by its name."""
    home = stage.root / "home"
    home.mkdir(exist_ok=True)
    if not (home / "dagster.yaml").exists():
        (home / "dagster.yaml").write_text(own_settings(), encoding="utf-8")
    return {finding.name: finding for finding in examine(stage.settings(), {"DAGSTER_HOME": str(home), **environment})}


def test_a_rehearsal_needs_no_key_and_no_caps_and_what_draft_needs_is_noted_with_the_lines_to_add(
    tmp_path: Path,
) -> None:
    stage = build_stage(tmp_path)
    stage.write_show("\n".join(line for line in SHOW.splitlines() if "caps:" not in line))
    found = examined(stage)
    assert {name for name, finding in found.items() if finding.health is Health.BAD} == set()
    notes = {name: finding.hint for name, finding in found.items() if finding.health is Health.NOTE}
    assert notes == {
        "fal.ai key": "export FAL_KEY=…",
        "ElevenLabs key": "export ELEVENLABS_API_KEY=…",
        "caps": "add to show.yaml: caps: {segment_usd: 2.50, episode_usd: 15.00, day_usd: 30.00}",
    }


def test_a_key_is_found_under_its_other_name_and_never_shown(tmp_path: Path) -> None:
    found = examined(paid_show(tmp_path), **KEYS)
    assert found["fal.ai key"].detail == "set in FAL_AI_API_KEY"
    assert {finding.health for finding in found.values()} == {Health.GOOD}
    assert not [finding for finding in found.values() for value in KEYS.values() if value in finding.model_dump_json()]


def test_each_episode_is_looked_at_by_itself_and_a_file_that_cannot_be_one_is_named(tmp_path: Path) -> None:
    stage = build_stage(tmp_path)
    stage.write_episode("broken", "NOBODY: Who am I?")
    (stage.show / "episodes" / "My Show.md").write_text("NINJA: Hello.", encoding="utf-8")
    found = examined(stage)
    assert (found["episode demo"].health, found["episode broken"].health) == (Health.GOOD, Health.BAD)
    assert "NOBODY" in found["episode broken"].detail
    assert found["file My Show.md"].health is Health.NOTE


def test_a_show_without_episodes_or_with_a_mistake_is_bad_and_says_where(tmp_path: Path) -> None:
    stage = build_stage(tmp_path)
    (stage.show / "episodes" / "demo.md").unlink()
    assert examined(stage)["episodes"].health is Health.BAD
    stage.write_show(SHOW.replace("slots: 4", "slots: many"))
    found = examined(stage)
    assert found["show.yaml"].health is Health.BAD
    assert "show.yaml:2" in found["show.yaml"].detail
    assert "episodes" not in found  # nothing that stands on the show is guessed


def test_a_full_disk_and_a_folder_that_cannot_be_written_are_bad(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = build_stage(tmp_path)
    stage.output.write_text("a file in the folder's place", encoding="utf-8")
    assert examined(stage)["output folder"].health is Health.BAD
    stage.output.unlink()
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=1_000_000))
    assert "GB free" in examined(stage)["output folder"].detail
    assert examined(stage)["dagster home"].health is Health.BAD


def test_what_was_paid_for_and_has_not_come_is_named_with_the_command_that_goes_on(tmp_path: Path) -> None:
    stage = paid_show(tmp_path)
    show = load_show(stage.show)
    with open_ledger(stage.settings(), show) as ledger:
        for words in ("lost", "under way"):
            wanted = purchase(words).model_copy(update={"cell": Cell(episode="demo", segment="s02", mode=Mode.DRAFT)})
            claim = ledger.sending(ledger.claim(wanted))
            ledger.unknown(claim, "no answer") if words == "lost" else ledger.submitted(claim, "r1")
        ledger.lock_provider("fal", "Exhausted balance")
    found = examined(stage, **KEYS)
    assert "entry 1" in found["lost requests"].detail
    assert found["lost requests"].hint == "ninja ledger --state unknown"
    assert "demo s02" in found["under way"].detail
    assert found["under way"].hint == (
        "to collect: ninja produce demo --mode draft; "
        "of what no script asks for any more: ninja ledger settle 2 charged"
    )
    assert (found["fal is locked"].detail, found["fal is locked"].hint) == (
        "Exhausted balance",
        "mend the account, then: ninja ledger unlock fal",
    )


def test_what_was_adopted_and_is_of_no_episode_is_named_without_a_command_for_one(tmp_path: Path) -> None:
    stage = paid_show(tmp_path)
    nobodys = purchase().model_copy(update={"cell": Cell(episode=NOBODYS, segment="", mode=Mode.FINAL)})
    with open_ledger(stage.settings(), load_show(stage.show)) as ledger:
        ledger.taken_in(nobodys, "r1", sent={}, sent_at=datetime.now(UTC))
    found = examined(stage, **KEYS)
    assert "under way" not in found
    assert "entry 1" in found["adopted"].detail
    assert "ninja ledger settle 1 charged" in found["adopted"].hint
    assert NOBODYS not in found["adopted"].hint


def test_settings_of_an_earlier_version_are_told_the_lines_that_they_need(tmp_path: Path) -> None:
    stage = build_stage(tmp_path)
    file = tmp_path / "home" / "dagster.yaml"
    file.parent.mkdir()
    earlier, _, younger = own_settings().partition("# A run is tried once more")
    assert younger.endswith("run_retries:\n  enabled: true\n  max_retries: 0\n")
    file.write_text(earlier, encoding="utf-8")
    found = examined(stage)["dagster.yaml"]
    assert (found.health, str(file) in found.detail) == (Health.NOTE, True)
    assert found.hint == "add to it:\nrun_retries:\n  enabled: true\n  max_retries: 0\n"
    file.write_text(earlier + found.hint.partition("\n")[2], encoding="utf-8")
    assert "dagster.yaml" not in examined(stage)


def test_looking_makes_no_ledger(tmp_path: Path) -> None:
    stage = paid_show(tmp_path)
    examined(stage)
    assert not list(stage.root.rglob("ledger.db"))


def test_it_says_which_program_answers_to_the_commands_name(tmp_path: Path) -> None:
    stage = build_stage(tmp_path)
    assert examined(stage)["command"].health is Health.GOOD
    program = tmp_path / "bin" / "ninja"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\n", encoding="utf-8")
    program.chmod(0o755)
    other = examined(stage, PATH=str(program.parent))["command"]
    assert (other.health, other.hint) == (Health.NOTE, "call it ninja-assets, which is the same command")


def test_a_file_of_keys_that_others_can_read_is_noted(tmp_path: Path) -> None:
    stage = build_stage(tmp_path)
    file = stage.show / ".env"
    file.touch(0o644)
    file.chmod(0o644)
    assert examined(stage)[".env"].hint == f"chmod 600 {file}"
    file.chmod(0o600)
    assert examined(stage)[".env"].health is Health.GOOD
