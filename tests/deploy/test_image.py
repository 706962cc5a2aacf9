"""The image: what it copies is there, what it installs is what the studio's settings need, what it starts starts."""

import importlib.util
import json
import re
import shlex

from packaging.specifiers import SpecifierSet

from ninja_assets.runs.instance_file import modules_of
from resources.core.extras import EXTRAS
from resources.core.settings import ROOT
from tests.deploy.files import PROJECT, known, parsed, text

LINES = [
    line for line in re.sub(r"\\\n", "", text("Dockerfile")).splitlines() if line.strip() and not line.startswith("#")
]
IGNORED = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()


def lines_of(word: str) -> list[str]:
    """What follows an instruction, wherever it stands."""
    return [line.partition(" ")[2].strip() for line in LINES if line.startswith(f"{word} ")]


def installed() -> set[str]:
    """The extras that are installed."""
    [found] = re.findall(r"'\.\[([\w,]+)\]'", text("Dockerfile"))
    return set(found.split(","))


def test_what_is_copied_is_there_and_not_ignored() -> None:
    for line in lines_of("COPY"):
        if not line.startswith("--from"):
            for source in line.split()[:-1]:
                assert (ROOT / source).exists(), source
                assert f"!{source.removeprefix('./').partition('/')[0]}" in IGNORED, source


def test_all_that_the_wheel_is_made_of_is_copied() -> None:
    copied = {source.rstrip("/") for line in lines_of("COPY") for source in line.split()[:-1]}
    assert {"pyproject.toml", "constraints.txt", PROJECT["readme"], *("LICENSE", "NOTICE.md")} <= copied
    assert {"resources", "ninja_assets"} <= copied


def test_python_is_one_that_the_project_knows() -> None:
    for line in lines_of("FROM"):
        version = re.match(r"python:([\d.]+)-slim", line)
        assert version, line
        assert version[1] in SpecifierSet(PROJECT["requires-python"])


def test_it_is_installed_as_make_installs_it() -> None:
    [command] = [line for line in lines_of("RUN") if "pip install" in line]
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for flag in ("--only-binary=:all:", "-c constraints.txt"):
        assert flag in command
        assert flag in makefile


def test_modules_are_compiled_as_each_part_reads_them() -> None:
    [command] = [line for line in lines_of("RUN") if "compileall" in line]
    words = shlex.split(command)
    levels = {words[at + 1] for at, word in enumerate(words) if word == "-o"}
    services = parsed("compose.yaml")["services"].values()
    assert levels == {each.get("environment", {}).get("PYTHONOPTIMIZE", "0") for each in services}
    assert "unchecked-hash" in words  # whatever time a copied file says that it is of


def test_the_extras_bring_what_dagsters_settings_and_addresses_name() -> None:
    assert installed() <= set(PROJECT["optional-dependencies"])
    needed = {EXTRAS[module.partition(".")[0]] for module in modules_of(parsed("dagster.yaml")) if "." in module}
    assert {*needed, "postgres", "s3", "k8s"} == installed()


def test_every_variable_is_known() -> None:
    named = [word.partition("=")[0] for line in lines_of("ENV") for word in shlex.split(line)]
    assert set(named) <= known()


def test_what_it_starts_is_there_and_looks_after_itself() -> None:
    [command] = lines_of("CMD")
    words = json.loads(command)
    assert importlib.util.find_spec(words[words.index("-m") + 1])
    assert words[-1] == "/opt/dagster/workspace.yaml"
    [health] = lines_of("HEALTHCHECK")
    assert "http://127.0.0.1:3000/health" in health
    assert words[4] == "3000"


def test_it_runs_as_nobody_and_any_user_may_write_to_one_folder() -> None:
    [user] = lines_of("USER")
    assert int(user) >= 10000
    assert any("mkdir -m 1777 /scratch" in line for line in lines_of("RUN"))
    [environment] = lines_of("ENV")
    values = dict(word.split("=", 1) for word in shlex.split(environment))
    assert values["HOME"] == values["TMPDIR"] == "/scratch"
    assert values["NINJA_OUTPUT"].startswith("/scratch/")
