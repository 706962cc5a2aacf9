"""A request as it is told: by content, by what a tool made it from, and in how many pieces."""

from dataclasses import replace

from resources.core.values import Media
from resources.purchasing.requests.request import Request, content_name, joined_at, sources_of
from tests.resources.purchasing.ledger.helpers import purchase

FILE, OTHER = (Media(sha256=letter * 64, suffix=".wav", size=1) for letter in "ab")


def test_only_what_a_tool_made_has_a_source() -> None:
    told = sources_of({FILE.sha256: "voice of a recording"}, FILE, OTHER)
    assert told == {content_name(FILE): "made: voice of a recording"}
    assert content_name(FILE) == f"sha256:{'a' * 64}"


def test_why_it_is_made_so_is_told_before_what_it_is() -> None:
    request = Request(purchase(), "NINJA", note="loop of 5 s")
    assert request.remark == "loop of 5 s"
    assert replace(request, reason="the voice is long").remark == "the voice is long"


def test_a_clip_in_pieces_tells_where_they_are_joined() -> None:
    one = Request(purchase(), "NINJA")
    assert joined_at((one,)) is None
    pieces = (one, replace(one, start=4.5), replace(one, start=9.25))
    assert joined_at(pieces) == "made in 3 pieces, joined between sentences at 4.50 s and 9.25 s"
