"""How long, and how often, a lost request is looked for."""

from datetime import UTC, datetime, timedelta

import pytest

from resources.purchasing.worker import looks


def sent(ago_seconds: float) -> datetime:
    return datetime.now(UTC) - timedelta(seconds=ago_seconds)


def test_a_lost_request_is_looked_for_at_once_and_then_until_it_must_have_ended() -> None:
    pauses = list(looks(sent(0), 900))
    assert pauses[:2] == [0, 2]
    assert sum(pauses) == pytest.approx(900, abs=1)
    assert max(pauses) == 30


def test_what_was_sent_long_ago_is_looked_for_a_little_while() -> None:
    assert sum(looks(sent(86_400), 900)) == pytest.approx(45)
