"""The server as a pytest fixture, and as a process of its own that outlives killed clients."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import fal_client.client as sdk
import pytest

from resources.providers.fal.wire import client as client_module
from tests.providers.client import Providers
from tests.providers.server import ProviderServer
from tests.providers.settings import Settings

_ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def providers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Providers]:
    """A fresh server in a thread of this process."""
    server = ProviderServer(tmp_path_factory.mktemp("providers")).start()
    client = Providers(server.base_url)
    yield client
    client.close()
    server.close()


@contextmanager
def pointed_server(folder: Path) -> Iterator[Providers]:
    """A server in a thread of this process, which talks to it meanwhile."""
    server = ProviderServer(folder).start()
    client = Providers(server.base_url)
    with pointed_anew():
        yield client
    client.close()
    server.close()


@contextmanager
def pointed_anew() -> Iterator[None]:
    """This process has talked to no server yet, and has not when this ends."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(client_module, "_pointed_at", [])
        for name in client_module._SWITCHES:
            patch.setattr(sdk, name, getattr(sdk, name))
        yield


@contextmanager
def provider_process(folder: Path, **settings: Any) -> Iterator[Providers]:
    """A server in a process and session of its own: killing a client's process group does not touch it."""
    chosen = Settings(**settings).model_dump_json()
    command = [sys.executable, "-m", "tests.providers", "--state", str(folder), "--settings", chosen]
    with subprocess.Popen(command, cwd=_ROOT, stdout=subprocess.PIPE, start_new_session=True) as process:
        try:
            assert process.stdout is not None
            client = Providers(json.loads(process.stdout.readline())["base_url"])
            yield client
            client.close()
        finally:
            process.kill()
