"""A port that is taken is told in one sentence, before anything is started."""

import socket
import sys
import tempfile
from pathlib import Path

import pytest

from ninja_assets.desk.ports import SOCKET_BYTES, answers, check_sockets_fit, hooks_port, take_port
from resources.core.errors import ContentError


def test_a_free_port_is_taken_as_asked_for_or_found() -> None:
    found = take_port("127.0.0.1", 0)
    assert take_port("127.0.0.1", found) == found


def test_a_taken_port_is_told_with_another_to_use() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(ContentError) as refused:
            take_port("127.0.0.1", port)
    assert refused.value.what == f"port {port} of 127.0.0.1 is taken"
    assert "ninja ui --port" in (refused.value.hint or "")


@pytest.mark.parametrize("host", ["no.such.name.invalid", "192.0.2.1"])
def test_an_address_of_another_machine_is_refused(host: str) -> None:
    with pytest.raises(ContentError) as refused:
        take_port(host, 3000)
    assert refused.value.where == "--host"


def test_a_socket_answers_while_somebody_listens(tmp_path: Path) -> None:
    path = tmp_path / "socket"
    assert not answers(path)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(path))
        assert not answers(path)
        listening.listen()
        assert answers(path)
    assert not answers(path)


SOCKET = "ninja-ui-12345678/code.sock"


def test_a_temporary_folder_that_a_socket_fits_in_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", "/".ljust(SOCKET_BYTES - len(f"/{SOCKET}"), "t"))
    check_sockets_fit(SOCKET)


def test_a_temporary_folder_whose_path_is_too_long_for_a_socket_is_told_by_its_setting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", "/".ljust(SOCKET_BYTES - len(SOCKET), "t"))
    with pytest.raises(ContentError, match="too long for a socket") as refused:
        check_sockets_fit(SOCKET)
    assert "export TMPDIR=/tmp" in str(refused.value)


def test_a_socket_can_have_as_many_bytes_as_is_said_and_no_more() -> None:
    longest = "/nowhere/".ljust(SOCKET_BYTES, "s")
    with socket.socket(socket.AF_UNIX) as probe:
        assert probe.connect_ex(longest) != 0
        if sys.platform == "linux":
            with pytest.raises(OSError, match="too long"):
                probe.connect_ex(f"{longest}s")


@pytest.mark.parametrize("port", ["x", "-1", "0", "65536", "1e3", "٣", "3080 x", "9" * 30])
def test_a_port_of_webhooks_that_is_none_is_told_before_anything_is_started(port: str) -> None:
    with pytest.raises(ContentError) as refused:
        hooks_port({"NINJA_WEBHOOK_PORT": port})
    assert refused.value.where == "NINJA_WEBHOOK_PORT"
    assert [hooks_port({}), hooks_port({"NINJA_WEBHOOK_PORT": " 8443 "})] == [3080, 8443]
