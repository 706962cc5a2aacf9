"""Under which keys the catalogue's requests are paid for once: what was bought before is found for ever."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from resources.core.names import Mode
from resources.core.values import Cell
from resources.models import catalogue
from resources.models.prices import Estimate
from resources.purchasing.ledger import Purchase
from tests.resources.models.catalogue.test_registry import CLIP, LEAST, SOUND, URL

RECORDED = Path(__file__).parents[3] / "recorded" / "purchase_keys.json"
KEYS: dict[str, str] = json.loads(RECORDED.read_text(encoding="utf-8"))["keys"]
FILES = {URL: "sha256:" + "a1" * 32, SOUND: "sha256:" + "b2" * 32, CLIP: "sha256:" + "c3" * 32}


def named(value: Any) -> Any:
    """A setting with files by content."""
    if isinstance(value, list):
        return [named(item) for item in value]
    return FILES.get(value, value)


@pytest.mark.parametrize("endpoint", KEYS)
def test_the_key_of_a_request_never_changes(endpoint: str) -> None:
    arguments = catalogue.get(endpoint).parse({name: named(value) for name, value in LEAST[endpoint].items()})
    purchase = Purchase(
        provider="fal",
        endpoint=endpoint,
        asset="shots",
        cell=Cell(episode="any", segment="s01", mode=Mode.DRAFT),
        arguments=arguments.payload(),
        estimate=Estimate(usd=1, unit="second", units=1, unit_price_usd=1, price_date=date(2026, 11, 28)),
    )
    assert purchase.key == KEYS[endpoint]
