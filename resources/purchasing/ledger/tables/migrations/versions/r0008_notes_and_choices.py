"""Notes that people leave at a time of a cut, and earlier takes that they chose."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "notes",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("show", sa.String(40), nullable=False),
        sa.Column("episode", sa.String(64), nullable=False),
        sa.Column("mode", sa.String(16), nullable=False),
        sa.Column("segment", sa.String(8), nullable=False),
        sa.Column("seconds", sa.Double, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("written_at", sa.Double, nullable=False),
        sa.Column("done_at", sa.Double),
    )
    op.create_index("notes_of_episode", "notes", ["show", "episode", "mode"])
    cell = ("show", 40), ("scope", 16), ("part", 16), ("episode", 64), ("segment", 8)
    op.create_table(
        "chosen_takes",
        *(sa.Column(name, sa.String(length), primary_key=True) for name, length in cell),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("after", sa.Integer, nullable=False),
        sa.Column("chosen_at", sa.Double, nullable=False),
    )
