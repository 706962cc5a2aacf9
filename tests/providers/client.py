"""A test's side of the server: faults, settings, clock and report, over HTTP, wherever the server runs."""

import ssl
from typing import Any

import httpx

from tests.providers.account import Report
from tests.providers.faults import Act, Fault
from tests.providers.settings import ELEVENLABS_KEY, FAL_KEY


class Providers:
    """A running provider server. `base_url` is for FAL_BASE_URL and ELEVENLABS_BASE_URL."""

    fal_key = FAL_KEY
    elevenlabs_key = ELEVENLABS_KEY

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url
        plain = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # never used; the default one takes 0.1 s to load
        self._http = httpx.Client(base_url=base_url, timeout=30, trust_env=False, verify=plain)

    @property
    def environment(self) -> dict[str, str]:
        """The variables that point a program at this server, with keys that it takes."""
        return {
            "FAL_KEY": self.fal_key,
            "FAL_BASE_URL": self.base_url,
            "ELEVENLABS_API_KEY": self.elevenlabs_key,
            "ELEVENLABS_BASE_URL": self.base_url,
        }

    def fault(self, step: str, act: Act | str, **how: Any) -> None:
        """Put a rule in force; see `Fault` for its fields."""
        rule = Fault.model_validate({"step": step, "act": act, **how})
        self._send("POST", "/_control/faults", content=rule.model_dump_json())

    def clear_faults(self) -> None:
        """Take every rule away."""
        self._send("DELETE", "/_control/faults")

    def settings(self, **changes: Any) -> None:
        """Change settings; see `Settings`."""
        self._send("PATCH", "/_control/settings", json=changes)

    def advance(self, seconds: float) -> None:
        """Move the server's clock on: media and results expire."""
        self._send("POST", "/_control/advance", params={"seconds": seconds})

    def report(self) -> Report:
        """What was bought and asked so far."""
        return Report.model_validate_json(self._send("GET", "/_control/report").content)

    def close(self) -> None:
        """Let the connection go."""
        self._http.close()

    def _send(self, method: str, path: str, **how: Any) -> httpx.Response:
        return self._http.request(method, path, **how).raise_for_status()
