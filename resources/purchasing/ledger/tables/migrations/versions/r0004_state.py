"""Shows, their retakes and the records of their cells; purchases and reuses say whose they are."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables. What is there already belongs to the show `default` until a show takes it over."""
    op.add_column("purchases", sa.Column("show", sa.String(40), nullable=False, server_default="default"))
    _reuses()
    op.create_table(
        "shows",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("taken_from", sa.Text),
        sa.Column("finished", sa.Boolean, nullable=False),
    )
    cell = [
        sa.Column("show", sa.String(40), nullable=False),
        sa.Column("scope", sa.String(16), nullable=False),
        sa.Column("part", sa.String(16), nullable=False),
        sa.Column("episode", sa.String(64), nullable=False),
        sa.Column("segment", sa.String(8), nullable=False),
    ]
    names = [column.name for column in cell]
    op.create_table(
        "retakes",
        sa.Column("id", sa.Integer, primary_key=True),
        *cell,
        sa.Column("root_run", sa.String(64), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("counted", sa.Boolean, nullable=False),
        sa.Column("keys", sa.String(64), nullable=False),
        sa.Column("asked_at", sa.Double, nullable=False),
        sa.UniqueConstraint(*names, "root_run"),
    )
    _unique("retakes_number", [*names, "number"], "counted")
    _unique("retakes_keys", ["keys"], "keys <> ''")
    op.create_table(
        "records",
        sa.Column("show", sa.String(40), primary_key=True),
        sa.Column("episode", sa.String(64), primary_key=True),
        sa.Column("mode", sa.String(16), primary_key=True),
        sa.Column("segment", sa.String(8), primary_key=True),
        sa.Column("asset", sa.String(80), primary_key=True),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("made_from", sa.JSON, nullable=False),
        sa.Column("value", sa.Text, nullable=False),
        sa.Column("written_at", sa.Double, nullable=False),
    )


def _unique(name: str, columns: list[str], where: str) -> None:
    condition = sa.text(where)
    op.create_index(name, "retakes", columns, unique=True, sqlite_where=condition, postgresql_where=condition)


def _reuses() -> None:
    """The table anew: the show is part of what a reuse is unique by, and SQLite cannot change that in place."""
    op.drop_index("ix_reuses_purchase_id", "reuses")
    op.rename_table("reuses", "reuses_before")
    kept = ["purchase_id", "asset", "episode", "segment", "mode", "times", "first_at", "last_at"]
    op.create_table(
        "reuses",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("purchase_id", sa.Integer, nullable=False),
        sa.Column("show", sa.String(40), nullable=False, server_default="default"),
        sa.Column("asset", sa.String(80), nullable=False),
        sa.Column("episode", sa.String(64), nullable=False),
        sa.Column("segment", sa.String(8), nullable=False),
        sa.Column("mode", sa.String(16), nullable=False),
        sa.Column("times", sa.Integer, nullable=False),
        sa.Column("first_at", sa.Double, nullable=False),
        sa.Column("last_at", sa.Double, nullable=False),
        sa.UniqueConstraint("purchase_id", "show", "asset", "episode", "segment", "mode", name="reuses_once"),
    )
    names = ", ".join(kept)
    op.execute(f"INSERT INTO reuses ({names}) SELECT {names} FROM reuses_before ORDER BY id")  # noqa: S608
    op.drop_table("reuses_before")
    op.create_index("ix_reuses_purchase_id", "reuses", ["purchase_id"])
