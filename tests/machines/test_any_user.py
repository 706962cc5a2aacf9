"""A user id that no passwd entry names, on a root file system that is read-only, with one folder that is written to."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from resources.core.settings import ROOT
from tests.machines.locked import NOBODY, locked, unlockable
from tests.stage import build_stage

LOOK = f"""\
import getpass, os, pathlib
assert os.getuid() == {NOBODY}
try:
    getpass.getuser()
except (KeyError, OSError):
    pass
else:
    raise AssertionError("the user has a name")
try:
    pathlib.Path({str(ROOT)!r}, "written").touch()
except OSError:
    pass
else:
    raise AssertionError("the root is written to")
"""


def run(work: Path, *command: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Run a command to its end in such a place."""
    given = {"PATH": os.environ["PATH"], "HOME": str(work), "TMPDIR": str(work), **environment}
    return subprocess.run(
        [*locked(work), *command], env=given, cwd=ROOT, capture_output=True, text=True, check=False, timeout=600
    )


@pytest.mark.machines
def test_an_episode_is_rehearsed_by_a_user_without_a_name_in_one_writable_folder(tmp_path: Path) -> None:
    stage = build_stage(tmp_path / "content")
    work = tmp_path / "work"
    (work / "dagster").mkdir(parents=True)
    shutil.copy(ROOT / "dagster_home" / "dagster.yaml", work / "dagster")
    if why := unlockable(work):
        pytest.skip(f"no place can be made here: {why}")
    look = run(work, sys.executable, "-c", LOOK)
    assert look.returncode == 0, look.stderr
    done = run(
        work,
        *(sys.executable, "-c", "from ninja_assets.cli import main; main()", "produce", "demo"),
        NINJA_SHOW=str(stage.show),
        NINJA_OUTPUT=str(work / "output"),
        NINJA_LIBRARY=str(work / "library"),
        NINJA_LEDGER_URL=f"sqlite:///{work / 'ledger.db'}",
        DAGSTER_HOME=str(work / "dagster"),
    )
    assert done.returncode == 0, done.stderr
    assert (work / "output" / "demo" / "rehearsal" / "final.mp4").is_file()
    assert not (stage.show / ".state").exists()
