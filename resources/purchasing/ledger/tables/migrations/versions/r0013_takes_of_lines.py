"""Retakes and chosen takes are of the line that they were asked for, and no more of whatever stands in its place."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_CELL = ("show", 40), ("scope", 16), ("part", 16), ("episode", 64), ("segment", 8), ("content", 24)
# What one line alone was bought as at that place, by that retake. One of several stays with its place.
_BOUGHT = """
    FROM purchases WHERE purchases.show = retakes.show AND purchases.episode = retakes.episode
    AND purchases.segment = retakes.segment AND purchases.take = retakes.number + 1
    AND purchases.asset = CASE retakes.part WHEN 'voice' THEN 'tts_audio' WHEN 'speaker' THEN 'speaker_clips'
    WHEN 'shot' THEN 'shots' END
"""
_LAST = """
    (SELECT MIN(retakes.content) FROM retakes WHERE retakes.counted AND retakes.number = chosen_takes.after
    AND retakes.show = chosen_takes.show AND retakes.scope = chosen_takes.scope AND retakes.part = chosen_takes.part
    AND retakes.episode = chosen_takes.episode AND retakes.segment = chosen_takes.segment)
"""


def upgrade() -> None:
    """Add the line; a primary key is no column that could be added, so the chosen takes are copied."""
    op.add_column("retakes", sa.Column("content", sa.String(24), nullable=False, server_default=""))
    op.execute(
        f"UPDATE retakes SET content = (SELECT MIN(purchases.content) {_BOUGHT})"  # noqa: S608  (nothing from outside)
        f" WHERE (SELECT COUNT(DISTINCT purchases.content) {_BOUGHT}) = 1"
    )
    op.drop_index("retakes_number", "retakes")
    counted = sa.text("counted")
    number = [*(name for name, _ in _CELL), "number"]
    op.create_index("retakes_number", "retakes", number, unique=True, sqlite_where=counted, postgresql_where=counted)
    op.create_table(
        "chosen_of_lines",
        *(sa.Column(name, sa.String(length), primary_key=True) for name, length in _CELL),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("after", sa.Integer, nullable=False),
        sa.Column("chosen_at", sa.Double, nullable=False),
    )
    names = '"show", "scope", "part", "episode", "segment", "number", "after", "chosen_at"'
    op.execute(
        f"INSERT INTO chosen_of_lines (content, {names}) SELECT COALESCE({_LAST}, ''), {names} FROM chosen_takes"  # noqa: S608
    )
    op.drop_table("chosen_takes")
    op.rename_table("chosen_of_lines", "chosen_takes")
    op.execute("UPDATE supported SET oldest = '0013'")  # an older program would count by places again, and buy by them
