"""A user id that no passwd entry names, on a root file system that is read-only, with one folder that is written to."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from resources.core.settings import ROOT
from tests.stage import build_stage

NOBODY = "54321"
# As a container does it: mounts of its own, all of them read-only but for one folder, then another user id.
LOCKED = f"""\
mount --bind "$WORK" "$WORK" && mount -o remount,bind,ro / && touch "$WORK/may" || exit 99
for place in $(findmnt -rno TARGET | grep -v -e "^/$" -e "^$WORK$" -e "^/proc" -e "^/dev" -e "^/sys"); do
    mount -o remount,bind,ro "$place" 2>/dev/null || true
done
exec unshare --user --map-user={NOBODY} --map-group={NOBODY} -- "$@"
"""
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


def locked(work: Path, *command: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Run a command so. The test is skipped where the system lets nobody make such a place."""
    given = {"PATH": os.environ["PATH"], "WORK": str(work), "HOME": str(work), "TMPDIR": str(work), **environment}
    place = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", LOCKED, "sh", *command]
    done = subprocess.run(place, env=given, cwd=ROOT, capture_output=True, text=True, check=False, timeout=600)
    if done.returncode == 99 or "unshare failed" in done.stderr or "Operation not permitted" in done.stderr:
        pytest.skip(f"no place can be made here: {done.stderr.strip()[:200]}")
    return done


@pytest.mark.machines
@pytest.mark.skipif(not (shutil.which("unshare") and shutil.which("findmnt")), reason="needs util-linux")
def test_an_episode_is_rehearsed_by_a_user_without_a_name_in_one_writable_folder(tmp_path: Path) -> None:
    stage = build_stage(tmp_path / "content")
    work = tmp_path / "work"
    (work / "dagster").mkdir(parents=True)
    shutil.copy(ROOT / "dagster_home" / "dagster.yaml", work / "dagster")
    look = locked(work, sys.executable, "-c", LOOK)
    assert look.returncode == 0, look.stderr
    done = locked(
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
