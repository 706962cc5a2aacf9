"""What tells a line of an episode from all others, wherever it stands: a retake is of a line, and moves with it."""

import hashlib
import itertools
import json
from typing import Final, NamedTuple

from resources.content.segments import Script, Segment, content_key


class Line(NamedTuple):
    """What a part of a segment is of, wherever it stands. `key` is stored with what is counted for it.

    `content` is its `content_key`, by which ledgers of before know it; `stands` the key of what stands in its segment.
    """

    key: str = ""
    content: str = ""
    stands: str = ""


NO_LINE: Final = Line()  # of whatever stands in a place


def line_in(script: Script, segment: Segment) -> Line:
    """What a segment is in an episode, wherever it stands; of equal ones also which: the second has `#2`.

    Another tag makes it another line, for another voice is bought by it. A shot that is made from a segment is known by
    the line of that, and not by its place or name.
    """
    known: dict[str, str] = {}
    own = _hash_of(script, segment, known)
    before = itertools.takewhile(lambda each: each.segment != segment.segment, script.segments)
    number = 1 + sum(each.label == segment.label and _hash_of(script, each, known) == own for each in before)
    key = own + (f"#{number}" if number > 1 else "")
    return Line(key, content_key(segment), key)


def _hash_of(script: Script, segment: Segment, known: dict[str, str]) -> str:
    """A hash of what tells a line from others: who speaks, what is asked for in words, and what it is made from."""
    if segment.segment not in known:
        needs = {slot: script.find_owner(reference) or reference for slot, reference in segment.needs.items()}
        made_from = {
            slot: need if isinstance(need, str) else _hash_of(script, need, known) for slot, need in needs.items()
        }
        document = json.dumps(
            ["line", segment.label, segment.wording.split(), sorted(made_from.items())], ensure_ascii=False
        )
        known[segment.segment] = hashlib.sha256(document.encode()).hexdigest()[:16]
    return known[segment.segment]
