"""The serving process: Dagster's webserver, its application behind the guard, our routes before its own.

`dagster_webserver.cli.main` is Dagster's documented command; the one thing replaced is the public function by which it
makes its application. A test sees it if an upgrade makes the application in another way.
"""

import asyncio
import os
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import dagster as dg
import dagster_webserver.cli
import httpx
from starlette.applications import Starlette

from ninja_assets.cells.running.event_files import spare_the_disk
from ninja_assets.cells.running.event_statements import compile_once
from ninja_assets.desk.guard import Guard, Names
from ninja_assets.desk.ports import answers
from ninja_assets.desk.routes import routes
from ninja_assets.runs.launcher import end_unbegun
from resources.core.errors import StudioError

_MAKES_THE_APPLICATION = "create_app_from_workspace_process_context"
_CODE_SERVER_SECONDS = 0.1  # between two looks


def guarded(make: Callable[..., Starlette], names: Names) -> Callable[..., Starlette]:
    """A maker of applications whose applications have our routes and the guard, and have been tried."""

    def make_guarded(*args: Any, **kwargs: Any) -> Starlette:
        app = make(*args, **kwargs)
        app.router.routes[:0] = routes()
        app.add_middleware(Guard, names=names)
        asyncio.run(try_guard(app, names))
        return app

    return make_guarded


async def try_guard(app: Starlette, names: Names) -> None:
    """Ask the application for what it must refuse. Raises StudioError when it does not."""
    host = min(names.hosts)
    change = {"query": "mutation { __typename }"}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=f"http://{host}") as client:
        answers = {
            "a change by GET": await client.get("/graphql", params=change),
            "a change by a foreign page": await client.post(
                "/graphql", json=change, headers={"Origin": "https://elsewhere.example"}
            ),
            "a foreign name": await client.get("/server_info", headers={"Host": "elsewhere.example"}),
        }
    let_through = [what for what, answer in answers.items() if answer.status_code != httpx.codes.FORBIDDEN]
    if let_through:
        raise StudioError(
            f"the guard lets {', '.join(let_through)} through, so the pages are not served",
            why="any web page that is open in the same browser could launch a paid run",
            hint="pip install -c constraints.txt -e .   (the versions that the guard was tested with)",
        )


def serve(host: str, port: int, workspace: Path, code_server: Path | None = None) -> None:
    """Serve until this process is told to end; begins when the code server's socket answers, if one is named.

    Then the workspace file is as old as the command that started both: a run that was about to begin before is dead.
    Without one the code is served elsewhere, as the workspace file says (deploy/).
    """
    names = Names.of(host, port, os.environ)
    spare_the_disk()
    compile_once()
    make: Callable[..., Starlette] = getattr(dagster_webserver.cli, _MAKES_THE_APPLICATION)
    setattr(dagster_webserver.cli, _MAKES_THE_APPLICATION, guarded(make, names))
    if code_server is not None:
        with dg.DagsterInstance.get() as instance:
            end_unbegun(instance, datetime.fromtimestamp(workspace.stat().st_mtime, UTC))
        while not answers(code_server):
            time.sleep(_CODE_SERVER_SECONDS)
    arguments = ["--host", host, "--port", str(port), "--path-prefix", "", "--workspace", str(workspace)]
    sys.argv = ["dagster-webserver", *arguments, "--dagster-log-level", "warning"]
    dagster_webserver.cli.main()  # type: ignore[no-untyped-call]


if __name__ == "__main__":
    serve(sys.argv[1], int(sys.argv[2]), *map(Path, sys.argv[3:5]))
