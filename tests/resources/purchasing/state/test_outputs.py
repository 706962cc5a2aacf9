"""Whose an output folder is."""

from pathlib import Path

import pytest

from resources.core.errors import ContentError
from resources.core.names import DEFAULT_SHOW
from resources.purchasing.state.outputs import claim_folder, hand_over, is_of


def test_an_episode_of_another_show_is_refused_and_the_show_is_named(tmp_path: Path) -> None:
    claim_folder(tmp_path, "monday", "anchors", known=False)
    claim_folder(tmp_path, "monday", "anchors", known=True)
    claim_folder(tmp_path, "tuesday", "other", known=False)
    with pytest.raises(ContentError, match="belongs to the show 'anchors', and this is 'other'") as refused:
        claim_folder(tmp_path, "monday", "other", known=True)
    assert "NINJA_OUTPUT" in str(refused.value.hint)
    assert str(refused.value.hint).endswith("ninja ledger claim anchors")


def test_folders_go_over_to_the_show_under_its_new_id(tmp_path: Path) -> None:
    for episode, show in (("monday", "anchors"), ("tuesday", "anchors"), ("friday", "news")):
        claim_folder(tmp_path, episode, show, known=False)
    hand_over(tmp_path, "anchors", "other", ["monday"])
    assert [is_of(tmp_path, episode, "other") for episode in ("monday", "tuesday", "friday")] == [True, False, False]
    hand_over(tmp_path, "anchors", "other", None)
    assert [is_of(tmp_path, episode, "other") for episode in ("monday", "tuesday", "friday")] == [True, True, False]
    assert is_of(tmp_path, "friday", "news")


def test_a_show_that_gives_itself_an_id_later_keeps_its_folders(tmp_path: Path) -> None:
    claim_folder(tmp_path, "monday", DEFAULT_SHOW, known=False)
    claim_folder(tmp_path, "monday", "anchors", known=True)
    claim_folder(tmp_path, "tuesday", DEFAULT_SHOW, known=False)
    with pytest.raises(ContentError, match="belongs to the show 'default'"):
        claim_folder(tmp_path, "tuesday", "anchors", known=False)
