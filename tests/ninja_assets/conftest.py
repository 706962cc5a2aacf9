"""What whole paid runs stand on: a provider server for a module's tests, and this process pointed at it."""

from collections.abc import Iterator

import pytest

from tests.providers.client import Providers
from tests.providers.fixture import pointed_server


@pytest.fixture(scope="module")
def market(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Providers]:
    """The provider server of a module; this process talks to it."""
    with pointed_server(tmp_path_factory.mktemp("market")) as client:
        yield client
