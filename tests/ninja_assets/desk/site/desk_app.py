"""The desk of a stage as an application, behind the guard.

Dagster's own GraphQL is asked in the browser's tests; here a route stands in its place and tells what it was asked.
"""

import asyncio
import os
from dataclasses import dataclass, field
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from ninja_assets.desk.guard import Guard, Names
from ninja_assets.desk.site.opened import Desk
from ninja_assets.desk.site.pages import desk_routes
from ninja_assets.jobs import JOB_NAME
from tests.stage import Stage


@dataclass
class Served:
    """The desk of a stage, behind the guard; `launched` are the runs that Dagster was asked for."""

    stage: Stage
    launched: list[dict[str, Any]] = field(default_factory=list)

    @property
    def app(self) -> Starlette:
        """The application, anew."""
        return self.app_at(3000)

    def app_at(self, port: int) -> Starlette:
        """The application, anew, as it is served at a port."""

        async def graphql(request: Request) -> JSONResponse:
            asked = await request.json()
            if "params" not in asked["variables"]:
                node = {"name": "repo", "location": {"name": "place"}, "jobs": [{"name": JOB_NAME}]}
                return JSONResponse({"data": {"repositoriesOrError": {"nodes": [node]}}})
            self.launched.append(asked["variables"]["params"])
            answer = {"__typename": "LaunchRunSuccess", "run": {"runId": "run-1"}}
            return JSONResponse({"data": {"launchPipelineExecution": answer}})

        desk = Desk(self.stage.settings(), self.stage.dagster)
        app = Starlette(routes=[*desk_routes(desk), Route("/graphql", graphql, methods=["POST"])])
        app.add_middleware(Guard, names=Names.of("127.0.0.1", port, os.environ))
        return app

    def get(self, path: str, **headers: str) -> httpx.Response:
        """The answer to a GET."""
        return self._ask("GET", path, headers=headers)[0]

    def post(self, path: str, body: object, **headers: str) -> httpx.Response:
        """The answer to a POST of JSON; a text is sent as it is."""
        given: dict[str, Any] = {"content": body} if isinstance(body, str) else {"json": body}
        return self._ask("POST", path, headers={"Content-Type": "application/json", **headers}, **given)[0]

    def post_twice(self, path: str, body: object) -> list[httpx.Response]:
        """The answers to the same POST, sent twice at once."""
        return self._ask("POST", path, times=2, json=body)

    def _ask(self, method: str, path: str, *, times: int = 1, **given: Any) -> list[httpx.Response]:
        async def ask() -> list[httpx.Response]:
            transport = httpx.ASGITransport(app=self.app)
            async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:3000") as client:
                return await asyncio.gather(*(client.request(method, path, **given) for _ in range(times)))

        return asyncio.run(ask())
