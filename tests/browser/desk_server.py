"""The desk alone, over HTTP: for what its pages do in a browser while rows change under them."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from ninja_assets.desk.ports import take_port
from tests.browser.server import START_SECONDS, until
from tests.ninja_assets.desk.site.desk_app import Served


@contextmanager
def served_desk(served: Served) -> Iterator[str]:
    """Its address, while it is served by a thread of this process."""
    port = take_port("127.0.0.1", 0)
    server = uvicorn.Server(uvicorn.Config(served.app_at(port), host="127.0.0.1", port=port, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        until("the desk", lambda: server.started or None, START_SECONDS)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()
