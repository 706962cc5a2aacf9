"""Retakes and chosen takes are of the line that they were asked for, and no more of whatever stands in its place."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_CELL = ("show", 40), ("scope", 16), ("part", 16), ("episode", 64), ("segment", 8), ("content", 24)
_ASSET = (
    "CASE retakes.part WHEN 'voice' THEN 'tts_audio' WHEN 'speaker' THEN 'speaker_clips' WHEN 'shot' THEN 'shots' END"
)
_HERE = "bought.show = retakes.show AND bought.episode = retakes.episode"
# What was bought at that place by that retake.
_BOUGHT = f"""
    FROM purchases AS bought WHERE {_HERE} AND bought.segment = retakes.segment
    AND bought.take = retakes.number + 1 AND bought.asset = {_ASSET}
"""
# Whether that line stood elsewhere, too: an equal one, or the same before or after it was moved.
_ELSEWHERE = f"""
    SELECT 1 FROM purchases AS bought WHERE {_HERE} AND bought.content = (SELECT MIN(bought.content) {_BOUGHT})
    AND bought.asset <> 'listener_clips'
    AND (bought.segment <> retakes.segment OR EXISTS (SELECT 1 FROM reuses WHERE reuses.purchase_id = bought.id
    AND reuses.show = retakes.show AND reuses.episode = retakes.episode AND reuses.segment <> retakes.segment))
"""  # noqa: S608  (nothing from outside)
# It is of the one line that was bought by it, where that is known; else it stays with its place.
_CERTAIN = f"""
    (SELECT COUNT(DISTINCT bought.content) {_BOUGHT}) = 1
    AND NOT EXISTS (SELECT 1 {_BOUGHT} AND bought.content IS NULL) AND NOT EXISTS ({_ELSEWHERE})
"""
_LAST = """
    (SELECT MIN(retakes.content) FROM retakes WHERE retakes.counted AND retakes.number = chosen_takes.after
    AND retakes.show = chosen_takes.show AND retakes.scope = chosen_takes.scope AND retakes.part = chosen_takes.part
    AND retakes.episode = chosen_takes.episode AND retakes.segment = chosen_takes.segment)
"""


def upgrade() -> None:
    """Add the line; a primary key is no column that could be added, so the chosen takes are copied."""
    op.add_column("retakes", sa.Column("content", sa.String(24), nullable=False, server_default=""))
    op.execute(  # without its receipt, which does not tell the line: another one is written
        f"UPDATE retakes SET content = (SELECT MIN(bought.content) {_BOUGHT}), receipt = NULL WHERE {_CERTAIN}"  # noqa: S608
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
