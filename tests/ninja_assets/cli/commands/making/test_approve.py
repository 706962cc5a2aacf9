"""What `ninja approve` lists: what waits for a person, and what was approved and not bought yet."""

import json
from contextlib import closing
from pathlib import Path

import pytest

from ninja_assets.cli.commands.making.approve import show as listed
from resources.models.loading import load_show
from resources.purchasing.books import open_state
from resources.purchasing.state.approvals import Approvals
from tests.resources.purchasing.state.offers import offer
from tests.stage import paid_show


def test_a_yes_that_no_run_has_used_is_listed_with_what_takes_it_back(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = paid_show(tmp_path).settings()
    with closing(open_state(settings, load_show(settings.show))) as state:
        Approvals.of(state).agree(offer(1.5))
    assert listed(settings, as_json=True) == 0
    found = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert found["waiting"] == []
    [agreed] = found["approved"]
    assert (agreed["usd"], agreed["decline"]) == (1.5, "ninja decline monday --mode draft")
    assert listed(settings, as_json=False) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert said.startswith("nothing waits for you approved, not bought yet: the clips of s01")
    assert said.endswith("to take that back: ninja decline monday --mode draft")
