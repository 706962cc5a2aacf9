"""What every test stands on: no key, no network, and nothing of this machine's own show or output."""

import gc
import os
import pickle
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import certifi
import pytest
from filelock import FileLock
from hypothesis import HealthCheck, settings

from resources.core.memory import let_what_is_imported_live
from tests.providers.client import Providers
from tests.providers.fixture import pointed_server

if TYPE_CHECKING:
    from alembic.config import Config

    from ninja_assets.runs.produced import Production
    from tests.stage import Stage

_OWN = ("FAL_KEY", "FAL_AI_API_KEY", "FAL_KEY_ID", "FAL_KEY_SECRET", "ELEVENLABS_API_KEY", "DAGSTER_HOME")

# A loaded machine is slow, and nothing is wrong.
settings.register_profile("search", deadline=None, suppress_health_check=[HealthCheck.too_slow])
# What lands is judged by the same examples everywhere (`make test`); new ones are searched for by `make test-long` and
# by whoever runs a test by hand.
settings.register_profile("same", settings.get_profile("search"), derandomize=True)
settings.register_profile("long", settings.get_profile("search"), max_examples=1000)
settings.load_profile("search")


def pytest_collection_finish() -> None:
    """Search as seldom for garbage as the command does, and never in what the tests have imported by now."""
    let_what_is_imported_live()
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def _few_certificates(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """One authority instead of the world's: each of a thousand clients reads them all, and speaks without TLS here."""
    if os.environ.get("NINJA_LIVE"):
        yield
        return
    first, mark, _ = (
        Path(certifi.where()).read_text(encoding="ascii", errors="ignore").partition("-----END CERTIFICATE-----")
    )
    file = tmp_path_factory.mktemp("certificates") / "one.pem"
    file.write_text(first + mark + "\n", encoding="ascii")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SSL_CERT_FILE", str(file))
        yield


@pytest.fixture(scope="session", autouse=True)
def _migrations_read_once() -> Iterator[None]:
    """Alembic runs all of Dagster's migrations as modules to know the last, at each opening of each database."""
    from alembic.script import ScriptDirectory  # noqa: PLC0415  (tests of what imports little do without)

    read, known = ScriptDirectory.from_config, dict[str | None, ScriptDirectory]()

    def once(config: "Config") -> ScriptDirectory:
        where = config.get_main_option("script_location")
        return known.get(where) or known.setdefault(where, read(config))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ScriptDirectory, "from_config", once)
        yield


@pytest.fixture(autouse=True)
def _no_keys_and_no_own_show(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """Remove every variable that could make a test spend, or read a person's own show. Live tests keep theirs."""
    if "live" in request.keywords:
        return
    for name in [*_OWN, *(name for name in os.environ if name.startswith("NINJA_") and "TEST" not in name)]:
        monkeypatch.delenv(name, raising=False)


def _made_once(tmp_path_factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> tuple[Path, Any]:
    """A folder that whichever worker asks first makes for all of them, and what making it returned."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / name
    returned = folder.with_suffix(".pickle")
    with FileLock(folder.with_suffix(".lock")):
        if not returned.exists():
            returned.write_bytes(pickle.dumps(make(folder)))
    return folder, pickle.loads(returned.read_bytes())  # noqa: S301  (what it wrote itself)


@pytest.fixture(scope="session")
def rehearsed(tmp_path_factory: pytest.TempPathFactory) -> "tuple[Stage, Production]":
    """A stage with the small show whose episode was rehearsed, and that production. Only looked at, or copied."""
    from tests.stage import Stage, build_stage  # noqa: PLC0415  (it brings Dagster)

    def make(folder: Path) -> "Production":
        production = build_stage(folder).produce()
        assert production.error is None
        return production

    folder, production = _made_once(tmp_path_factory, "rehearsed", make)
    return Stage(folder), production


@pytest.fixture(scope="session")
def rehearsed_library(rehearsed: "tuple[Stage, Production]", tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The library of that show, with a second take of its second segment: for tests whose subject comes after."""

    def make(folder: Path) -> None:
        stage = rehearsed[0].copied(tmp_path_factory.mktemp("retaken") / "stage")
        assert stage.produce(segments=("s02",), retake=True).error is None
        Path(stage.settings().library).rename(folder)

    return _made_once(tmp_path_factory, "rehearsed_library", make)[0]


@pytest.fixture(scope="module")
def market(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Providers]:
    """The provider server of a module; this process talks to it."""
    with pointed_server(tmp_path_factory.mktemp("market")) as client:
        yield client
