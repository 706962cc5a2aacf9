"""Where Dagster keeps the runs of a show: DAGSTER_HOME, or a folder of the show's own that is made when it is needed.

It imports no Dagster.
"""

import os
from collections.abc import MutableMapping
from importlib.resources import files
from pathlib import Path

from ninja_assets.runs.instance_file import check_instance_file
from resources.core.errors import ContentError
from resources.core.files import write_text
from resources.core.settings import EXAMPLE, ROOT, STATE_FOLDER, Settings
from resources.core.state_folder import make_state_folder

SETTINGS_FILE = "dagster.yaml"
_VARIABLE = "DAGSTER_HOME"


def dagster_home(environment: MutableMapping[str, str] = os.environ) -> Path:
    """The folder, which is then set for Dagster and every child process.

    Without DAGSTER_HOME it is `.state/dagster` of the show, and `dagster_home` at the top for the project's example.
    Raises ContentError where there is no show, where the folder cannot be made, and where its dagster.yaml asks for
    what is not installed.
    """
    if not environment.get(_VARIABLE):
        environment[_VARIABLE] = str(_own_home(Settings.from_environment(environment).show))
    home = Path(environment[_VARIABLE])
    check_instance_file(home / SETTINGS_FILE, environment)
    return home


def own_settings() -> str:
    """What `dagster.yaml` says in a folder that is made here."""
    return files(__package__).joinpath(SETTINGS_FILE).read_text(encoding="utf-8")


def _own_home(show: Path) -> Path:
    home = ROOT / "dagster_home" if show == EXAMPLE else show / STATE_FOLDER / "dagster"
    try:
        if show != EXAMPLE:
            make_state_folder(show)
        home.mkdir(parents=True, exist_ok=True)
        if not (home / SETTINGS_FILE).exists():
            write_text(home / SETTINGS_FILE, own_settings())
    except OSError as error:
        raise ContentError(
            "Dagster's runs have no place",
            where=str(home),
            why=error.strerror,
            mend=f"make the folder writable, or set {_VARIABLE} to another one",
        ) from error
    return home
