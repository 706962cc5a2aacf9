"""Every endpoint that this project knows, by id and by kind.

Adding a model is adding an entry to its family's module and a price in `resources/models/prices/prices.toml`;
`docs/models.md` follows. Where sources contradict each other the safe reading is taken (narrower limit), and the fact
says so.
"""

from collections.abc import Mapping

from resources.core.errors import ContentError
from resources.models.endpoints.endpoint import Endpoint, Kind
from resources.models.endpoints.ids import AURORA, AVATAR_PRO, KLING
from resources.models.families import avatars, from_references, image_to_video, still_images, text_to_video, voices

_ALL: Mapping[str, Endpoint] = {
    endpoint.id: endpoint
    for family in (avatars, image_to_video, text_to_video, from_references, voices, still_images)
    for endpoint in family.ENDPOINTS
}


def find(endpoint: str) -> Endpoint | None:
    """The entry of an endpoint id; None for one that is not in the catalogue."""
    return _ALL.get(endpoint)


def get(endpoint: str) -> Endpoint:
    """The entry of an endpoint id. Raises ContentError that names the nearest ids."""
    found = find(endpoint)
    if found is not None:
        return found
    mistaken = {
        "creatify/aurora": AURORA,
        f"{KLING}/ai-avatar/v3/pro": AVATAR_PRO,
        f"{KLING}/ai-avatar/v3/standard": AVATAR_PRO,
    }
    near = [mistaken[endpoint]] if endpoint in mistaken else _nearest(endpoint)
    raise ContentError(
        f"there is no model {endpoint!r} in the catalogue",
        hint="did you mean " + " or ".join(near) + "? `ninja models` lists all",
    )


def _nearest(endpoint: str) -> list[str]:
    words = set(endpoint.replace("-", "/").split("/"))
    return sorted(_ALL, key=lambda known: -len(words & set(known.replace("-", "/").split("/"))))[:2]


def all() -> tuple[Endpoint, ...]:
    """Every endpoint, in the order of the docs."""
    return tuple(_ALL.values())


def by_kind(*kinds: Kind) -> tuple[Endpoint, ...]:
    """The endpoints of these kinds, in the order of the docs."""
    return tuple(endpoint for endpoint in _ALL.values() if endpoint.kind in kinds)
