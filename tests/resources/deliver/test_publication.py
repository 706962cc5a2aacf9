"""Publishing: files under people's names, each sent once, and none left that is no longer part of it."""

from pathlib import Path

import pytest

from resources.core.errors import MediaError
from resources.deliver.publication import LIST, publish
from tests.resources.core.library import bucket
from tests.resources.core.library.bucket import Bucket, counted


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    """A cut and its captions."""
    bucket.empty()
    for name in ("final.mp4", "final.srt"):
        (tmp_path / name).write_text(f"{name} of today", encoding="utf-8")
    return {"final.mp4": tmp_path / "final.mp4", "publish/captions.srt": tmp_path / "final.srt"}


def names() -> set[str]:
    """What is there, but for the list of it."""
    return {name for name in Bucket.objects if not name.endswith(LIST)}


def test_files_get_their_names_and_what_is_as_it_was_is_not_sent_again(files: dict[str, Path]) -> None:
    assert publish(files, "bucket://public/shows", "demo/final") == "bucket://public/shows/demo/final"
    assert names() == {"public/shows/demo/final/final.mp4", "public/shows/demo/final/publish/captions.srt"}
    with counted() as requests:
        publish(files, "bucket://public/shows", "demo/final")
    assert requests == {"GET": 1}
    files["final.mp4"].write_text("another cut", encoding="utf-8")
    with counted() as requests:
        publish(files, "bucket://public/shows", "demo/final")
    assert Bucket.objects["public/shows/demo/final/final.mp4"] == b"another cut"
    assert requests["PUT"] == 3  # the cut, and the list of what is there before and after


def test_the_place_is_told_without_the_password_of_its_server(files: dict[str, Path]) -> None:
    assert publish(files, "bucket://me:s3cr3t@public/shows", "demo/final") == "bucket://***@public/shows/demo/final"


def test_what_is_no_longer_part_of_it_is_taken_away(files: dict[str, Path]) -> None:
    publish(files, "bucket://public/shows", "demo/final")
    del files["publish/captions.srt"]
    publish(files, "bucket://public/shows", "demo/final")
    assert names() == {"public/shows/demo/final/final.mp4"}


def test_what_broke_off_is_sent_by_the_next_run(files: dict[str, Path]) -> None:
    publish(files, "bucket://public/shows", "demo/final")
    files["final.mp4"].write_text("another cut", encoding="utf-8")
    Bucket.breaks += ["whole", "error"]
    with pytest.raises(MediaError, match="cannot be published") as broken:
        publish(files, "bucket://public/shows", "demo/final", patience=0)
    assert broken.value.retryable
    publish(files, "bucket://public/shows", "demo/final")
    assert Bucket.objects["public/shows/demo/final/final.mp4"] == b"another cut"


def test_what_breaks_off_for_a_moment_is_waited_for(files: dict[str, Path]) -> None:
    Bucket.breaks += ["whole", "error"]
    publish(files, "bucket://public/shows", "demo/final")
    assert not Bucket.breaks
    assert Bucket.objects["public/shows/demo/final/final.mp4"] == b"final.mp4 of today"


def test_a_missing_bucket_is_named_with_its_setting(files: dict[str, Path]) -> None:
    Bucket.missing.add("public")
    with pytest.raises(MediaError, match="there is no bucket public") as refused:
        publish(files, "bucket://public/shows", "demo/final")
    assert "NINJA_PUBLISH" in str(refused.value.hint)


def test_a_folder_of_this_machine_is_a_place_too(files: dict[str, Path], tmp_path: Path) -> None:
    place = tmp_path / "public" / "shows"
    publish(files, place.as_uri(), "demo/final")
    assert (place / "demo/final/final.mp4").read_text(encoding="utf-8") == "final.mp4 of today"
