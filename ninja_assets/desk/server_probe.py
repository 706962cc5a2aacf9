"""The supervisor's questions to the server that it started: does it answer, is it guarded, which runs are under way.

They go over the server's own address, as anybody's would: what is told here is what a browser meets. Standard library
alone: the supervisor is kept small.
"""

import json
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from typing import Any
from urllib.parse import urlencode

from ninja_assets.desk.ports import HEALTH
from ninja_assets.runs.host import launched_here

_ANSWER_SECONDS = 5
CANCEL_SECONDS = 35  # Dagster waits 30 s for a code server that does not answer
_UNDER_WAY = """{ runsOrError(filter: {statuses: [STARTING, STARTED, CANCELING]}) {
    ... on Runs { results { runId tags { key value } } } } }"""
CANCEL = """mutation Cancel($runs: [String!]!) {
    terminateRuns(runIds: $runs, terminatePolicy: SAFE_TERMINATE) { __typename } }"""


@dataclass(frozen=True)
class Pages:
    """The server on an address of this machine."""

    host: str
    port: int

    def serving(self) -> int | None:
        """The process that answers there, if it is a server of ours."""
        try:
            status, body = self._ask("GET", HEALTH)
            return int(json.loads(body)["pid"]) if status == HTTPStatus.OK else None
        except (OSError, HTTPException, ValueError, KeyError, TypeError):
            return None

    def guarded(self) -> bool:
        """Whether a change by GET, which any web page could send, is refused."""
        query = urlencode({"query": "mutation { __typename }"})
        return self._ask("GET", f"/graphql?{query}")[0] == HTTPStatus.FORBIDDEN

    def runs_under_way(self) -> list[str]:
        """The runs that this machine's code server is making now: none of a shell or of another host."""
        runs = self._graphql(_UNDER_WAY)["runsOrError"]["results"]
        return [run["runId"] for run in runs if launched_here({tag["key"]: tag["value"] for tag in run["tags"]})]

    def cancel(self, runs: list[str]) -> None:
        """Tell runs to end. What a provider has accepted is collected by the next run."""
        self._graphql(CANCEL, runs=runs)

    def _graphql(self, query: str, **variables: object) -> dict[str, Any]:
        status, body = self._ask("POST", "/graphql", json.dumps({"query": query, "variables": variables}))
        if status != HTTPStatus.OK:
            raise HTTPException(f"GraphQL answered {status}")
        data: dict[str, Any] = json.loads(body)["data"]
        return data

    def _ask(self, method: str, path: str, body: str | None = None) -> tuple[int, bytes]:
        connection = HTTPConnection(self.host, self.port, timeout=CANCEL_SECONDS if body else _ANSWER_SECONDS)
        try:
            connection.request(method, path, body, {"Content-Type": "application/json"} if body else {})
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()
