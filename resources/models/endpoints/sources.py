"""Where the catalogue's statements come from, and when each of them was so. A citation opens in `docs/sources`."""

from datetime import date

from resources.models.endpoints.endpoint import Fact

TYPES_DAY = date(2026, 8, 2)
SEED_DAY = date(2026, 2, 28)
GUIDE_DAY = date(2026, 1, 26)
READ_DAY = date(2026, 11, 21)  # the day fal's pages were read as stored copies
NEWS_DAY = date(2026, 11, 28)  # and read once more, for what was new


def types(*lines: int) -> Fact:
    """Names, choices and defaults, by fal's generated types: their lines."""
    places = ", ".join(str(line) for line in lines)
    return Fact(
        "settings, choices and defaults", f"docs/sources/endpoints.md#generated-types, line {places}", TYPES_DAY
    )


def seed(what: str, where: str) -> Fact:
    """What the owner's notes on avatars say, `avatars.md#section`."""
    return Fact(what, f"docs/sources/{where}", SEED_DAY)


def guide(what: str, where: str) -> Fact:
    """What the owner's guides to video say, `video.md#section`."""
    return Fact(what, f"docs/sources/{where}", GUIDE_DAY)


def page(what: str, page: str) -> Fact:
    """What a page of the provider says."""
    return Fact(what, page, READ_DAY)


def news(what: str, page: str) -> Fact:
    """What a page of the provider says of a model that was new at the second reading."""
    return Fact(what, page, NEWS_DAY)
