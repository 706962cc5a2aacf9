"""Episodes that were put away, and what people were told."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "archived",
        sa.Column("show", sa.String(40), primary_key=True),
        sa.Column("episode", sa.String(64), primary_key=True),
        sa.Column("archived_at", sa.Double, nullable=False),
    )
    op.create_table(
        "notices",
        sa.Column("show", sa.String(40), primary_key=True),
        sa.Column("event", sa.String(120), primary_key=True),
        sa.Column("address", sa.String(16), primary_key=True),
        sa.Column("told_at", sa.Double, nullable=False),
    )
