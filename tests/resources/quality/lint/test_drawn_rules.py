"""Every place where a text is drawn is judged by the fonts that draw it."""

from pathlib import Path

import pytest

from tests.resources.quality.lint.shows import found

LOST = "\u0f40\u0f41"  # Tibetan, which no font of the show has


def test_words_that_can_be_drawn_are_no_finding(tmp_path: Path) -> None:
    assert found(tmp_path, episode="NINJA: Žofie pays ₹5 ≈ €4.\nGLITCH: Привет!\n") == []


@pytest.mark.parametrize(
    "episode",
    [
        f"NINJA: Hello {LOST}.\nGLITCH: Hello.\n",
        f"---\ntitle: {LOST}\n---\nNINJA: Hello.\nGLITCH: Hello.\n",
        f"NINJA: Hello.\n\n## {LOST}\n\nGLITCH: Hello.\n",
    ],
    ids=["words", "title", "chapter"],
)
def test_what_an_episode_draws_is_told_in_its_file(tmp_path: Path, episode: str) -> None:
    findings = found(tmp_path, episode=episode)
    assert "text-undrawable" in dict(findings)
    assert {where.partition(":")[0] for _, where in findings} == {"day.md"}


def test_a_name_is_told_in_the_show(tmp_path: Path) -> None:
    findings = found(tmp_path, ("name: Ninja\n", f"name: {LOST}\n"))
    assert [(rule, where.partition(":")[0]) for rule, where in findings] == [("text-undrawable", "show.yaml")]


def test_a_name_of_two_lines_is_broken_and_one_with_hidden_signs_is_told(tmp_path: Path) -> None:
    assert [rule for rule, _ in found(tmp_path, ("name: Ninja\n", 'name: "Nin\\nja"\n'))] == ["name-broken"]
    assert [rule for rule, _ in found(tmp_path, ("name: Ninja\n", 'name: "Nin\\u202Eja"\n'))] == ["sign-hidden"]


def test_a_plate_that_is_not_shown_is_not_judged(tmp_path: Path) -> None:
    titles = "look:\n  titles:\n    {}: {}\n"
    assert [rule for rule, _ in found(tmp_path, more=titles.format("bug", LOST))] == ["text-undrawable"]
    roles = titles.format("roles", f"{{GLITCH: {LOST}}}")
    assert [rule for rule, _ in found(tmp_path, more=f"{roles}    lower_third_seconds: 3\n")] == ["text-undrawable"]
    assert found(tmp_path, more=f"{roles}    lower_third_seconds: 0\n") == []


def test_an_emoji_that_has_no_drawing_is_told_at_its_line_and_where_captions_show_none_it_is_not(
    tmp_path: Path,
) -> None:
    young = "\U0001faeb"
    episode = f"NINJA: Hello 🔥 🙏.\nGLITCH: Hello {young} again {young}.\n"
    assert found(tmp_path, episode=episode) == [("emoji-unseen", "day.md:2")]
    assert found(tmp_path, episode=episode, more="look:\n  captions: {style: classic}\n") == []


def test_an_emoji_of_a_title_is_told_where_it_has_no_drawing(tmp_path: Path) -> None:
    episode = "---\ntitle: The {} patch\n---\nNINJA: Hello 🔥.\nGLITCH: Hello.\n"
    assert found(tmp_path, episode=episode.format("🔥")) == []
    assert found(tmp_path, episode=episode.format("\U0001faeb")) == [("emoji-unseen", "day.md:1")]
