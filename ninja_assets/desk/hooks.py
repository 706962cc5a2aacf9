"""The server that fal.ai tells of requests that have ended: `python -m ninja_assets.desk.hooks PORT`.

It listens on loopback, for a tunnel or a proxy to bring NINJA_WEBHOOK_URL to, and serves one path, for one method:
nothing of the desk or of Dagster is behind it. A proxy may leave the path of that address before ours, or take it away.
What is not signed by fal.ai, now, with a secret that we sent, is refused before anything is written.
"""

import json
import os
import sys
from collections.abc import Callable
from typing import Final
from urllib.parse import unquote, urlsplit

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from resources.core.errors import LedgerError
from resources.core.progress import LOGGER
from resources.core.settings import Settings
from resources.core.text.env_file import read_env_file
from resources.models.loading import load_show
from resources.providers.fal.wire.signatures import FalKeys
from resources.providers.fal.wire.webhooks import PATH
from resources.purchasing.books import open_state
from resources.purchasing.ledger.arrivals import Hooks

_MOST_BYTES: Final = 1_000_000  # a result is addresses; fal.ai keeps larger ones back
_STATES: Final = ("OK", "ERROR")


def hooks_app(hooks: Hooks, keys: FalKeys, url: str = "") -> Starlette:
    """The application: 200 for what is believed, and for what comes again; else why it is not.

    What may come again is answered with 503, as while the ledger is away. `url` is NINJA_WEBHOOK_URL.
    """

    async def hook(request: Request) -> Response:
        secret = request.path_params["secret"]
        if not await _of_the_ledger(hooks.expected, secret):
            raise HTTPException(404, "nothing was sent with this address")
        body = await _body(request)
        try:
            why = await run_in_threadpool(keys.why_not, request.headers, body)
        except httpx.HTTPError:
            raise HTTPException(503, "the keys of fal.ai cannot be read now") from None
        if why is not None:
            raise HTTPException(403, why)
        request_id, status = _ended(body)
        await _of_the_ledger(hooks.arrive, secret, request_id, status)
        return Response(status_code=200)

    before = dict.fromkeys(("", unquote(urlsplit(url).path).rstrip("/")))
    app = Starlette(routes=[Route(f"{each}/{PATH}/{{secret}}", hook, methods=["POST"]) for each in before])
    app.router.redirect_slashes = False
    return app


async def _of_the_ledger(ask: Callable[..., bool], *given: str) -> bool:
    try:
        return await run_in_threadpool(ask, *given)
    except LedgerError as error:
        LOGGER.warning("a webhook cannot be written down now: %s", error)
        raise HTTPException(503, "the ledger cannot be asked now") from None


async def _body(request: Request) -> bytes:
    body = b""
    try:
        async for part in request.stream():
            body += part
            if len(body) > _MOST_BYTES:
                raise HTTPException(413, "it is too large")
    except ClientDisconnect:  # a proxy whose time was up; nobody hears the answer
        raise HTTPException(400, "it broke off") from None
    return body


def _ended(body: bytes) -> tuple[str, str]:
    """The request that a hook is of, and how it ended."""
    try:
        hook = json.loads(body)
        request_id, status = str(hook["request_id"]), str(hook["status"])
    except (ValueError, KeyError, TypeError, RecursionError):
        request_id = status = ""
    if not 0 < len(request_id) <= 200 or status not in _STATES:
        raise HTTPException(400, "it names no request")
    return request_id, status


def main() -> None:
    """Serve until this process is told to end."""
    read_env_file()
    settings = Settings.from_environment()
    with open_state(settings, load_show(settings.show)) as state:
        keys = FalKeys(os.environ.get("FAL_BASE_URL"))
        app = hooks_app(Hooks(state.store), keys, os.environ.get("NINJA_WEBHOOK_URL", ""))
        # No access log: the path has the secret.
        uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), access_log=False, log_level="warning")


if __name__ == "__main__":
    main()
