"""Records: typed values of cells, and the chain that keeps yesterday's words out of today's cut."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ninja_assets.cells.record.records import Records, digest_of
from resources.content.segments import Script, Turn
from resources.content.show import Format
from resources.core.errors import ContentError
from resources.core.names import CellKey, Mode
from resources.core.values import Media, MouthCue, Receipt, Viseme, VoiceTrack
from resources.purchasing.ledger.tables.store import Store
from resources.purchasing.state.state import EPISODE, ShowState
from tests.empty_ledger import empty_ledger

CELL = CellKey("demo", "s01")


@pytest.fixture
def state(tmp_path: Path) -> Iterator[ShowState]:
    with ShowState(Store(empty_ledger(tmp_path / "ledger.db")), "show") as opened:
        yield opened


@pytest.fixture
def records(state: ShowState, tmp_path: Path) -> Records:
    return Records(state, tmp_path, Mode.REHEARSAL)


def _turn(spoken: str = "Hello there.", line: int = 3) -> Turn:
    return Turn(segment="s01", speaker="NINJA", performance=spoken, spoken=spoken, line=line)


def _script(turn: Turn) -> Script:
    return Script(episode="demo", title="Demo", format=Format.SHORT, sha256="0" * 64, turns=(turn,))


def _track(cost: float = 0.0, sha256: str = "a" * 64) -> VoiceTrack:
    media = Media(sha256=sha256, suffix=".wav", size=1)
    receipt = Receipt(provider="offline", cost_usd=cost)
    return VoiceTrack(audio=media, seconds=2.0, words=(), padded=False, receipt=receipt)


def test_what_was_written_is_read_again(records: Records) -> None:
    records.write_script(_script(_turn()))
    records.write("tts_audio", CELL, _track(), {"script": digest_of(_turn())})
    assert records.read("tts_audio", CELL, VoiceTrack).value == _track()


def test_a_changed_line_makes_all_that_was_made_from_it_out_of_date(records: Records) -> None:
    records.write_script(_script(_turn()))
    voice = records.write("tts_audio", CELL, _track(), {"script": digest_of(_turn())})
    records.write("composites", CELL, _track(sha256="b" * 64), {"tts_audio": voice})
    records.write_script(_script(_turn("Other words now.")))
    with pytest.raises(ContentError, match="out of date") as refused:
        records.read("composites", CELL, VoiceTrack)
    assert "ninja produce demo" in str(refused.value.hint)


def test_a_setting_that_is_younger_than_a_record_changes_it_only_where_it_is_given() -> None:
    turn = _turn()
    older = turn.model_copy()
    older.__dict__.pop("acting")
    assert digest_of(older) == digest_of(turn)
    assert digest_of(turn.model_copy(update={"acting": "whispers"})) != digest_of(turn)


def test_a_track_that_was_stored_before_mouths_had_shapes_reads_and_stays_current() -> None:
    track = _track()
    older = track.model_copy()
    older.__dict__.pop("visemes")
    assert digest_of(older) == digest_of(track)
    assert VoiceTrack.model_validate(older.model_dump(mode="json")) == track
    shapes = (MouthCue(shape=Viseme.AI, start=0.1),)
    assert digest_of(track.model_copy(update={"visemes": shapes})) != digest_of(track)


def test_a_line_that_only_moved_keeps_everything_current(records: Records) -> None:
    records.write_script(_script(_turn(line=3)))
    records.write("tts_audio", CELL, _track(), {"script": digest_of(_turn())})
    records.write_script(_script(_turn(line=9)))
    assert records.read("tts_audio", CELL, VoiceTrack).value == _track()


def test_what_was_made_of_a_slot_is_forgotten_when_the_script_uses_it_no_longer(
    records: Records, state: ShowState
) -> None:
    second = _turn().model_copy(update={"segment": "s02"})
    records.write_script(_script(_turn()).model_copy(update={"turns": (_turn(), second)}))
    records.write("tts_audio", CellKey("demo", "s02"), _track(), {})
    records.write_script(_script(_turn()))
    assert {each.segment for each in state.records("demo", Mode.REHEARSAL)} == {EPISODE, "s01"}
    assert records.find("tts_audio", CellKey("demo", "s02"), VoiceTrack) is None


def test_what_a_thing_cost_is_no_part_of_what_it_is() -> None:
    assert digest_of(_track(cost=0.5)) == digest_of(_track(cost=0.0))
    assert digest_of(_track(sha256="b" * 64)) != digest_of(_track())


def test_a_missing_record_names_the_command_that_makes_it(records: Records) -> None:
    with pytest.raises(ContentError) as refused:
        records.read("tts_audio", CELL, VoiceTrack)
    assert "--segments s01" in str(refused.value.hint)


def test_modes_have_folders_of_their_own(state: ShowState, tmp_path: Path) -> None:
    assert Records(state, tmp_path, Mode.DRAFT).folder(CELL) == tmp_path / "demo" / "draft" / "s01"
