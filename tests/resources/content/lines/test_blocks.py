"""The text of an episode file, cut into labels and the lines that belong to them."""

from resources.content.lines.blocks import Block, blocks_of
from resources.content.settings.characters import Character
from resources.core.text.diagnostics import Mistakes

CAST = {"NINJA": Character(name="Ninja", puppet="ninja"), "KÄTHE": Character(name="Käthe", puppet="glitch")}


def cut(text: str) -> tuple[list[Block], list[tuple[int, str]]]:
    mistakes = Mistakes("e.md", "episode-wrong")
    blocks = list(blocks_of(text, 3, CAST, mistakes))
    return blocks, [(each.line, each.what) for each in mistakes.found]


def test_a_label_has_the_lines_until_the_next_one_and_comments_are_none() -> None:
    blocks, mistakes = cut("---\n---\nNINJA {take: 2}: One\ntwo <!-- not\nthis --> three\n\nKÄTHE: Four\nBROLL: A desk")
    assert mistakes == []
    assert [(each.label, each.settings, each.line, each.lines) for each in blocks] == [
        ("NINJA", "{take: 2}", 3, [" One", "two ", " three", ""]),
        ("KÄTHE", "{}", 7, [" Four"]),
        ("BROLL", "{}", 8, [" A desk"]),
    ]


def test_a_chapter_opens_with_its_first_label_and_must_have_one() -> None:
    blocks, mistakes = cut("---\n---\nNINJA: One\n## Two\nNINJA: Two\nNINJA: Three\n## Lost\n## Last\n")
    assert [each.chapter for each in blocks] == [None, "Two", None]
    assert [line for line, _ in mistakes] == [7, 8]


def test_what_stands_before_the_first_label_is_refused_once_for_a_paragraph() -> None:
    assert cut("---\n---\nHello there,\nand welcome.\nNINJA: Hi")[1] == [
        (3, "'Hello there,' stands before the first turn")
    ]


def test_a_label_in_other_dress_is_no_label_and_the_turn_before_goes_on() -> None:
    blocks, mistakes = cut("---\n---\nNINJA: One\n**KÄTHE:** Two")
    assert [each.lines for each in blocks] == [[" One", "**KÄTHE:** Two"]]
    assert [line for line, _ in mistakes] == [4]
