"""What tells one performance from another, and what an earlier version listed of them."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from ninja_assets.cells.record.records import Records
from ninja_assets.cut.past_takes import (
    ASSET,
    KeptTake,
    KeptTakes,
    files_of_takes,
    follow_lines,
    other_takes,
    performance_of,
    read_takes,
)
from resources.core.library import Library
from resources.core.names import CellKey, Mode
from resources.core.values import Media, Receipt, VoiceTrack
from resources.models.loading import load_script, load_show
from resources.purchasing.ledger.tables.store import Store
from resources.purchasing.state.state import ShowState
from tests.empty_ledger import empty_ledger
from tests.stage import build_stage

CELL = CellKey("demo", "s01")


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    with ShowState(Store(empty_ledger(tmp_path / "ledger.db")), "show") as state:
        yield Records(state, tmp_path / "output", Mode.REHEARSAL)


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path / "library")


def media(letter: str) -> Media:
    return Media(sha256=letter * 64, suffix=".mp4", size=1)


def voice(letter: str, cost: float = 0.0) -> VoiceTrack:
    receipt = Receipt(provider="offline", cost_usd=cost)
    return VoiceTrack(audio=media(letter), seconds=2.0, words=(), padded=False, receipt=receipt)


def take(number: int, video: Media, source: Media) -> KeptTake:
    return KeptTake(
        number=number, performance=f"p{number}", take=number, text="Hi", seconds=2.0, cost_usd=0.5, video=video,
        source=source, kind="speaker",
    )  # fmt: skip


def stored(library: Library, folder: Path, name: str) -> Media:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(name.encode())
    return library.put(folder / name)


def test_another_voice_another_clip_and_another_shot_are_other_performances() -> None:
    told = [
        performance_of(voice("a"), media("b")),
        performance_of(voice("c"), media("b")),
        performance_of(voice("a"), media("d")),
        performance_of(None, media("b")),
        performance_of(None, media("d")),
    ]
    assert len(set(told)) == 5
    assert performance_of(voice("a", cost=3.0), media("b")) == told[0]  # what it cost does not change what it is


def test_the_takes_besides_the_current_one_are_shown_newest_first_while_their_files_are_there(
    records: Records, library: Library, tmp_path: Path
) -> None:
    assert read_takes(library, records, CELL) == ()
    first, second = (stored(library, tmp_path, name) for name in ("1.mp4", "2.mp4"))
    listed = (take(1, first, media("e")), take(2, media("f"), media("e")), take(3, second, media("e")))
    records.write(ASSET, CELL, KeptTakes(listed=(*listed, take(4, first, media("e")))), {})
    shown = other_takes(library, records, CELL, "p4", lambda _, path: path)
    assert [each.number for each in shown] == [3, 1]
    assert (shown[0].video, shown[0].speaker) == ("s01/takes/3/segment.mp4", "s01/takes/3/speaker.mp4")
    assert [each.number for each in other_takes(library, records, CELL, "p1", lambda _, path: path)] == [4, 3]


def test_each_file_of_a_take_has_its_place_and_the_name_of_the_current_one(records: Records, library: Library) -> None:
    records.write(ASSET, CELL, KeptTakes(listed=(take(2, media("a"), media("b")),)), {})
    assert list(files_of_takes(library, records, CELL)) == [
        (media("a"), "takes/2/segment.mp4", "segment.mp4"),
        (media("b"), "takes/2/speaker.mp4", "speaker.mp4"),
    ]


def test_the_takes_of_a_line_that_moves_are_listed_where_it_stands_now(
    records: Records, library: Library, tmp_path: Path
) -> None:
    stage = build_stage(tmp_path / "stage")
    files, segments = (media("a"), media("b")), ("s01", "s02", "s03")
    there = {
        "s01": [take(1, *files).model_copy(update={"text": "Five."})],
        "s02": [take(number, *files).model_copy(update={"text": "One two three."}) for number in (1, 2)],
        "s03": [take(1, *files).model_copy(update={"text": "One two three.", "label": "GLITCH"})],
    }
    for segment, takes in there.items():
        of_segment = tuple(each.model_copy(update={"performance": f"{segment} {each.number}"}) for each in takes)
        records.write(ASSET, CellKey("demo", segment), KeptTakes(listed=of_segment), {})
    stage.write_episode(text="---\ntitle: Order\n---\nNINJA: One two three.\nGLITCH: Five.\n")
    script = load_script(stage.show, load_show(stage.show), "demo")
    for _ in range(2):
        records.write_script(script)  # in which there is no s03 any more
        follow_lines(library, records, script, segments)
        listed = {each: read_takes(library, records, CellKey("demo", each)) for each in segments}
        assert {segment: [(each.number, each.performance) for each in takes] for segment, takes in listed.items()} == {
            "s01": [(1, "s01 1"), (2, "s02 1"), (3, "s02 2")],
            "s02": [(1, "s02 1"), (2, "s02 2"), (3, "s01 1")],
            "s03": [(1, "s03 1")],
        }


def test_a_line_that_moves_up_because_one_before_it_is_deleted_keeps_its_takes(
    records: Records, library: Library, tmp_path: Path
) -> None:
    stage, last = build_stage(tmp_path / "stage"), CellKey("demo", "s02")
    lost = take(1, media("a"), media("b")).model_copy(update={"text": "Five.", "label": "GLITCH"})
    records.write(ASSET, last, KeptTakes(listed=(lost,)), {})
    stage.write_episode(text="---\ntitle: Order\n---\nGLITCH: Five.\n")
    script = load_script(stage.show, load_show(stage.show), "demo")
    records.write_script(script)
    follow_lines(library, records, script, ("s01", "s02"))
    assert [each.performance for each in read_takes(library, records, CELL)] == ["p1"]


def test_what_an_earlier_version_listed_is_taken_over_once_without_what_is_gone(
    records: Records, library: Library
) -> None:
    folder = records.folder(CELL)
    video, source = (stored(library, folder / "takes" / "1", name) for name in ("segment.mp4", "speaker.mp4"))

    def old(number: int, place: str) -> object:
        shown = {
            "number": number, "take": 1, "text": "Hi", "seconds": 2.0, "cost_usd": 0.5,
            "video": f"s01/takes/{place}/segment.mp4", "speaker": f"s01/takes/{place}/speaker.mp4",
        }  # fmt: skip
        return {"number": number, "performance": f"p{number}", "shown": shown}

    (folder / "takes.json").write_text(json.dumps([old(1, "1"), old(2, "gone")]))
    [kept] = read_takes(library, records, CELL)
    assert (kept.number, kept.performance, kept.video, kept.source) == (1, "p1", video, source)
    assert (kept.kind, kept.parts, kept.cost_usd) == ("speaker", None, 0.5)
    assert not (folder / "takes.json").exists()
    assert read_takes(library, records, CELL) == (kept,)
