"""Each setting's package belongs to the extra that its error names."""

import re
import tomllib

import pytest
from packaging.requirements import Requirement

from resources.core.errors import MediaError
from resources.core.extras import EXTRAS, installs, is_missing
from resources.core.library.object_store import ObjectStore
from resources.core.settings import ROOT
from resources.quality.lint.environment_rules import PACKAGES

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
OFFERED = PROJECT["optional-dependencies"]
PINNED = {
    re.sub(r"[-_.]+", "-", line.partition("==")[0]).lower()
    for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    if "==" in line
}


def brought(extra: str) -> set[str]:
    """The distributions of an extra, as their modules are named."""
    return {Requirement(line).name.lower().replace("-", "_") for line in OFFERED[extra]}


@pytest.mark.parametrize("module", EXTRAS)
def test_the_package_of_a_setting_is_a_requirement_of_the_extra_that_is_named(module: str) -> None:
    assert module in brought(EXTRAS[module])
    assert installs(module) == f"python -m pip install 'ninja-assets[{EXTRAS[module]}]'"


def test_the_extras_are_those_of_the_pages_and_each_is_named_by_an_error() -> None:
    assert {"s3", "gcs", "postgres", "k8s", "celery", "docker"} == set(EXTRAS.values())
    assert set(OFFERED) == {*EXTRAS.values(), "dev", "machines"}


def test_what_an_extra_brings_is_pinned() -> None:
    assert {Requirement(line).name.lower() for lines in OFFERED.values() for line in lines} <= PINNED


def test_a_store_of_the_linter_without_an_extra_names_its_package_alone() -> None:
    assert {module for module in PACKAGES.values() if module not in EXTRAS} == {"adlfs"}
    assert installs("adlfs") == "python -m pip install adlfs"


@pytest.mark.skipif(not is_missing("adlfs"), reason="adlfs is installed here")
def test_a_library_whose_package_is_missing_is_one_error_that_installs_it() -> None:
    with pytest.raises(MediaError) as refused:
        ObjectStore("abfs://studio/library")
    assert refused.value.hint == "python -m pip install adlfs"
