"""Dagster's own webserver, as it is served: what is refused, and that its pages and clients go on."""

import json
from collections.abc import Iterator

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Origin, Subprotocol

from ninja_assets.desk.guard import Names
from resources.core.errors import StudioError
from tests.ninja_assets.desk.requests import BAD, FOREIGN, GOOD, Sent, name_of
from tests.ninja_assets.desk.served import Served, served


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("served")) as running:
        yield running


@pytest.mark.parametrize("sent", BAD, ids=name_of)
def test_a_foreign_page_gets_nothing_from_dagster(server: Served, sent: Sent) -> None:
    answer = server.send(sent.method, sent.path, sent.headers_for(server.own), sent.body)
    assert (answer.status_code, answer.text.startswith("refused: ")) == (403, True)


@pytest.mark.parametrize("sent", GOOD, ids=name_of)
def test_own_pages_and_programs_go_on(server: Served, sent: Sent) -> None:
    answer = server.send(sent.method, sent.path, sent.headers_for(server.own), sent.body)
    assert answer.status_code == 200


def test_every_name_of_loopback_is_served(server: Served) -> None:
    assert httpx.get(f"http://localhost:{server.port}/server_info", timeout=60).status_code == 200


def test_dagsters_own_client_goes_on(server: Served) -> None:
    from dagster_graphql import DagsterGraphQLClient  # noqa: PLC0415  (two seconds: this module's alone)

    client = DagsterGraphQLClient("127.0.0.1", server.port)
    with pytest.raises(Exception, match="No jobs"):  # it asked, and was told of a workspace without any
        client.submit_job_execution("no_such_job")


def test_a_report_of_a_program_reaches_dagster(server: Served) -> None:
    answer = httpx.post(f"http://{server.own}/report_asset_materialization/elsewhere", timeout=60)
    assert (answer.status_code, answer.json()) == (200, {})


def test_pages_talk_by_websocket_and_foreign_pages_do_not(server: Served) -> None:
    address, protocol = f"ws://{server.own}/graphql", [Subprotocol("graphql-ws")]
    with connect(address, subprotocols=protocol, origin=Origin(f"http://{server.own}")) as talk:
        talk.send(json.dumps({"type": "connection_init"}))
        assert json.loads(talk.recv()) == {"type": "connection_ack"}
    for headers in ({"Origin": FOREIGN}, {"Origin": "null"}):
        with pytest.raises(InvalidStatus) as refused:
            connect(address, subprotocols=protocol, additional_headers=headers)
        assert refused.value.response.status_code == 403


def test_whether_it_can_work_is_told_to_whoever_keeps_it_up(server: Served) -> None:
    answer = httpx.get(f"http://{server.own}/health", timeout=60)
    assert (answer.status_code, answer.json()) == (200, {"ok": True})


def test_the_figures_are_a_page_of_prometheus_behind_the_guard(server: Served) -> None:
    answer = httpx.get(f"http://{server.own}/metrics", timeout=60)
    found = {each.name: each for each in text_string_to_metric_families(answer.text)}
    assert {"ninja_spent_dollars", "ninja_purchases", "ninja_waiting_approvals", "ninja_runs"} <= found.keys()
    assert {each.labels["status"]: each.value for each in found["ninja_runs"].samples}["queued"] == 0
    refused = httpx.get(f"http://{server.own}/metrics", headers={"Host": "elsewhere.example"}, timeout=60)
    assert refused.status_code == 403


def test_the_supervisor_sees_a_guarded_server_without_runs(server: Served) -> None:
    assert server.pages.serving() == server.pid
    assert server.pages.guarded()
    assert server.pages.runs_under_way() == []


def test_the_application_is_made_where_the_guard_is_put() -> None:
    """Dagster's command makes it by this name; renamed, the guard would stand nowhere."""
    import dagster_webserver.cli  # noqa: PLC0415

    names = dagster_webserver.cli.host_dagster_ui_with_workspace_process_context.__code__.co_names
    assert "create_app_from_workspace_process_context" in names
    assert hasattr(dagster_webserver.cli, "create_app_from_workspace_process_context")


def test_an_application_that_the_guard_does_not_protect_is_not_served() -> None:
    from ninja_assets.desk.server import guarded  # noqa: PLC0415

    class Unguarded(Starlette):
        """An application that takes no middleware."""

        def add_middleware(self, *_: object, **__: object) -> None:
            pass

    async def done(_: Request) -> PlainTextResponse:
        return PlainTextResponse("done")

    def make() -> Starlette:
        return Unguarded(routes=[Route("/{path:path}", done, methods=["GET", "POST"])])

    with pytest.raises(StudioError, match="a change by GET, a change by a foreign page, a foreign name"):
        guarded(make, Names.of("127.0.0.1", 3000, {}))()
