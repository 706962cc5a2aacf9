"""The routes of our own, tried before Dagster's; the guard stands before all. The pages are `site`'s.

What they are made with (media, models, the ledger) is loaded when one of them is first asked for: a `ninja ui` that
nobody looks at stays small.
"""

import os
from functools import cached_property, partial
from typing import TYPE_CHECKING, Final

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import URLPath
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Match, NoMatchFound, Route, Router
from starlette.types import Receive, Scope, Send

from ninja_assets.cells.links import DESK
from ninja_assets.desk.ports import HEALTH
from resources.core.errors import NinjaError
from resources.core.settings import Settings

if TYPE_CHECKING:
    from ninja_assets.desk.site.opened import Desk

_WELL: Final = "/health"
_METRICS: Final = "/metrics"


async def _health(_: Request) -> JSONResponse:
    """Whose server this is: the show that it serves, and its process."""
    return JSONResponse({"show": str(Settings.from_environment().show), "pid": os.getpid()})


def routes() -> list[BaseRoute]:
    """All of them, in the order in which they are tried."""
    return [Route(HEALTH, _health, methods=["GET"]), _LoadedWhenAsked()]


class _LoadedWhenAsked(BaseRoute):
    """The desk, `/health` and `/metrics`, by one router."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Whether a request is for one of them."""
        path = scope.get("path", "")
        ours = path in (_WELL, _METRICS, DESK) or path.startswith(f"{DESK}/")
        return (Match.FULL if ours and scope["type"] == "http" else Match.NONE), {}

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer it."""
        router = await run_in_threadpool(lambda: self._router)
        await router(scope, receive, send)

    def url_path_for(self, name: str, /, **path_params: object) -> URLPath:
        """No address of ours is asked for by a name."""
        raise NoMatchFound(name, path_params)

    @cached_property
    def _router(self) -> Router:
        from ninja_assets.desk.site.opened import Desk  # noqa: PLC0415  (loaded when it is asked for)
        from ninja_assets.desk.site.pages import desk_routes  # noqa: PLC0415

        desk = Desk(Settings.from_environment())
        return Router(
            [
                Route(_WELL, partial(_well, desk), methods=["GET"]),
                Route(_METRICS, partial(_metrics, desk), methods=["GET"]),
                *desk_routes(desk),
            ]
        )


async def _well(desk: "Desk", _: Request) -> Response:
    """Whether it can do its work: 200 where show, ledger and Dagster's storage can be read, 503 with the reason."""
    from ninja_assets.desk.metrics import check_well  # noqa: PLC0415

    try:
        await run_in_threadpool(check_well, desk)
    except NinjaError as error:
        return JSONResponse({"ok": False, "why": str(error)}, 503)
    return JSONResponse({"ok": True})


async def _metrics(desk: "Desk", _: Request) -> Response:
    """The figures as Prometheus reads them; 503 where they cannot be had."""
    from prometheus_client.exposition import CONTENT_TYPE_LATEST  # noqa: PLC0415

    from ninja_assets.desk.metrics import metrics_of  # noqa: PLC0415

    try:
        page = await run_in_threadpool(metrics_of, desk)
    except NinjaError as error:
        return PlainTextResponse(f"{error}\n", 503)
    return Response(page, media_type=CONTENT_TYPE_LATEST)
