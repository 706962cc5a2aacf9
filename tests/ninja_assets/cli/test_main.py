"""The `ninja` command as a shell sees it: exit status, what goes where, and what a refusal says."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from ninja_assets.cli import INTERRUPTED, REFUSED, main
from resources.core.settings import ROOT
from tests.docs.json_keys import documented
from tests.stage import Stage, build_stage, fill_home

NINJA = [sys.executable, "-c", "from ninja_assets.cli import main; main()"]


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory, rehearsed_library: Path) -> Stage:
    return build_stage(tmp_path_factory.mktemp("shell"), library=rehearsed_library)


def _environment(stage: Stage) -> dict[str, str]:
    home = stage.root / "dagster_home"
    if not home.exists():
        fill_home(home)
    (home / "dagster.yaml").write_text((ROOT / "dagster_home" / "dagster.yaml").read_text())
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(stage.root),
        "DAGSTER_HOME": str(home),
        "NINJA_SHOW": str(stage.show),
        "NINJA_OUTPUT": str(stage.output),
    }


def _ninja(stage: Stage, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [*NINJA, *arguments]
    return subprocess.run(
        command, env=_environment(stage), cwd=stage.root, capture_output=True, text=True, check=False, timeout=300
    )


def test_what_verbose_tells_is_json_where_logs_are_and_each_line_is_there_once() -> None:
    spoken = """if True:
        import logging
        from ninja_assets.cli.app import main
        from resources.core.text.json_log import log_as_asked
        log_as_asked()
        main(verbose=True)
        logging.getLogger("ninja.fal").debug("a word")
        """
    command = [sys.executable, "-c", spoken]

    def said(form: str) -> list[str]:
        done = subprocess.run(command, env={"NINJA_LOG": form}, cwd=ROOT, capture_output=True, text=True, check=True)
        return done.stderr.splitlines()

    assert said("text") == ["DEBUG ninja.fal: a word"]
    assert [json.loads(line)["message"] for line in said("json")] == ["a word"]


Here = Callable[..., tuple[int, str, str]]


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Here:
    """Runs the command in this process: three seconds of imports cheaper. Returns status, stdout and stderr."""

    def run(stage: Stage, *arguments: str) -> tuple[int, str, str]:
        monkeypatch.chdir(stage.root)
        monkeypatch.setattr(sys, "argv", ["ninja", *arguments])
        for name, value in _environment(stage).items():
            monkeypatch.setenv(name, value)
        with pytest.raises(SystemExit) as ended:
            main()
        assert isinstance(ended.value.code, int)
        return ended.value.code, *capsys.readouterr()

    return run


def test_json_is_the_last_line_of_stdout_and_progress_goes_to_stderr(stage: Stage) -> None:
    done = _ninja(stage, "produce", "demo", "--json")
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout.splitlines()[-1])
    assert {*documented()["ninja produce EPISODE --json"], "schema"} == set(result)
    assert result["episode"] == "demo"
    assert result["mode"] == "rehearsal"
    assert result["cost_usd"] == 0
    assert [segment["segment"] for segment in result["segments"]] == ["s01", "s02", "s03"]
    assert Path(result["final_video"]).stat().st_size > 0
    assert "s01 composites " in done.stderr


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["produce", "../../etc"], "episode's name"),
        (["produce", "absent"], "absent.md"),
        (["produce", "demo", "--mode", "dream"], "rehearsal, draft, final"),
        (["produce", "demo", "--segments", "s9"], "s03"),
        (["produce", "demo", "--segments", "s04"], "s01 to s03"),
        (["produce"], "Missing argument"),
        (["dance"], "dance"),
    ],
)
def test_what_cannot_be_done_is_refused_in_words_before_anything_starts(
    here: Here, stage: Stage, arguments: list[str], says: str
) -> None:
    status, stdout, stderr = here(stage, *arguments)
    assert status == REFUSED
    assert says in stderr
    assert "Traceback" not in stderr
    assert not stdout


def test_a_refusal_is_a_shells_too(stage: Stage) -> None:
    done = _ninja(stage, "produce", "absent")
    assert (done.returncode, done.stdout) == (REFUSED, "")
    assert "absent.md" in done.stderr
    assert "Traceback" not in done.stderr


def test_doctor_says_that_a_rehearsal_can_be_made(here: Here, stage: Stage) -> None:
    status, stdout, _ = here(stage, "doctor")
    assert status == 0, stdout
    assert "ready" in stdout


@pytest.mark.parametrize(("setting", "value"), [("NINJA_UI_HOSTS", "*.example.com"), ("NINJA_WEBHOOK_PORT", "seventy")])
def test_doctor_names_a_setting_that_the_pages_refuse_once(
    here: Here, stage: Stage, monkeypatch: pytest.MonkeyPatch, setting: str, value: str
) -> None:
    monkeypatch.setenv(setting, value)
    status, stdout, _ = here(stage, "doctor")
    assert (status, stdout.count(f"✗ {setting}")) == (1, 1)
    assert f"export {setting}=" in stdout


def test_doctor_names_what_is_wrong_and_how_to_mend_it(here: Here, tmp_path: Path) -> None:
    stage = build_stage(tmp_path)
    stage.write_episode(text="NINJA: Fine.\nNOBODY: Who is this?\n")
    status, stdout, _ = here(stage, "doctor")
    assert status == 1
    assert "demo.md:2" in stdout.replace("\n", "")


def test_an_interrupted_run_is_gone_on_with(here: Here, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    stage = build_stage(tmp_path)
    stage.write_episode(text="GUEST: One.\nGUEST: Four.")
    running = subprocess.Popen(
        [*NINJA, "produce", "demo"],
        env=_environment(stage),
        cwd=stage.root,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    voice = stage.output / "demo" / "rehearsal" / "s01" / "voice.wav"
    deadline = time.monotonic() + 120
    while not voice.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    os.killpg(running.pid, signal.SIGINT)
    _, told = running.communicate(timeout=120)
    assert running.returncode == INTERRUPTED, told
    assert "ninja produce demo" in told
    assert not (stage.output / "demo" / "rehearsal" / "final.mp4").exists()
    status, _, stderr = here(stage, "produce", "demo", "--json")
    assert status == 0, stderr
    assert "s01 tts_audio reused" in caplog.text


def test_an_interrupt_before_a_command_has_begun_is_no_traceback(stage: Stage) -> None:
    """Most of what a command does in its first second is to import: there Ctrl-C finds it."""
    pressed = (
        "import sys\n"
        "class CtrlC:\n"
        "    def find_spec(self, name, *_):\n"
        "        if name == 'ninja_assets.cli.app':\n"
        "            raise KeyboardInterrupt\n"
        "sys.meta_path.insert(0, CtrlC())\n"
        "from ninja_assets.cli import main\n"
        "main()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", pressed, "models"],
        env=_environment(stage),
        cwd=stage.root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (INTERRUPTED, "")
    assert done.stderr.strip() == "Interrupted."


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_a_stream_that_is_closed_is_nobodys_and_no_file_takes_its_place(closed: str, stage: Stage) -> None:
    looks = "import sys; from ninja_assets.cli import main; sys.argv = ['ninja', '--version']; main()"
    command = f'exec "$0" -c "{looks}" {closed}'
    done = subprocess.run(
        ["sh", "-c", command, sys.executable], env=_environment(stage), capture_output=True, check=False, timeout=60
    )
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_working_directory_that_is_no_more_is_told_as_that(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    monkeypatch.delenv("NINJA_SHOW", raising=False)
    gone.rmdir()
    monkeypatch.setattr(sys, "argv", ["ninja", "costs"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == REFUSED
    assert capsys.readouterr().err == (
        "ninja: the working directory is no more\n  mend: cd ~, or into the folder of the show\n"
    )
