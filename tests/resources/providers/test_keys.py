"""A malformed key is refused before anything is opened, and no part of it is in the error."""

import pytest

from resources.core.errors import ContentError
from resources.providers.elevenlabs.api import ElevenLabsClient
from resources.providers.fal.wire.client import FalClient


@pytest.mark.parametrize("key", ["sec\nret", "sec ret", "sec\rret", "secrét", "“secret”", "sec\x00ret"])
def test_it_is_printed_nowhere(key: str) -> None:
    for opened in (FalClient.open, ElevenLabsClient.open):
        with pytest.raises(ContentError) as refused:
            opened(key)
        told = f"{refused.value} {refused.value!r}"
        assert "sec" not in told
        assert "malformed" in told
