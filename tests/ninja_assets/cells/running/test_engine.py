"""The engine without Dagster: how far each chain comes, what is told of it, and what stays asked for."""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace

from ninja_assets.cells.asset import AssetCell, Graph, episode_asset, segment_asset
from ninja_assets.cells.consent.barrier import Refused
from ninja_assets.cells.failure_table import Failed, InVain
from ninja_assets.cells.running.beginning import Asked
from ninja_assets.cells.running.engine import judge_again, run_cells
from ninja_assets.cells.running.outcomes import Done, Judged, Outcome
from ninja_assets.cells.work import Delivered, EpisodeWork, Metadata, SegmentWork
from resources.core.errors import WaitingError
from resources.core.names import CellKey, Mode
from resources.core.values import Media, Receipt, VoiceTrack
from resources.models.loading import load_script
from resources.studio import Studio
from tests.ninja_assets.cells.running.run_of_toy import ALL, asked, cells_of, failed, run
from tests.ninja_assets.cells.toy import SEGMENTS, Thing, Toy, fill_up


def test_each_cell_is_told_once_and_slots_without_a_segment_come_first(toy: Toy, studio: Studio) -> None:
    outcomes = run(toy, studio)
    assert cells_of(outcomes) == sorted((asset, f"s0{n}") for asset in ALL for n in (1, 2, 3))
    assert cells_of(outcomes, needless=True) == sorted((asset, "s04") for asset in ALL)
    first = next(each for each in outcomes if isinstance(each, Done))
    assert (first.needless, first.metadata["in_script"]) == (True, False)
    assert asked(studio) == {}


def test_a_failure_ends_its_own_chain_and_no_other_and_stays_asked_for(toy: Toy, studio: Studio) -> None:
    toy.broken = {("speaker_clips", "s02")}
    outcomes = run(toy, studio)
    assert failed(outcomes) == [("speaker_clips", "s02")]
    vain = {(each.asset, each.cell.segment) for each in outcomes if isinstance(each, InVain)}
    assert ("composites", "s02") in vain
    assert {("composites", "s01"), ("composites", "s03")} <= set(cells_of(outcomes))
    assert asked(studio)["s02"] >= {"speaker_clips", "composites", "final_video"}


def test_what_came_of_each_cell_is_told_where_the_state_can_be_written_no_more(toy: Toy, studio: Studio) -> None:
    cells = tuple(CellKey("demo", each) for each in SEGMENTS)
    asked = Asked(frozenset(ALL), cells, "run-1", cells)
    outcomes: list[Outcome] = []
    for each in run_cells(toy.graph(), asked, studio, lambda _: {}):
        if isinstance(each, Done) and each.asset == "tts_audio" and not each.needless:
            fill_up(studio.settings.state / "ledger.db")
        outcomes.append(each)
    broken = [each for each in outcomes if isinstance(each, Failed)]
    assert broken
    assert all("the disk is full" in str(each.error) for each in broken)
    assert {each for each in cells_of(outcomes) if each[0] == "tts_audio"}


def test_a_red_cell_that_is_launched_alone_is_carried_to_the_cut(toy: Toy, studio: Studio) -> None:
    toy.broken = {("tts_audio", "s02")}
    run(toy, studio)
    toy.broken = set()
    outcomes = run(toy, studio, "tts_audio", segments=["s02"])
    made = cells_of(outcomes)
    assert [each for each in made if each[0] != "final_video"] == [
        ("composites", "s02"),
        ("speaker_clips", "s02"),
        ("tts_audio", "s02"),
    ]
    assert ("final_video", "s02") in made
    assert asked(studio) == {}


def test_a_cut_that_is_carried_and_still_waits_fails_nothing(toy: Toy, studio: Studio) -> None:
    toy.broken = {("tts_audio", "s02"), ("tts_audio", "s03")}
    run(toy, studio)
    toy.broken = {("tts_audio", "s03")}
    outcomes = run(toy, studio, "tts_audio", segments=["s02"])
    assert failed(outcomes) == []
    assert not [each for each in cells_of(outcomes) if each[0] == "final_video"]
    assert "final_video" in asked(studio)["s02"]


def test_an_unforeseen_error_is_one_cells_and_promises_no_other_try(toy: Toy, studio: Studio) -> None:
    toy.unforeseen = {("speaker_clips", "s01")}
    toy.in_passing = {("speaker_clips", "s03")}
    found = {each.cell.segment: each for each in run(toy, studio) if isinstance(each, Failed)}
    assert {segment: each.retryable for segment, each in found.items()} == {"s01": False, "s03": True}


def test_a_full_disk_is_no_unforeseen_error_but_named_with_what_helps(toy: Toy, studio: Studio) -> None:
    toy.without_room = {("speaker_clips", "s02")}
    [found] = [each for each in run(toy, studio) if isinstance(each, Failed)]
    assert "a disk of this machine is full (No space left on device)" in found.reason
    assert "TMPDIR" in found.hint


def test_what_a_check_finds_is_told_with_its_cell_and_of_the_whole_episode(toy: Toy, studio: Studio) -> None:
    toy.muffled = {"s02"}
    outcomes = run(toy, studio)
    [judged] = [each for each in outcomes if isinstance(each, Judged) and each.asset == "speaker_clips"]
    assert {finding.segment: finding.passed for finding in judged.findings["demo"]} == {
        "s01": True,
        "s02": False,
        "s03": True,
    }
    toy.muffled = set()
    part = run(toy, studio, "speaker_clips", segments=["s01"])
    [again] = [each for each in part if isinstance(each, Judged) and each.asset == "speaker_clips"]
    assert {finding.segment for finding in again.findings["demo"]} == {"s01", "s02", "s03"}
    [looked] = judge_again(toy.graph(), ["speaker_clips"], studio, "demo")
    assert len(looked.findings["demo"]) == 3


def test_the_first_segments_are_composed_and_told_while_the_last_one_is_not_drawn_yet(toy: Toy, studio: Studio) -> None:
    toy.stage.write_episode(
        "long", "".join(f"NINJA: Line number {each}.\n" for each in ("one", "two", "three", "four"))
    )
    outcomes = run(toy, replace(studio, cores=1), episode="long")
    assert [segment for asset, segment in toy.made if asset == "composites"] == ["s01", "s02", "s03", "s04"]
    assert toy.made.index(("composites", "s01")) < toy.made.index(("speaker_clips", "s04"))
    told = [(each.asset, each.cell.segment) for each in outcomes if isinstance(each, Done) and not each.needless]
    assert told.index(("speaker_clips", "s01")) < told.index(("composites", "s02"))


def test_an_episode_is_cut_before_the_next_one_is_drawn_to_its_end(toy: Toy, studio: Studio) -> None:
    lines = "".join(f"NINJA: Line number {each}.\n" for each in ("one", "two", "three", "four"))
    cells = []
    for name in ("first", "second", "third"):
        toy.stage.write_episode(name, lines)
        cells += [CellKey(name, segment) for segment in SEGMENTS]
    wanted = Asked(frozenset(ALL), tuple(cells), "run-1", tuple(cells))
    outcomes = run_cells(toy.graph(), wanted, replace(studio, cores=1), lambda _: {})
    done = [each for each in outcomes if isinstance(each, Done) and not each.needless]
    cut = done.index(next(each for each in done if each.asset == "final_video"))
    assert done[cut].cell.episode == "first"
    assert [each for each in done[cut:] if each.cell.episode == "third" and each.asset == "speaker_clips"]


def test_a_run_that_is_stopped_keeps_what_it_has_made_and_what_is_left(toy: Toy, studio: Studio) -> None:
    cells = tuple(CellKey("demo", each) for each in SEGMENTS)
    wanted = Asked(frozenset(ALL), cells, "run-1", cells)
    outcomes = run_cells(toy.graph(), wanted, studio, lambda _: {})
    for each in outcomes:
        if isinstance(each, Done) and each.asset == "tts_audio" and not each.needless:
            break
    outcomes.close()
    left = asked(studio)
    assert "final_video" in left["s01"]
    assert any("tts_audio" not in assets for assets in left.values())


def test_two_episodes_that_settle_their_prices_at_once_each_keep_what_they_must_not_buy(
    toy: Toy, studio: Studio
) -> None:
    toy.stage.write_episode("other", "NINJA: One line here.\nGLITCH: And another one.\n")
    paid = replace(studio, mode=Mode.DRAFT, settings=studio.settings.in_mode(Mode.DRAFT), workers=2)
    both = threading.Barrier(2)

    def refuse(works: Sequence[SegmentWork]) -> Refused:
        both.wait(60)
        return {(work.asset, work.key): WaitingError("listen first") for work in works if work.key.segment == "s01"}

    cells = tuple(CellKey(episode, each) for episode in ("demo", "other") for each in SEGMENTS)
    asked = Asked(frozenset({"script", "tts_audio", "speaker_clips"}), cells, "run-1", cells)
    outcomes = list(run_cells(_spoken(toy), asked, paid, refuse))
    refused = {each.cell for each in outcomes if isinstance(each, Failed)}
    assert refused == {CellKey("demo", "s01"), CellKey("other", "s01")}


def _spoken(toy: Toy) -> Graph:
    """A graph whose cells have a voice, and a clip that is bought for it: no s01 before both episodes are settled."""

    def both_settled(work: SegmentWork) -> Sequence[AssetCell]:
        return [("speaker_clips", CellKey(each, "s02")) for each in ("demo", "other") if work.key.segment == "s01"]

    @episode_asset(kinds={"toy"}, description="A toy.")
    def script(work: EpisodeWork) -> Mapping[str, Metadata]:
        parsed = load_script(work.studio.settings.show, work.studio.show, work.episode)
        work.records.write_script(parsed)
        return {each.segment: {"in_script": True} for each in parsed.segments}

    @segment_asset(deps=["script"], kinds={"toy"}, description="A toy.")
    def tts_audio(work: SegmentWork) -> Delivered:
        audio = Media(sha256="0" * 64, suffix=".wav", size=1)
        return Delivered(VoiceTrack(audio=audio, seconds=1.0, words=(), padded=False, receipt=Receipt(provider="toy")))

    @segment_asset(deps=["tts_audio"], kinds={"toy"}, description="A toy.", paid=True, follows=both_settled)
    def speaker_clips(work: SegmentWork) -> Delivered:
        return Delivered(Thing(words=work.content.text))

    return Graph(script, (tts_audio, speaker_clips), toy.graph().cut)
