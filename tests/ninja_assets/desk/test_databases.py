"""What the desk runs first of all tells why it could not, and nothing else."""

import runpy
from pathlib import Path

import pytest


def test_a_home_that_cannot_be_opened_is_told_without_a_traceback(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "dagster.yaml").write_text("storage: {sqlite: {base_dirr: /x}}\n", encoding="utf-8")
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    with pytest.raises(SystemExit) as ended:
        runpy.run_module("ninja_assets.desk.databases", run_name="__main__")
    assert ended.value.code == 1
    told = capsys.readouterr()
    assert "Dagster's storage cannot be opened" in told.out
    assert "Traceback" not in told.out + told.err
