"""Nothing bad is bought: each bad input gives its finding, exit status 2, one object on stdout, and no request."""

import json
import sys
from pathlib import Path

import pytest

from ninja_assets.cli import REFUSED, main
from tests.paid.bad_inputs import TABLE, Bad, png
from tests.providers.client import Providers
from tests.stage import PAID_SHOW, Stage, build_stage

FACES = {name: png((640, 560)) for name in ("ninja", "glitch")}


def test_the_table_is_long_enough() -> None:
    assert len(TABLE) >= 150
    assert len({(bad.name, bad.code, id(bad)) for bad in TABLE}) == len(TABLE)


@pytest.mark.parametrize("bad", [pytest.param(bad, id=f"{bad.code}: {bad.name}") for bad in TABLE])
def test_what_is_bad_is_named_and_refused_before_anything_is_asked_of_a_provider(
    tmp_path: Path,
    market: Providers,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    bad: Bad,
) -> None:
    stage = stage_of(tmp_path)
    bad.change(stage)
    environment = {
        **market.environment,
        "NINJA_SHOW": str(stage.show),
        "NINJA_OUTPUT": str(stage.output),
        "DAGSTER_HOME": str(stage.root / "home"),
        **{name: value and value.format(root=stage.root) for name, value in bad.environment.items()},
    }
    for name, value in environment.items():
        monkeypatch.delenv(name, raising=False)
        if value is not None:
            monkeypatch.setenv(name, value)
    before = asked_of(market)
    monkeypatch.setattr(sys, "argv", ["ninja", *bad.arguments])
    with pytest.raises(SystemExit) as ended:
        main()
    printed = capsys.readouterr()
    assert ended.value.code == REFUSED, printed.err
    found = json.loads(printed.out.splitlines()[-1])["findings"]
    places = [one["where"] for one in found if one["code"] == bad.code]
    assert places, (printed.out, printed.err)
    assert any(place.endswith(bad.where) for place in places), places
    assert all(one["what"] and one["mend"] for one in found if one["code"] == bad.code)
    assert "Traceback" not in printed.err
    assert asked_of(market) == before


def asked_of(market: Providers) -> dict[str, int]:
    """What was asked of the server so far, but for a test's own questions."""
    return {step: count for step, count in market.report().requests.items() if step != "control"}


def stage_of(root: Path) -> Stage:
    """A show that nothing is wrong with."""
    stage = build_stage(root)
    for name, face in FACES.items():
        (stage.show / "characters" / f"{name}.png").write_bytes(face)
    stage.write_show(PAID_SHOW)
    return stage
