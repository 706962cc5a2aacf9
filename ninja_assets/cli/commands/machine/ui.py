"""`ninja ui`: what can be refused is refused here; then the command becomes the supervisor, which stays small."""

import ipaddress
import os
import sys
from contextlib import suppress

from ninja_assets.desk.guard import HOSTS, Names
from ninja_assets.desk.ports import hooks_port
from resources.core.errors import ContentError
from resources.core.settings import Settings
from resources.models.loading import load_show


def run(settings: Settings, host: str, port: int) -> None:
    """Become the supervisor. Raises ContentError for a show, a setting or a system that cannot be served."""
    if os.name != "posix":
        raise ContentError("`ninja ui` runs on Linux and macOS", hint="on Windows, use WSL")
    if not host.strip():
        raise ContentError(
            "--host names nothing", why="an empty address would be every one that there is", hint="ninja ui"
        )
    load_show(settings.show)
    Names.of(host, port, os.environ)
    hooks_port(os.environ)
    if not _is_loopback(host):
        sys.stderr.write(
            f"ninja: whoever reaches {host} can launch paid runs: there is no login. Names other than {host} that it "
            f"has are said in {HOSTS}\n"
        )
    os.execv(  # noqa: S606
        sys.executable, [sys.executable, "-m", "ninja_assets.desk.supervisor", host, f"{port}"]
    )


def _is_loopback(host: str) -> bool:
    with suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return host == "localhost"
