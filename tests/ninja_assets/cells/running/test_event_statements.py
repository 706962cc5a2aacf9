"""Dagster's SQL on SQLite: compiled once for all engines, with each engine's own values, and only Dagster's engines."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dagster as dg
import pytest
import sqlalchemy as sa
from sqlalchemy.sql.compiler import SQLCompiler

from ninja_assets.cells.running.event_statements import compile_once

table = sa.Table("words", sa.MetaData(), sa.Column("number", sa.Integer), sa.Column("word", sa.Text))


@pytest.fixture(autouse=True)
def shared() -> None:
    compile_once()
    compile_once()


@contextmanager
def compiled(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[object]]:
    """The statements that SQLAlchemy compiles meanwhile."""
    seen: list[object] = []
    compile_it = SQLCompiler.__init__

    def counted(self: SQLCompiler, dialect: object, statement: object, *args: object, **named: object) -> None:
        seen.append(statement)
        compile_it(self, dialect, statement, *args, **named)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(SQLCompiler, "__init__", counted)
        yield seen


def written(file: Path, number: int, word: str, pool: type[sa.Pool]) -> list[tuple[int, str]]:
    """A row that an engine of its own writes, and what the file has then."""
    engine = sa.create_engine(f"sqlite:///{file}", poolclass=pool)
    with engine.begin() as connection:
        table.create(connection, checkfirst=True)
        connection.execute(sa.insert(table).values(number=number, word=word))
        rows = connection.execute(sa.select(table).where(table.c.number <= number)).all()
    engine.dispose()
    return [(row.number, row.word) for row in rows]


def test_a_second_engine_compiles_nothing_and_writes_its_own_values(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(tmp_path / "one.db", 1, "one", sa.NullPool)
    with compiled(monkeypatch) as seen:
        assert written(tmp_path / "other.db", 2, "two", sa.NullPool) == [(2, "two")]
        assert [row for row in seen if isinstance(row, sa.Insert | sa.Select)] == []


def test_an_engine_that_keeps_its_connections_keeps_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(tmp_path / "one.db", 1, "one", sa.NullPool)
    with compiled(monkeypatch) as seen:
        assert written(tmp_path / "other.db", 2, "two", sa.QueuePool) == [(2, "two")]
        assert sum(isinstance(row, sa.Insert | sa.Select) for row in seen) == 2


def test_a_second_event_of_dagster_compiles_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """That Dagster makes its engines as this module thinks: if this fails, look at its SQLite storage anew."""
    with dg.DagsterInstance.local_temp(str(tmp_path)) as instance:
        instance.report_runless_asset_event(dg.AssetMaterialization("made", partition="one"))
        instance.report_runless_asset_event(dg.AssetMaterialization("made", partition="two"))
        with compiled(monkeypatch) as seen:
            instance.report_runless_asset_event(dg.AssetMaterialization("made", partition="three"))
            assert [row for row in seen if isinstance(row, sa.Insert | sa.Update)] == []
        assert instance.get_materialized_partitions(dg.AssetKey("made")) == {"one", "two", "three"}
