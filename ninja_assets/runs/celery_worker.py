"""The Celery app of a studio's workers: Dagster's own, with what runs need loaded before the worker forks for them.

Each run is made in a process that the worker forks, and what both have loaded they share: thirty runs that wait hold
it once. Nothing may be opened here: neither a connection nor a thread survives a fork.
"""

import gc
from importlib import import_module
from typing import Any, Final

from celery.signals import worker_init
from dagster_celery.app import app

from resources.core.extras import is_missing
from resources.core.memory import keep_one_arena

__all__ = ["app"]

# What every run loads, and what only some settings need.
_OF_RUNS: Final = (
    "ninja_assets.definitions",
    "resources.core.library.object_store",
    "resources.models.shot_checks",
    "resources.providers.elevenlabs.voice_studio",
    *("h11", "httpcore", "jinja2", "numpy.fft", "numpy.ma"),  # by others when they are first used: 5 MB of each run
)
_BY_SETTING: Final = (
    *("dagster_postgres", "psycopg", "sqlalchemy.dialects.postgresql.psycopg"),
    *("dagster_aws.s3", "s3fs", "gcsfs"),
)


@worker_init.connect  # type: ignore[untyped-decorator]  # Celery has no types
def load(**_: Any) -> None:
    """Load what a run needs, once, in the process that forks."""
    keep_one_arena()
    for module in (*_OF_RUNS, *(each for each in _BY_SETTING if not is_missing(each.partition(".")[0]))):
        import_module(module)
    gc.collect()
    gc.freeze()  # a search for garbage writes to each object that it looks at, and what is written to is shared no more
