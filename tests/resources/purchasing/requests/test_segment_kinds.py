"""Every kind of segment has its requests."""

from typing import get_args

from resources.content.segments import ScriptSegment
from resources.purchasing.requests.segment_kinds import _KINDS


def test_every_kind_of_segment_has_its_requests() -> None:
    kinds, _ = get_args(ScriptSegment)
    assert set(_KINDS) == set(get_args(kinds))
