"""What Dagster loads. Nothing happens when this module is imported: the show is read when Dagster asks for it."""

import dagster as dg

from ninja_assets.build import build_defs
from ninja_assets.cells.running.event_files import spare_the_disk
from ninja_assets.cells.running.event_statements import compile_once
from resources.core.memory import keep_one_arena, let_what_is_imported_live
from resources.core.text.env_file import read_env_file
from resources.core.text.json_log import log_as_asked


@dg.definitions
def defs() -> dg.Definitions:
    """The graph of the show that the environment names."""
    let_what_is_imported_live()
    keep_one_arena()
    spare_the_disk()
    compile_once()
    read_env_file()
    log_as_asked()
    return build_defs()
