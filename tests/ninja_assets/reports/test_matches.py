"""What a comparison may be asked for; the whole of one is in `tests/ninja_assets/runs/test_comparison.py`."""

import math
from pathlib import Path

import pytest

from ninja_assets.reports.matches import check_match
from resources.core.errors import ContentError
from tests.stage import build_stage


@pytest.mark.parametrize("cap", [math.nan, math.inf, -math.inf, -0.01])
def test_a_limit_that_limits_nothing_is_refused_whoever_launches(cap: float, tmp_path: Path) -> None:
    settings = build_stage(tmp_path).settings()
    models = ["v2/standard", "v2/pro"]
    with pytest.raises(ContentError, match="no price"):
        check_match(settings, "demo", "s01", models, cap_usd=cap)
    assert check_match(settings, "demo", "s01", models, cap_usd=0).cap_usd == 0
