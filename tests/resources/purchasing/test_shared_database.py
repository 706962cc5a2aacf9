"""A database that several machines share, as the doctor sees it. Only PostgreSQL is one."""

from dataclasses import replace
from pathlib import Path

import pytest

from ninja_assets.runs.doctor.doctor_finding import Health
from ninja_assets.runs.doctor.shared import look_at_shared
from tests.postgres import SERVER
from tests.stage import build_stage


@pytest.mark.postgres
def test_the_servers_version_and_its_clock_are_told(url: str, tmp_path: Path) -> None:
    if not url.startswith("postgresql"):
        pytest.skip(f"needs {SERVER}")
    settings = replace(build_stage(tmp_path).settings(), ledger_url=url)
    database, clock = look_at_shared(settings, {})
    assert (database.health, clock.health) == (Health.GOOD, Health.GOOD)
    assert "PostgreSQL" in database.detail
    assert "from the database's" in clock.detail
