"""The serving process itself, over a workspace without code, on a free port and in a home of its own."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from ninja_assets.desk.ports import take_port
from ninja_assets.desk.server_probe import Pages
from resources.core.settings import ROOT

PATIENCE_SECONDS = 240.0  # for a start on a busy machine
HOST = "127.0.0.1"


@dataclass(frozen=True)
class Served:
    """A server that answers."""

    port: int
    pid: int

    @property
    def own(self) -> str:
        """Its address, as Host says it."""
        return f"{HOST}:{self.port}"

    @property
    def pages(self) -> Pages:
        """Its pages, as the supervisor asks them."""
        return Pages(HOST, self.port)

    def send(self, method: str, path: str, headers: list[tuple[str, str]], body: str) -> httpx.Response:
        """Send exactly that."""
        return httpx.request(method, f"http://{self.own}{path}", headers=headers, content=body, timeout=60)


@contextmanager
def served(root: Path) -> Iterator[Served]:
    """Serve, once a socket says that there is a code server; ended afterwards."""
    home = root / "home"
    home.mkdir()
    shutil.copy(ROOT / "dagster_home" / "dagster.yaml", home)
    workspace, code_server, log = root / "workspace.yaml", root / "code.sock", root / "log"
    workspace.write_text("load_from: []\n")
    port = take_port(HOST, 0)
    command = [sys.executable, "-m", "ninja_assets.desk.server", HOST, f"{port}", f"{workspace}", f"{code_server}"]
    environment = {**os.environ, "DAGSTER_HOME": str(home), "DAGSTER_DISABLE_TELEMETRY": "1"}
    with socket.socket(socket.AF_UNIX) as listening, log.open("wb") as said:
        listening.bind(str(code_server))
        listening.listen()
        process = subprocess.Popen(command, env=environment, stdout=said, stderr=subprocess.STDOUT)
        server = Served(port, process.pid)
        deadline = time.monotonic() + PATIENCE_SECONDS
        try:
            while server.pages.serving() != process.pid:
                assert process.poll() is None, log.read_text()
                assert time.monotonic() < deadline, log.read_text()
                time.sleep(0.1)
            yield server
        finally:
            process.kill()
            process.wait()
