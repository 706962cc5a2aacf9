"""No more programs work at once than there are processors to use, over all processes; a dead holder frees its place."""

import math
import multiprocessing
import os
import signal
import sys
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing.connection import Connection
from pathlib import Path
from types import FrameType

import pytest
from filelock import FileLock

from resources.core.files import users_folder
from resources.media import cores
from resources.media.cores import Places, quota

PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["tests.resources.media.test_cores"])
LIMIT = 60  # seconds


def write(folder: Path, **files: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name.replace("__", ".", 1)).write_text(text, encoding="ascii")


@pytest.fixture
def own(tmp_path: Path) -> Path:
    return tmp_path / "cgroup"


def test_the_smallest_quota_of_a_group_and_those_above_it_counts(tmp_path: Path, own: Path) -> None:
    own.write_text("0::/kubepods/pod7/worker\n", encoding="ascii")
    write(tmp_path / "sys/kubepods/pod7/worker", cpu__max="400000 100000\n")
    write(tmp_path / "sys/kubepods/pod7", cpu__max="150000 100000\n")
    write(tmp_path / "sys/kubepods", cpu__max="max 100000\n")
    assert quota(tmp_path / "sys", own) == 1.5


def test_in_a_container_the_root_that_is_seen_is_its_own(tmp_path: Path, own: Path) -> None:
    own.write_text("0::/../not/mounted/here\n", encoding="ascii")
    write(tmp_path / "sys", cpu__max="200000 100000\n")
    assert quota(tmp_path / "sys", own) == 2


def test_a_quota_of_the_first_version_counts(tmp_path: Path, own: Path) -> None:
    own.write_text("3:cpuset:/\n2:cpu,cpuacct:/docker/7\n0::/\n", encoding="ascii")
    write(tmp_path / "sys/cpu/docker/7", cpu__cfs_quota_us="50000\n", cpu__cfs_period_us="100000\n")
    write(tmp_path / "sys/cpu", cpu__cfs_quota_us="-1\n", cpu__cfs_period_us="100000\n")
    assert quota(tmp_path / "sys", own) == 0.5


def test_without_control_groups_nothing_is_limited(tmp_path: Path, own: Path) -> None:
    assert quota(tmp_path / "sys", own) == math.inf
    own.write_text("0::/\n", encoding="ascii")
    assert quota(tmp_path / "sys", own) == math.inf


def test_this_process_may_use_a_processor_and_no_more_than_there_are() -> None:
    assert 1 <= cores.usable() <= (os.cpu_count() or 1)


def hold(folder: Path, message: Connection) -> None:
    """Take a place, say so, and keep it until told to leave it."""
    with Places(folder, 1).place():
        message.send("held")
        message.recv()


def test_places_are_shared_by_processes_and_a_killed_holder_frees_its_own(tmp_path: Path) -> None:
    here, there = PROCESSES.Pipe()
    other, its = PROCESSES.Pipe()
    holder = PROCESSES.Process(target=hold, args=(tmp_path, there), daemon=True)
    holder.start()
    assert here.poll(LIMIT)
    assert here.recv() == "held"
    waiter = PROCESSES.Process(target=hold, args=(tmp_path, its), daemon=True)
    waiter.start()
    assert not other.poll(0.3)  # it has no place
    os.kill(holder.pid or 0, signal.SIGKILL)
    assert other.poll(LIMIT)
    assert other.recv() == "held"
    other.send("leave")
    waiter.join(LIMIT)
    with Places(tmp_path, 1).place():
        pass


def counted(folder: Path, places: int, rounds: int) -> int:
    """The most that were inside at once, by the files that those inside see of each other."""
    shared = Places(folder / "places", places)
    inside = folder / "inside"

    def work(number: int) -> int:
        with shared.place():
            mine = inside / f"{os.getpid()}-{number}"
            mine.touch()
            seen = len(list(inside.iterdir()))
            mine.unlink()
        return seen

    with ThreadPoolExecutor(4) as pool:
        return max(pool.map(work, range(rounds)))


def test_no_more_are_inside_than_there_are_places_over_threads_and_processes(tmp_path: Path) -> None:
    (tmp_path / "inside").mkdir()
    (tmp_path / "places").mkdir()
    with ProcessPoolExecutor(3, PROCESSES) as pool:
        assert max(pool.map(counted, [tmp_path] * 3, [2] * 3, [40] * 3)) <= 2


def test_a_user_without_a_name_has_a_folder_by_number(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    folder = users_folder("ninja-test")
    assert folder.parent == tmp_path
    assert folder.stat().st_mode & 0o077 == 0


def test_a_place_is_free_when_its_block_ends_whoever_still_knows_how_it_was_taken(tmp_path: Path) -> None:
    """An error that is kept (one of a clean-up, that Python reports) keeps the frames that it was raised in, too."""
    kept: list[FrameType] = []

    def keep(frame: FrameType, event: str, arg: object) -> None:
        kept.append(frame)

    sys.setprofile(keep)
    try:
        with Places(tmp_path, 1).place():
            pass
    finally:
        sys.setprofile(None)
    assert [frame for frame in kept if frame.f_code.co_name == "_taken"]
    with FileLock(tmp_path / "0.lock", timeout=0):
        pass
