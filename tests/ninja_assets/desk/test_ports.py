"""A port that is taken is told in one sentence, before anything is started."""

import socket
from pathlib import Path

import pytest

from ninja_assets.desk.ports import answers, take_port
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
