"""What a cell says of its money."""

from ninja_assets.cells.cost_metadata import money_metadata
from resources.core.values import Receipt

BOUGHT = Receipt(provider="fal", endpoint="e/1", cost_usd=0.1, unit_price_usd=0.05, request_id="r1", billed_units=2.0)


def test_what_was_bought_has_every_name_even_where_nothing_is_known() -> None:
    metadata = money_metadata([BOUGHT])
    assert metadata["queue_seconds"] is None
    assert metadata["request_id"] == "r1"
    assert "note" not in metadata


def test_what_was_made_here_has_no_empty_names() -> None:
    metadata = money_metadata([Receipt(provider="offline", reused=True)])
    assert None not in metadata.values()
    assert "request_id" not in metadata
    assert "estimated_usd" not in metadata


def test_several_receipts_are_one_sum_with_all_their_requests() -> None:
    other = BOUGHT.model_copy(
        update={"request_id": "r2", "cost_usd": 0.2, "reused": True, "queue_seconds": 3.0, "take": 4}
    )
    metadata = money_metadata([BOUGHT, other])
    assert (metadata["cost_usd"], metadata["billed_units"], metadata["reused"], metadata["take"]) == (
        0.3,
        4.0,
        False,
        4,
    )
    assert metadata["request_id"] == "r1, r2"
    assert (metadata["endpoint"], metadata["queue_seconds"]) == ("e/1", 3.0)


def test_a_cell_with_nobody_to_pay_cost_nothing() -> None:
    assert money_metadata([]) == {"cost_usd": 0.0, "reused": False, "take": 1}
