"""A page in its parts: what changes is sent by itself, and the whole page where something else changes."""

import re

import pytest

from resources.deliver.page_parts import Parted

PAGE = (
    '<html><body class="wide"><div id="desk" data-version="{version}" data-live=""></div>'
    '<div class="row" data-part="badges"><div>{badge}</div></div><h2>{title}</h2>'
    '<section data-part="panel-s01"><section>&lt;section data-part="x"&gt;</section>{words}</section></body></html>'
)


def page(*, version: str = "1", badge: str = "a", title: str = "t", words: str = "w") -> Parted:
    return Parted.of(PAGE.format(version=version, badge=badge, title=title, words=words))


def header(shown: str) -> str:
    """What a page that was served says of what it has."""
    parts = re.findall(r'data-part="([^"]+)" data-content="(\w+)"', shown)
    [shell] = re.findall(r'<body data-shell="(\w+)" class', shown)
    return ",".join(f"{name}={mark}" for name, mark in [("*", shell), *parts])


def test_a_page_is_served_whole_with_the_mark_of_each_part() -> None:
    shown, rendered = page().marked, PAGE.format(version="1", badge="a", title="t", words="w")
    assert re.sub(r' data-(content|shell)="\w+"', "", shown) == rendered
    assert shown.count("data-content=") == 2


def test_a_page_that_has_everything_is_sent_nothing() -> None:
    has = header(page().marked)
    assert page().since(has) == {"parts": {}}
    assert page(version="2").since(has) == {"parts": {}}


def test_a_page_is_sent_the_parts_that_are_others_alone() -> None:
    other = page(words="other words")
    sent = other.since(header(page().marked))
    assert [*sent["parts"]] == ["panel-s01"]
    assert sent["parts"]["panel-s01"].endswith("</section>other words</section>")
    [mark] = re.findall(r'content="(\w+)', sent["parts"]["panel-s01"])
    assert header(other.marked).endswith(mark)


@pytest.mark.parametrize("has", ["", "x", "*=", "badges=1,panel-s01=2", "*=1,badges", "=,=,="])
def test_a_page_that_says_nothing_that_is_understood_is_sent_whole(has: str) -> None:
    assert page().since(has) == {"page": page().marked}


def test_a_page_around_whose_parts_something_changed_is_sent_whole() -> None:
    assert page(title="other").since(header(page().marked)) == {"page": page(title="other").marked}
    more = Parted.of(PAGE.format(version="1", badge="a", title='<p data-part="new"></p>', words="w"))
    assert [*more.since(header(page().marked))] == ["page"]
