"""Launching a run from the desk: Dagster's own GraphQL, spoken to the server that the request came to.

The run is one of the pages (`cells.consent.doors`): it goes through the queue, by the daemon, as a click in Dagster's
does.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import httpx

from ninja_assets.jobs import JOB_NAME
from ninja_assets.runs.launches import Launch
from resources.core.errors import StudioError
from resources.core.names import EPISODE_ASSETS

if TYPE_CHECKING:
    from starlette.requests import Request

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
class Code:
    """Where Dagster has the show's code."""

    repository: str
    location: str

    def params(self, wanted: Launch) -> dict[str, Any]:
        """What Dagster is asked for a run: of the episode's job, with its assets; of another job, as it is."""
        place = {"repositoryName": self.repository, "repositoryLocationName": self.location, "jobName": wanted.job}
        assets = [{"path": [name]} for name in wanted.assets or EPISODE_ASSETS] if wanted.job == JOB_NAME else None
        return {
            "selector": {**place, **({"assetSelection": assets} if assets else {})},
            "runConfigData": wanted.config,
            "mode": "default",
            "executionMetadata": {"tags": [{"key": key, "value": value} for key, value in wanted.tags.items()]},
        }


async def loaded_code(request: "Request") -> Code:
    """Where the show's code is. Raises StudioError while it is not loaded: nothing can be launched then."""
    async with _dagster(request) as client:
        nodes = (await _asked(client, WHERE))["repositoriesOrError"].get("nodes", [])
    place = next((one for one in nodes if any(job["name"] == JOB_NAME for job in one["jobs"])), None)
    if place is None:
        raise StudioError(
            "the show's code is not loaded, so nothing can be launched",
            hint="look at the Deployment page; `ninja doctor` says what is wrong",
            retryable=True,
        )
    return Code(place["name"], place["location"]["name"])


async def launch(request: "Request", code: Code, wanted: Launch) -> str:
    """Launch the run; returns its id. Raises StudioError when Dagster refuses."""
    async with _dagster(request) as client:
        answer = (await _asked(client, LAUNCH, params=code.params(wanted)))["launchPipelineExecution"]
    if answer["__typename"] != "LaunchRunSuccess":
        said = answer.get("message") or "; ".join(one["message"] for one in answer.get("errors", []))
        raise StudioError("Dagster did not launch the run", why=said or answer["__typename"], hint="ninja doctor")
    return str(answer["run"]["runId"])


def _dagster(request: "Request") -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=request.app), base_url=str(request.base_url))


async def _asked(client: httpx.AsyncClient, query: str, **variables: object) -> dict[str, Any]:
    answer = await client.post("/graphql", json={"query": query, "variables": variables})
    document = answer.json() if answer.status_code == httpx.codes.OK else {}
    if document.get("errors") or "data" not in document:
        why = f"it answered {answer.status_code}: {str(document.get('errors') or answer.text)[:300]}"
        raise StudioError("Dagster could not be asked", why=why, retryable=True)
    data: dict[str, Any] = document["data"]
    return data
