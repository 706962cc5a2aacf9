"""Launching a run from the desk: Dagster's own GraphQL, spoken to the server that the request came to.

The run is one of the pages (`cells.doors`): it goes through the queue, by the daemon, as a click in Dagster's does.
"""

from dataclasses import dataclass
from typing import Any, Final

import httpx
from starlette.requests import Request

from ninja_assets.cells.launch import run_tags
from ninja_assets.jobs import JOB_NAME, run_config
from ninja_assets.partitions import range_tags
from resources.core.errors import StudioError
from resources.core.names import EPISODE_ASSETS, CellKey, Mode

WHERE: Final = """{ repositoriesOrError { ... on RepositoryConnection { nodes {
    name location { name } jobs { name } } } } }"""
LAUNCH: Final = """mutation Launch($params: ExecutionParams!) { launchPipelineExecution(executionParams: $params) {
    __typename
    ... on LaunchRunSuccess { run { runId } }
    ... on PythonError { message }
    ... on InvalidSubsetError { message }
    ... on PipelineNotFoundError { message }
    ... on UnauthorizedError { message }
    ... on RunConfigValidationInvalid { errors { message } } } }"""


@dataclass(frozen=True)
class LaunchOrder:
    """A run of the episode's job over one contiguous range of segments. `retake` are made anew, of `retake_of`."""

    episode: str
    mode: Mode
    segments: tuple[str, ...]
    retake: tuple[str, ...] = ()
    retake_of: tuple[str, ...] = ()

    def params(self, repository: str, location: str) -> dict[str, Any]:
        """What Dagster is asked."""
        return {
            "selector": {
                "repositoryName": repository,
                "repositoryLocationName": location,
                "jobName": JOB_NAME,
                "assetSelection": [{"path": [name]} for name in EPISODE_ASSETS],
            },
            "runConfigData": run_config(self.mode.value, retake=list(self.retake), retake_of=list(self.retake_of)),
            "mode": "default",
            "executionMetadata": {"tags": [{"key": key, "value": value} for key, value in self.tags.items()]},
        }

    @property
    def tags(self) -> dict[str, str]:
        """The run's tags: its cells, and whose it is."""
        cell = CellKey(self.episode, self.segments[0])
        return {**range_tags(self.episode, self.segments), **run_tags([cell], self.mode.value)}


async def launch(request: Request, order: LaunchOrder) -> str:
    """Launch the run; returns its id. Raises StudioError when Dagster refuses."""
    transport = httpx.ASGITransport(app=request.app)
    async with httpx.AsyncClient(transport=transport, base_url=str(request.base_url)) as client:
        nodes = (await _asked(client, WHERE))["repositoriesOrError"].get("nodes", [])
        place = next((one for one in nodes if any(job["name"] == JOB_NAME for job in one["jobs"])), None)
        if place is None:
            raise StudioError(
                "the show's code is not loaded, so nothing can be launched",
                mend="look at the Deployment page; `ninja doctor` says what is wrong",
                retryable=True,
            )
        params = order.params(place["name"], place["location"]["name"])
        answer = (await _asked(client, LAUNCH, params=params))["launchPipelineExecution"]
    if answer["__typename"] != "LaunchRunSuccess":
        said = answer.get("message") or "; ".join(one["message"] for one in answer.get("errors", []))
        raise StudioError("Dagster did not launch the run", why=said or answer["__typename"], mend="ninja doctor")
    return str(answer["run"]["runId"])


async def _asked(client: httpx.AsyncClient, query: str, **variables: object) -> dict[str, Any]:
    answer = await client.post("/graphql", json={"query": query, "variables": variables})
    document = answer.json() if answer.status_code == httpx.codes.OK else {}
    if document.get("errors") or "data" not in document:
        why = f"it answered {answer.status_code}: {str(document.get('errors') or answer.text)[:300]}"
        raise StudioError("Dagster could not be asked", why=why, retryable=True)
    data: dict[str, Any] = document["data"]
    return data
