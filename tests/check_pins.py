"""Resolves every pin for each Python that the project names, as an installer would: `make check-pins`.

It asks the package index, so it is no test of the suite. Whatever has no wheel for one of them is told, with its name.
What a version's environment marker leaves out is left out here; markers of what those packages need in turn are judged
by pip, which takes them for the Python and the system that it runs on: so Windows cannot be judged from here.
"""

import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[1]
VERSIONS = ("3.11", "3.12", "3.13", "3.14")
PLATFORMS = {  # beside this machine's own
    "macOS, Apple silicon": ("macosx_11_0_arm64", "macosx_12_0_arm64", "macosx_13_0_arm64", "macosx_14_0_arm64"),
}
_ELSEWHERE = "3.13"
_SHOWN = 4  # last lines of pip


def needed(version: str, system: str) -> Iterator[str]:
    """What the project needs on a version and a system (`sys.platform`), with what its developers need."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    for line in (*project["dependencies"], *(each for lines in extras.values() for each in lines)):
        wanted = Requirement(line)
        if wanted.marker is None or wanted.marker.evaluate({"python_version": version, "sys_platform": system}):
            wanted.marker = None
            yield str(wanted)


def unresolved(version: str, platforms: tuple[str, ...] = ()) -> str:
    """What pip says where it cannot install everything from wheels; nothing where it can."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pip", "install", "--dry-run", "--quiet", "--ignore-installed"]
        command += ["--only-binary=:all:", "--python-version", version, "--target", folder]
        command += [part for platform in platforms for part in ("--platform", platform)]
        command += ["-c", str(ROOT / "constraints.txt"), *needed(version, "darwin" if platforms else sys.platform)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    return "\n".join(done.stderr.strip().splitlines()[-_SHOWN:]) if done.returncode else ""


def main() -> int:
    """Try them all; 1 when one of this machine's kind cannot be installed."""
    failed = 0
    for version in VERSIONS:
        problem = unresolved(version)
        failed += bool(problem)
        print(f"Python {version}: {problem or 'every pin has a wheel'}", flush=True)
    for name, platforms in PLATFORMS.items():
        problem = unresolved(_ELSEWHERE, platforms)
        print(f"Python {_ELSEWHERE} on {name}: {problem or 'every pin has a wheel'}", flush=True)
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
