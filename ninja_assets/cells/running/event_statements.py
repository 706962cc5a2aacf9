"""Dagster's SQL, as a process of this project runs it on SQLite: a statement is put together once, not for each event.

Dagster makes an engine of SQLAlchemy for each thing that it reads or writes in a file of SQLite, and what an engine has
compiled goes with it. Shared, a run that makes nothing again takes a fifth less CPU (docs/sources/dagster.md, "Event
log").
"""

from typing import Any, Final

import sqlalchemy as sa

_MOST: Final = 500  # statements that are kept, as an engine of SQLAlchemy does


class _Statements(sa.util.LRUCache[tuple[Any, ...], Any]):
    """What was compiled, under what it says: SQLAlchemy's own key begins with the engine's dialect, an object."""

    def get(self, key: tuple[Any, ...], default: Any = None) -> Any:
        return super().get(_of_any_engine(key), default)

    def __setitem__(self, key: tuple[Any, ...], value: Any) -> None:
        super().__setitem__(_of_any_engine(key), value)


def _of_any_engine(key: tuple[Any, ...]) -> tuple[Any, ...]:
    return (type(key[0]), *key[1:])


_statements: Final = _Statements(_MOST)


def compile_once() -> None:
    """Let the engines that Dagster makes for files of SQLite share, from now on, what they have compiled.

    May be called again. An engine that keeps its connections, as this project's own for its ledger, keeps its own.
    """
    if not sa.event.contains(sa.Engine, "engine_connect", _begun):
        sa.event.listen(sa.Engine, "engine_connect", _begun)


def _begun(connection: sa.Connection) -> None:
    # Engines of one process that differ in nothing but their file: Dagster gives each the same arguments.
    if connection.dialect.name == "sqlite" and isinstance(connection.engine.pool, sa.pool.NullPool):
        connection.execution_options(compiled_cache=_statements)
