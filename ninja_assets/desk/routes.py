"""The routes of our own, tried before Dagster's; the guard stands before all. The pages are `site`'s."""

import os

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Route

from ninja_assets.desk.ports import HEALTH
from ninja_assets.desk.site.opened import Desk
from ninja_assets.desk.site.pages import desk_routes
from resources.core.settings import Settings


async def _health(_: Request) -> JSONResponse:
    """Whose server this is: the show that it serves, and its process."""
    return JSONResponse({"show": str(Settings.from_environment().show), "pid": os.getpid()})


def routes() -> list[BaseRoute]:
    """All of them, in the order in which they are tried."""
    return [Route(HEALTH, _health, methods=["GET"]), *desk_routes(Desk(Settings.from_environment()))]
