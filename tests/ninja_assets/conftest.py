"""What whole paid runs stand on: a provider server for a module's tests, and this process pointed at it."""

from collections.abc import Iterator

import fal_client.client as sdk
import pytest

from resources.fal import client as client_module
from tests.providers.client import Providers
from tests.providers.server import ProviderServer


@pytest.fixture(scope="module")
def market(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Providers]:
    """The provider server of a module; this process talks to it."""
    server = ProviderServer(tmp_path_factory.mktemp("market")).start()
    client = Providers(server.base_url)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(client_module, "_pointed_at", [])
        for name in client_module._SWITCHES:
            patch.setattr(sdk, name, getattr(sdk, name))
        yield client
    client.close()
    server.close()
