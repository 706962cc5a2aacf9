"""The routes of our own, tried before Dagster's; the guard stands before all. The pages are `site`'s."""

import os
from functools import partial

from prometheus_client.exposition import CONTENT_TYPE_LATEST
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from ninja_assets.desk.metrics import check_well, metrics_of
from ninja_assets.desk.ports import HEALTH
from ninja_assets.desk.site.opened import Desk
from ninja_assets.desk.site.pages import desk_routes
from resources.core.errors import NinjaError
from resources.core.settings import Settings


async def _health(_: Request) -> JSONResponse:
    """Whose server this is: the show that it serves, and its process."""
    return JSONResponse({"show": str(Settings.from_environment().show), "pid": os.getpid()})


def routes() -> list[BaseRoute]:
    """All of them, in the order in which they are tried."""
    desk = Desk(Settings.from_environment())
    return [
        Route(HEALTH, _health, methods=["GET"]),
        Route("/health", partial(_well, desk), methods=["GET"]),
        Route("/metrics", partial(_metrics, desk), methods=["GET"]),
        *desk_routes(desk),
    ]


async def _well(desk: Desk, _: Request) -> Response:
    """Whether it can do its work: 200 where show, ledger and Dagster's storage can be read, 503 with the reason."""
    try:
        await run_in_threadpool(check_well, desk)
    except NinjaError as error:
        return JSONResponse({"ok": False, "why": str(error)}, 503)
    return JSONResponse({"ok": True})


async def _metrics(desk: Desk, _: Request) -> Response:
    """The figures as Prometheus reads them; 503 where they cannot be had."""
    try:
        page = await run_in_threadpool(metrics_of, desk)
    except NinjaError as error:
        return PlainTextResponse(f"{error}\n", 503)
    return Response(page, media_type=CONTENT_TYPE_LATEST)
