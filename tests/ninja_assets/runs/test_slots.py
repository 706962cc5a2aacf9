"""Which slots a run of a whole episode holds: what the script uses, and what Dagster does not show as unused yet."""

from collections.abc import Iterator, Mapping

import dagster as dg
import pytest

from ninja_assets.partitions import EPISODE, range_tags
from ninja_assets.runs.slots import slots_to_make
from resources.content.segments import Script, Turn
from resources.content.show import Format

ASSETS = ("script", "composites")
SLOTS = 6


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as opened:
        opened.add_dynamic_partitions(EPISODE, ["demo", "other"])
        yield opened


def _script(turns: int) -> Script:
    turns_of = (
        Turn(segment=f"s0{number}", speaker="NINJA", performance="One.", spoken="One.", line=number)
        for number in range(1, turns + 1)
    )
    return Script(episode="demo", title="Demo", format=Format.SHORT, sha256="0" * 64, turns=tuple(turns_of))


def _tell(instance: dg.DagsterInstance, asset: str, **in_script: bool) -> None:
    for segment, used in in_script.items():
        made = dg.AssetMaterialization(asset, partition=f"demo|{segment}", metadata={"in_script": used})
        instance.report_runless_asset_event(made)


def _tell_all(instance: dg.DagsterInstance, *assets: str, used: int) -> None:
    for asset in assets:
        _tell(instance, asset, **{f"s0{number}": number <= used for number in range(1, SLOTS + 1)})


def _run(instance: dg.DagsterInstance, tags: Mapping[str, str], *, well: bool) -> None:
    @dg.op
    def end() -> None:
        if not well:
            raise dg.Failure

    @dg.job
    def job() -> None:
        end()

    job.execute_in_process(instance=instance, tags=tags, raise_on_error=False)


def _last(instance: dg.DagsterInstance, turns: int) -> str:
    held = slots_to_make(instance, _script(turns), SLOTS, ASSETS)
    assert held == [f"s0{number}" for number in range(1, len(held) + 1)]  # one range
    return held[-1]


def test_a_new_episode_is_told_whole(instance: dg.DagsterInstance) -> None:
    assert _last(instance, 2) == "s06"


def test_slots_that_are_told_as_unused_are_left_out(instance: dg.DagsterInstance) -> None:
    _tell_all(instance, *ASSETS, used=2)
    assert _last(instance, 2) == "s02"
    assert _last(instance, 4) == "s04"  # the script has grown
    _tell_all(instance, *ASSETS, used=4)
    _tell_all(instance, *ASSETS, used=2)  # told twice by now
    assert _last(instance, 2) == "s02"


def test_a_slot_that_any_asset_has_not_told_of_or_that_was_used_last_is_told(instance: dg.DagsterInstance) -> None:
    _tell_all(instance, "script", used=2)
    assert _last(instance, 2) == "s06"
    _tell(instance, "composites", s03=False, s04=False, s06=False)
    assert _last(instance, 2) == "s05"
    _tell(instance, "composites", s05=False)
    assert _last(instance, 2) == "s02"
    _tell(instance, "script", s03=True)
    assert _last(instance, 2) == "s03"


def test_a_slot_is_told_again_after_a_run_that_held_it_and_did_not_end_well(instance: dg.DagsterInstance) -> None:
    _tell_all(instance, *ASSETS, used=2)
    _run(instance, range_tags("demo", ["s01", "s06"]), well=True)
    _run(instance, range_tags("other", ["s01", "s06"]), well=False)
    _run(instance, {}, well=False)
    _run(instance, range_tags("demo", ["s01", "s02"]), well=False)
    assert _last(instance, 2) == "s02"
    _run(instance, range_tags("demo", ["s01", "s04"]), well=False)
    assert _last(instance, 2) == "s04"
    _tell_all(instance, *ASSETS, used=2)
    assert _last(instance, 2) == "s02"
    _run(instance, {name: value for name, value in range_tags("demo", ["s01"]).items() if "start" in name}, well=False)
    assert _last(instance, 2) == "s06"  # nobody can read what that one held


def test_a_script_that_uses_every_slot_asks_dagster_nothing(instance: dg.DagsterInstance) -> None:
    assert _last(instance, 6) == "s06"
