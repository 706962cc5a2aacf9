"""Everything that `ninja ui` starts, kept up and ended: code server, daemon and webserver, joined by a workspace file.

`python -m ninja_assets.desk.supervisor HOST PORT` is what the command becomes. It imports neither Dagster nor the
show's content: it runs for days and does almost nothing. What the others say is in `ui.log` of DAGSTER_HOME.
"""

import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPException
from pathlib import Path

from filelock import FileLock, Timeout

from ninja_assets.desk.child import Child, end_of
from ninja_assets.desk.ports import answers, check_sockets_fit, hooks_port, take_port
from ninja_assets.desk.server_probe import Pages
from ninja_assets.runs.home import SETTINGS_FILE, missing_settings, ready_home
from ninja_assets.runs.host import this_host
from ninja_assets.served import FILE, Served, find_served, identity_of, write_served
from resources.core.errors import ContentError, NinjaError, StudioError
from resources.core.settings import Settings

_LOOK_SECONDS = 0.5
_EMPTY_LOOK_SECONDS = 5.0  # between two looks for the process that holds the definitions: it takes a list of all
_END_SECONDS = 10  # for a process to end after it was told
_RUN_END_SECONDS = 30  # for runs to end after they were cancelled
_REFUSED = 2
_LOCATION = "ninja_assets"
_HOOKS_URL = "NINJA_WEBHOOK_URL"
_WORKSPACE = "load_from:\n  - grpc_server: {{socket: {socket}, location_name: {location}}}\n"
_PREFIX, _SOCKET = "ninja-ui-", "code.sock"
# The command `dagster-daemon`, wherever the installation put its script.
_DAEMON = (
    "from ninja_assets.cells.running.event_statements import compile_once; compile_once()\n"
    "from importlib.metadata import entry_points as e; e(group='console_scripts')['dagster-daemon'].load()()"
)


class Supervisor:
    """The three processes of one Dagster home. `folder` takes the socket and the workspace file while they run."""

    def __init__(self, host: str, port: int, home: Path, folder: Path) -> None:
        self.url = f"http://{f'[{host}]' if ':' in host else host}:{port}"
        near = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104
        self.near_url = f"http://{f'[{near}]' if ':' in near else near}:{port}"  # of this machine's own programs
        self._pages = Pages(near, port)
        self._socket = folder / _SOCKET
        workspace = folder / "workspace.yaml"
        workspace.write_text(_WORKSPACE.format(socket=self._socket, location=_LOCATION), encoding="utf-8")
        log = self._log = home / "ui.log"
        log.write_bytes(b"")
        module, quiet = ["-m", "ninja_assets.definitions"], ["--log-level", "warning"]
        serve = ["-m", "dagster", "code-server", "start", "--socket", f"{self._socket}", "--location-name", _LOCATION]
        self._code = Child("code server", [*serve, "--inject-env-vars-from-instance", *quiet, *module], log)
        self._daemon = Child("daemon", ["-c", _DAEMON, "run", "--workspace", f"{workspace}", *quiet], log)
        web = ["-m", "ninja_assets.desk.server", host, f"{port}", f"{workspace}", f"{self._socket}"]
        self._web = Child("webserver", web, log)
        hooks = Child("webhook server", ["-m", "ninja_assets.desk.hooks", f"{hooks_port(os.environ)}"], log)
        self._hooks = [hooks] if os.environ.get(_HOOKS_URL, "").strip() else []
        self._stop = threading.Event()
        self._asked_to_stop = 0
        self._announced = False
        self._next_empty_look = 0.0

    def run(self) -> None:
        """Serve until a signal asks to end. Raises StudioError when something cannot be kept up."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_signal)
        try:
            self._make_databases()
            if not self._stop.is_set():
                self._code.start()
                self._web.start()
                for hooks in self._hooks:
                    hooks.start()
            while not self._stop.wait(_LOOK_SECONDS):
                self._look()
        finally:
            self._end()

    def _make_databases(self) -> None:
        if next(self._log.parent.rglob("*.db"), None) is not None:
            return
        with self._log.open("ab") as log:
            command = [sys.executable, "-m", "ninja_assets.desk.databases"]
            made = subprocess.run(command, stdout=subprocess.PIPE, stderr=log, text=True, check=False)
        if made.returncode and not self._stop.is_set():
            why = made.stdout.strip() or end_of(self._log)
            raise StudioError("Dagster's databases cannot be made", where=f"{self._log}", why=why, hint="ninja doctor")

    def _look(self) -> None:
        if not self._daemon.started and answers(self._socket):
            self._daemon.start()
        for child in (self._code, self._daemon, self._web, *self._hooks):
            how = child.ended()
            if how is not None:
                self._again(child, how)
        if self._code_server_is_empty():
            self._code.tell_to_end()
            self._again(self._code, "the process that holds the definitions was lost")
        if not self._announced and self._pages.serving() == self._web.pid:
            self._tell()

    def _again(self, child: Child, how: str) -> None:
        _say(f"the {child.name} ended ({how}); it is started again")
        child.let_go(_END_SECONDS)
        if child is self._code:
            self._socket.unlink(missing_ok=True)
        if child is self._web:
            self._announced = False
        child.start()

    def _code_server_is_empty(self) -> bool:
        """Dagster's code server outlives the process in which it loads the definitions, and does not start another.

        While it reloads it has two of them, never none.
        """
        now = time.monotonic()
        if now < self._next_empty_look or not answers(self._socket):
            return False
        self._next_empty_look = now + _EMPTY_LOOK_SECONDS
        return not self._code.has_child()

    def _tell(self) -> None:
        if not self._pages.guarded():
            raise StudioError(
                f"{self.url} lets a change by GET through, so it is not served",
                why="any web page that is open in the same browser could launch a paid run",
                hint="pip install -c constraints.txt -e .   (the versions that the guard was tested with)",
            )
        self._announced = True
        _say(f"{self.url}/desk/   (the graph: {self.url}/asset-groups; Ctrl-C ends it)")

    def _on_signal(self, *_: object) -> None:
        self._asked_to_stop += 1
        self._stop.set()

    def _end(self) -> None:
        """End everything, and nothing is left: what launches runs first, then the runs, then what serves them."""
        self._daemon.tell_to_end()
        self._daemon.end(self._patience(_END_SECONDS))
        if self._announced:
            self._end_runs()
        for child in (*self._hooks, self._web, self._code):
            child.tell_to_end()
        deadline = time.monotonic() + self._patience(_END_SECONDS)
        for child in (*self._hooks, self._web, self._code):
            child.end(deadline - time.monotonic())

    def _end_runs(self) -> None:
        try:
            runs = self._pages.runs_under_way()
            if runs:
                _say(f"{len(runs)} run(s) are cancelled; what is paid for is kept, and the next run collects it")
                self._pages.cancel(runs)
            deadline = time.monotonic() + _RUN_END_SECONDS
            while runs and time.monotonic() < deadline and self._asked_to_stop < 2:
                time.sleep(_LOOK_SECONDS)
                runs = self._pages.runs_under_way()
        except (OSError, HTTPException, ValueError, KeyError, TypeError) as error:
            _say(f"the runs under way could not be cancelled ({error}): they are ended with their process")

    def _patience(self, seconds: float) -> float:
        return seconds if self._asked_to_stop < 2 else 0


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    """Hold a Dagster home's only `ninja ui`, which says where it is as long as it lasts."""
    lock = FileLock(home / ".ui.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise ContentError(
            "this show is served already",
            where=f"{home / FILE}",
            why=f"`ninja ui` runs: {_address(home)}",
            hint="open that address, or end it with Ctrl-C there first",
        ) from None
    try:
        yield
    finally:
        (home / FILE).unlink(missing_ok=True)
        lock.release()


def _address(home: Path) -> str:
    served = find_served(home)
    return f"{served.url}, process {served.pid} on {served.host}" if served else "it has just been started"


def main() -> None:
    """Serve; ends with 0 when it was asked to, with 2 when it was refused before it began, with 1 when it failed."""
    host, port = sys.argv[1], int(sys.argv[2])
    try:
        home = ready_home()
        check_sockets_fit(f"{_PREFIX}12345678/{_SOCKET}")
        with _alone(home), tempfile.TemporaryDirectory(prefix=_PREFIX) as folder:
            port = take_port(host, port)
            if missing_settings(home):
                _say(f"{home / SETTINGS_FILE} has no lines for runs that died or failed: `ninja doctor` shows them")
            supervisor = Supervisor(host, port, home, Path(folder))
            identity = identity_of(Settings.from_environment(), os.environ)
            write_served(home, Served(supervisor.near_url, os.getpid(), this_host(), identity))
            supervisor.run()
    except NinjaError as error:
        sys.stderr.write(f"ninja: {error}\n")
        sys.exit(_REFUSED if isinstance(error, ContentError) else 1)


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
