"""Whose an output folder is."""

from pathlib import Path

import pytest

from resources.core.errors import ContentError
from resources.core.names import DEFAULT_SHOW
from resources.purchasing.state.outputs import claim_folder


def test_an_episode_of_another_show_is_refused_and_the_show_is_named(tmp_path: Path) -> None:
    claim_folder(tmp_path, "monday", "anchors", known=False)
    claim_folder(tmp_path, "monday", "anchors", known=True)
    claim_folder(tmp_path, "tuesday", "other", known=False)
    with pytest.raises(ContentError, match="belongs to the show 'anchors', and this is 'other'") as refused:
        claim_folder(tmp_path, "monday", "other", known=True)
    assert "NINJA_OUTPUT" in str(refused.value.hint)
    command = str(refused.value.hint).partition("rm ")[2]
    Path(command).unlink()
    claim_folder(tmp_path, "monday", "other", known=True)


def test_a_show_that_gives_itself_an_id_later_keeps_its_folders(tmp_path: Path) -> None:
    claim_folder(tmp_path, "monday", DEFAULT_SHOW, known=False)
    claim_folder(tmp_path, "monday", "anchors", known=True)
    claim_folder(tmp_path, "tuesday", DEFAULT_SHOW, known=False)
    with pytest.raises(ContentError, match="belongs to the show 'default'"):
        claim_folder(tmp_path, "tuesday", "anchors", known=False)
