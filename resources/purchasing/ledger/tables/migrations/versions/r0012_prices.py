"""Prices that were taken from a platform's pricing API."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "prices",
        sa.Column("show", sa.String(40), primary_key=True),
        sa.Column("endpoint", sa.String(200), primary_key=True),
        sa.Column("kind", sa.String(16), primary_key=True),
        sa.Column("variant", sa.String(80), primary_key=True),
        sa.Column("price", sa.Text, nullable=False),
        sa.Column("taken_at", sa.Double, nullable=False),
    )
