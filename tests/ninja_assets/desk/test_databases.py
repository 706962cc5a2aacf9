"""What the desk runs first of all tells why it could not, and nothing else."""

import os
import subprocess
import sys
from pathlib import Path


def test_a_home_that_cannot_be_opened_is_told_without_a_traceback(tmp_path: Path) -> None:
    (tmp_path / "dagster.yaml").write_text("storage: {sqlite: {base_dirr: /x}}\n", encoding="utf-8")
    command = [sys.executable, "-m", "ninja_assets.desk.databases"]
    environment = {**os.environ, "DAGSTER_HOME": str(tmp_path)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "Dagster's storage cannot be opened" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr
