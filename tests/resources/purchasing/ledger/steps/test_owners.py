"""Who is alive, as far as this machine can tell."""

import os
import time
from pathlib import Path

from resources.purchasing.ledger.steps.owners import Owner


def test_an_owner_is_alive_until_it_closes(tmp_path: Path) -> None:
    one, two = Owner(tmp_path), Owner(tmp_path)
    assert one.alive(one.name) is True
    assert one.alive(two.name) is True
    two.close()
    assert one.alive(two.name) is False
    assert one.alive(two.name) is False


def test_a_name_that_no_row_bears_leaves_nothing_behind(tmp_path: Path) -> None:
    Owner(tmp_path).close(used=False)
    assert list(tmp_path.glob("*.lock")) == []


def test_an_owner_of_another_machine_is_not_known(tmp_path: Path) -> None:
    assert Owner(tmp_path).alive("elsewhere-12-abc") is None


def test_what_dead_owners_left_is_swept_after_a_day_and_the_living_stay(tmp_path: Path) -> None:
    living, dead, lately = Owner(tmp_path), Owner(tmp_path), Owner(tmp_path)
    dead.close()
    lately.close()
    for name in (living.name, dead.name):
        os.utime(tmp_path / f"{name}.lock", (0, time.time() - 2 * 86400))
    assert Owner(tmp_path).alive(dead.name) is False  # it was swept a moment ago
    os.utime(tmp_path / "swept", (0, time.time() - 2 * 3600))
    fresh = Owner(tmp_path)
    assert fresh.alive(living.name) is True
    assert fresh.alive(lately.name) is False
    assert fresh.alive(dead.name) is None
