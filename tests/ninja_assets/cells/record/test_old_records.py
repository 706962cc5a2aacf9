"""What earlier versions kept beside the media is read, each record that can be, and then removed."""

import json
from pathlib import Path

import pytest

from ninja_assets.cells.record.old_records import read_old_records, remove_old_records
from resources.core.names import SCRIPT
from resources.purchasing.state.state import EPISODE, Record

WHOLE = {"asset": "tts_audio", "digest": "d1", "made_from": {"script": "d0"}, "value": {"seconds": 1.5}}


def put(folder: Path, segment: str, name: str, content: bytes) -> None:
    place = folder / segment / ".records" / name
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(content)


def test_an_episode_without_records_has_none(tmp_path: Path) -> None:
    assert read_old_records(tmp_path / "never") == []
    remove_old_records(tmp_path / "never")


def test_the_script_and_the_record_of_each_cell_are_read_as_they_stand(tmp_path: Path) -> None:
    put(tmp_path, "", "script.json", b'{"episode": "demo"}')
    put(tmp_path, "s01", "tts_audio.json", json.dumps(WHOLE).encode())
    assert read_old_records(tmp_path) == [
        Record(EPISODE, SCRIPT, "", {}, '{"episode": "demo"}'),
        Record("s01", "tts_audio", "d1", {"script": "d0"}, '{"seconds": 1.5}'),
    ]


@pytest.mark.parametrize("damaged", [b"", b"{", b"\xff\xfe", b"[]", b'{"asset": "tts_audio"}', b'{"more": 1}'])
def test_what_cannot_be_read_is_left_out_and_its_siblings_are_not(tmp_path: Path, damaged: bytes) -> None:
    put(tmp_path, "s01", "speaker_clips.json", damaged)
    put(tmp_path, "s01", "tts_audio.json", json.dumps(WHOLE).encode())
    assert [each.asset for each in read_old_records(tmp_path)] == ["tts_audio"]


def test_a_script_that_is_no_text_is_left_out(tmp_path: Path) -> None:
    put(tmp_path, "", "script.json", b"\xff\xfe")
    put(tmp_path, "s01", "tts_audio.json", json.dumps(WHOLE).encode())
    assert [each.asset for each in read_old_records(tmp_path)] == ["tts_audio"]


def test_a_folder_that_is_no_segments_is_not_read(tmp_path: Path) -> None:
    put(tmp_path, "publish", "tts_audio.json", json.dumps(WHOLE).encode())
    assert read_old_records(tmp_path) == []


def test_they_are_removed_and_the_media_beside_them_stay(tmp_path: Path) -> None:
    put(tmp_path, "", "script.json", b"{}")
    put(tmp_path, "s01", "tts_audio.json", json.dumps(WHOLE).encode())
    (tmp_path / "s01" / "voice.wav").write_bytes(b"RIFF")
    remove_old_records(tmp_path)
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["voice.wav"]
    assert read_old_records(tmp_path) == []
