"""What listens where: is a port free, does a socket answer. Standard library alone: the supervisor is kept small."""

import errno
import os
import socket
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from resources.core.errors import ContentError

HOOKS_PORT: Final = "NINJA_WEBHOOK_PORT"
_DEFAULT_HOOKS_PORT: Final = "3080"
HEALTH = "/desk/health"  # the path at which a server of ours says that it is one
SOCKET_BYTES: Final = 107 if sys.platform == "linux" else 103  # of a Unix socket's path (unix(7), unix(4))


def take_port(host: str, port: int) -> int:
    """The port, seen to be free on that address; 0 finds a free one. Raises ContentError, in one sentence."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the webserver itself does
            probe.bind(address)
            return int(probe.getsockname()[1])
    except socket.gaierror as error:
        raise ContentError(f"{host!r} is no address of this machine", where="--host", why=f"{error.strerror}") from None
    except OSError as error:
        raise _refused(host, port, error) from None


def _refused(host: str, port: int, error: OSError) -> ContentError:
    another = f"ninja ui --port {port + 1 if 1024 <= port < 65535 else 3000}"
    if error.errno == errno.EADDRINUSE:
        return ContentError(
            f"port {port} of {host} is taken",
            where="--port",
            why="another program listens there: perhaps another `ninja ui` or a `dagster dev`",
            hint=f"end that one, or use another port: {another}",
        )
    if error.errno == errno.EACCES:
        return ContentError(
            f"port {port} may not be used", where="--port", why="ports below 1024 belong to root", hint=another
        )
    return ContentError(f"nothing can listen on {host}", where="--host", why=f"{error.strerror}", hint="ninja ui")


def hooks_port(environment: Mapping[str, str]) -> int:
    """The port on which webhooks arrive. Raises ContentError for what is none."""
    named = environment.get(HOOKS_PORT, "").strip() or _DEFAULT_HOOKS_PORT
    if not (named.isascii() and named.isdecimal() and len(named) <= 5 and 0 < int(named) < 65536):
        raise ContentError(
            f"{named!r} is no port", where=HOOKS_PORT, hint=f"export {HOOKS_PORT}={_DEFAULT_HOOKS_PORT}, or unset it"
        )
    return int(named)


def check_sockets_fit(name: str) -> None:
    """Raise ContentError where a Unix socket of that name has no place in the temporary folder.

    Dagster's code server has one there, too: another folder for ours alone would not do.
    """
    folder = tempfile.gettempdir()
    longest = SOCKET_BYTES - len(f"/{name}")
    if len(os.fsencode(folder)) > longest:
        raise ContentError(
            "the path of the temporary folder is too long for a socket",
            where=folder,
            why=f"it has {len(os.fsencode(folder))} bytes, {longest} are allowed",
            hint="export TMPDIR=/tmp",
        )


def answers(path: Path) -> bool:
    """Whether somebody listens on a Unix socket."""
    with socket.socket(socket.AF_UNIX) as probe:
        return probe.connect_ex(str(path)) == 0
