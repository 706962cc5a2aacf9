"""Webhooks that requests are sent with, and what arrived there."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "hooks",
        sa.Column("secret", sa.String(64), primary_key=True),
        sa.Column("purchase_id", sa.Integer, nullable=False),
        sa.Column("made_at", sa.Double, nullable=False),
        sa.Column("request_id", sa.String(200)),
        sa.Column("status", sa.String(16)),
        sa.Column("arrived_at", sa.Double),
    )
    op.create_index("hooks_purchase", "hooks", ["purchase_id"])
