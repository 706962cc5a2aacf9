"""`ninja models`: every model with its price, in a terminal of 80 columns and as JSON."""

import json
from pathlib import Path

import pytest

from ninja_assets.cli.commands.money.models import run
from resources.core.names import Mode
from resources.core.settings import Settings
from resources.models import catalogue
from resources.models.catalogue import Kind
from resources.models.endpoints import ids


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(tmp_path / "show", tmp_path / "output", str(tmp_path / "library"), "sqlite://", Mode.REHEARSAL)


def test_each_model_has_its_id_on_one_line_of_80_columns(
    settings: Settings, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    assert run(settings, kinds=(), as_json=False) == 0
    lines = [line.strip() for line in capsys.readouterr().out.splitlines()]
    assert max(map(len, lines)) <= 80
    for endpoint in catalogue.all():
        assert endpoint.id in lines
        assert endpoint.name in lines
    assert "audio_url: .mp3, .wav, 2-60 s, at most 5 MB" in lines


def test_in_40_columns_no_letter_of_an_id_is_lost(
    settings: Settings, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    run(settings, kinds=(), as_json=False)
    shown = "".join(capsys.readouterr().out.split())
    assert all(endpoint.id in shown for endpoint in catalogue.all())


def test_a_kind_narrows_the_list(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    run(settings, kinds=[Kind.VOICE, Kind.MOTION_CONTROL], as_json=True)
    printed = json.loads(capsys.readouterr().out)["models"]
    assert [model["id"] for model in printed if model["kind"] == Kind.VOICE] == [ids.CREATE_VOICE]
    assert {model["kind"] for model in printed} == {Kind.VOICE, Kind.MOTION_CONTROL}


def test_json_has_the_price_that_a_persons_own_list_gives(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.show.mkdir()
    (settings.show / "prices.toml").write_text(
        f'[[price]]\nendpoint = "{ids.NANO_PRO}"\nvariant = "1K"\nunit = "image"\nunit_usd = 0.15\n'
        'date = 2026-11-20\nsource = "an invoice"\n'
    )
    run(settings, kinds=[Kind.IMAGE], as_json=True)
    models = {model["id"]: model for model in json.loads(capsys.readouterr().out)["models"]}
    [price] = [price for price in models[ids.NANO_PRO]["prices"] if price["variant"] == "1K"]
    assert (price["unit_usd"], price["date"], price["source"]) == (0.15, "2026-11-20", "an invoice")
    assert models[ids.FLUX_DEV]["prices"][0]["unit"] == "megapixel"
