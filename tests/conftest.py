"""What every test stands on: no key, no network, and nothing of this machine's own show or output."""

import os

import pytest

_OWN = ("FAL_KEY", "FAL_AI_API_KEY", "FAL_KEY_ID", "FAL_KEY_SECRET", "ELEVENLABS_API_KEY", "DAGSTER_HOME")


@pytest.fixture(autouse=True)
def _no_keys_and_no_own_show(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """Remove every variable that could make a test spend, or read a person's own show. Live tests keep theirs."""
    if "live" in request.keywords:
        return
    for name in [*_OWN, *(name for name in os.environ if name.startswith("NINJA_") and "TEST" not in name)]:
        monkeypatch.delenv(name, raising=False)
