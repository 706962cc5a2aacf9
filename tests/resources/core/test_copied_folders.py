"""Copies that say whose they are: an error names the original's file."""

from pathlib import Path

import pytest

from resources.core.copied_folders import origin_of, original, stand_for
from resources.core.text.diagnostics import shown_path


def test_a_file_of_a_copy_is_shown_by_its_originals_path_or_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine, copy, fetched = (tmp_path / name for name in ("mine", "copy", "fetched"))
    for folder in (mine, copy, fetched):
        folder.mkdir()
    stand_for(copy, str(mine))
    stand_for(fetched, "s3://KEY:s3cr3t@bucket/show")
    monkeypatch.chdir(tmp_path)
    assert shown_path(copy / "episodes" / "demo.md") == "mine/episodes/demo.md"
    assert shown_path(fetched / "show.yaml") == "s3://***@bucket/show/show.yaml"
    assert shown_path(mine / "show.yaml") == "mine/show.yaml"
    assert original(mine / "show.yaml") == mine / "show.yaml"
    assert (origin_of(fetched), origin_of(mine)) == ("s3://KEY:s3cr3t@bucket/show", None)
