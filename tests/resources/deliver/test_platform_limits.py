"""Platform limits, each met and each passed by one."""

import pytest

from resources.deliver.platform_limits import advise

GOOD = {
    "upright": True,
    "title": "A" * 100,
    "description": "words " * 300,
    "tags": ("games", "gaming news"),
    "seconds": 75.0,
    "size": 50_000_000,
}


def test_what_is_within_every_limit_needs_nothing() -> None:
    assert advise(**GOOD) == ()  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("change", "level", "message"),
    [
        ({"title": "A" * 101}, "error", "101 of 100 letters"),
        ({"description": "A" * 5001}, "error", "5001 of 5000 bytes"),
        ({"description": "ü" * 2501}, "error", "5002 of 5000 bytes"),
        ({"description": "A" * 2201}, "warning", "2201 of 2200 UTF-16 units"),
        ({"description": "🎮" * 1101}, "warning", "2202 of 2200 UTF-16 units"),
        ({"seconds": 181.0}, "error", "181 of 180 s"),
        ({"tags": ("a" * 501,)}, "error", "501 of 500 letters"),
        ({"size": 5_000_000_000}, "warning", "5000 of 4000 MB"),
        ({"upright": False, "seconds": 901.0}, "warning", "must be verified"),
        ({"title": "A < B"}, "error", "'<'"),
        ({"description": " "}, "warning", "empty"),
        ({"chapters": [0.0, 30.0]}, "warning", "2 chapters"),
        ({"chapters": [0.0, 30.0, 70.0]}, "warning", "a chapter of 5 s"),
    ],
)
def test_each_limit_is_told_with_its_figures(change: dict[str, object], level: str, message: str) -> None:
    found = advise(**{**GOOD, **change})  # type: ignore[arg-type]
    assert any(each.level == level and message in each.message for each in found)


def test_a_long_video_has_no_limit_of_three_minutes() -> None:
    assert advise(**{**GOOD, "upright": False, "seconds": 800.0}) == ()  # type: ignore[arg-type]
