"""The whole server: both providers' rooms, one account, the faults, and `/_control` by which a test drives it."""

import json
import re
import threading
from pathlib import Path

from tests.providers.account import Account, Clock
from tests.providers.elevenlabs import ElevenLabs
from tests.providers.fal import Fal
from tests.providers.faults import Fault, Faults
from tests.providers.settings import Settings
from tests.providers.wire import Reply, Request, Route, Transport, reply


class ProviderServer:
    """A server on a loopback port, from construction until `close`. `folder` takes its media."""

    def __init__(self, folder: Path, port: int = 0, settings: Settings | None = None) -> None:
        self._settings = settings or Settings()
        self._faults = Faults()
        self._account = Account()
        self._clock = Clock()
        folder = folder.absolute()
        self._fal = Fal(folder, self._account, self._clock, lambda: self._settings, lambda: self.base_url)
        elevenlabs = ElevenLabs(self._account, self._clock, lambda: self._settings)
        routes = [*self._control(), *self._fal.routes(), *elevenlabs.routes()]
        self._transport = Transport(port, routes, self._faults, self._account.count)
        self.base_url = f"http://127.0.0.1:{self._transport.server_address[1]}"

    def serve(self) -> None:
        """Answer until `close`."""
        self._transport.serve_forever(poll_interval=0.05)

    def start(self) -> "ProviderServer":
        """Answer in a thread of its own."""
        threading.Thread(target=self.serve, name="providers", daemon=True).start()
        return self

    def close(self) -> None:
        """Stop."""
        self._transport.shutdown()
        self._transport.server_close()
        self._fal.close()

    def _control(self) -> list[Route]:
        return [
            Route("POST", "/_control/faults", "control", self._add_fault),
            Route("DELETE", "/_control/faults", "control", self._clear_faults),
            Route("PATCH", "/_control/settings", "control", self._change),
            Route("POST", "/_control/advance", "control", self._advance),
            Route("GET", "/_control/report", "control", self._report),
        ]

    def _add_fault(self, request: Request, _: re.Match[str], __: Fault | None) -> Reply:
        self._faults.add(Fault.model_validate_json(request.body))
        return reply({})

    def _clear_faults(self, _: Request, __: re.Match[str], ___: Fault | None) -> Reply:
        self._faults.clear()
        return reply({})

    def _change(self, request: Request, _: re.Match[str], __: Fault | None) -> Reply:
        current = self._settings.model_dump()
        self._settings = Settings.model_validate({**current, **json.loads(request.body)})
        return reply(self._settings.model_dump(mode="json"))

    def _advance(self, request: Request, _: re.Match[str], __: Fault | None) -> Reply:
        self._clock.advance(float(request.query["seconds"]))
        return reply({})

    def _report(self, _: Request, __: re.Match[str], ___: Fault | None) -> Reply:
        self._fal.advance()
        report = self._account.report(self._fal.balance())
        return Reply(200, report.model_dump_json().encode(), {"content-type": "application/json"})
