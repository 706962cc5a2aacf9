"""What a schedule or a sensor asks for."""

import dagster as dg

from ninja_assets.jobs import episode_request
from resources.core.names import Mode


def test_a_request_can_be_sent_from_the_code_server_to_the_daemon() -> None:
    request = episode_request("daily", "demo", ["s01", "s02", "s03"], Mode.DRAFT)
    assert dg.deserialize_value(dg.serialize_value(request), dg.RunRequest) == request


def test_a_request_is_one_run_over_all_segments_in_its_mode() -> None:
    request = episode_request("daily", "demo", ["s01", "s02", "s03"], Mode.DRAFT)
    assert request.tags["dagster/asset_partition_range_start"] == "demo|s01"
    assert request.tags["dagster/asset_partition_range_end"] == "demo|s03"
    assert request.run_config == {"resources": {"studio": {"config": {"mode": "draft"}}}}
