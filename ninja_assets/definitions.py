"""What Dagster loads. Nothing happens when this module is imported: the show is read when Dagster asks for it."""

import dagster as dg

from ninja_assets.build import build_defs
from resources.core.json_log import log_as_asked
from resources.core.text.env_file import read_env_file


@dg.definitions
def defs() -> dg.Definitions:
    """The graph of the show that the environment names."""
    read_env_file()
    log_as_asked()
    return build_defs()
