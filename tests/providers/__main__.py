"""The server as its own process: `python -m tests.providers --port 0 --state DIR` prints {"base_url": …} and serves."""

import argparse
import json
from pathlib import Path

from tests.providers.server import ProviderServer
from tests.providers.settings import Settings


def main() -> None:
    """Serve until killed."""
    parser = argparse.ArgumentParser(prog="python -m tests.providers")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--state", type=Path, required=True, help="folder for its media")
    parser.add_argument("--settings", default="{}", help="JSON of tests.providers.settings.Settings")
    given = parser.parse_args()
    server = ProviderServer(given.state, given.port, Settings.model_validate_json(given.settings))
    print(json.dumps({"base_url": server.base_url}), flush=True)
    server.serve()


main()
