"""Uploads, and providers that take no new requests."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the two tables."""
    op.create_table(
        "uploads",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("provider", sa.String(40), nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("uploaded_at", sa.Double, nullable=False),
        sa.Column("expires_at", sa.Double),
        sa.Column("forgotten", sa.Boolean, nullable=False),
    )
    op.create_index("uploads_content", "uploads", ["sha256", "provider"])
    op.create_table(
        "provider_locks",
        sa.Column("provider", sa.String(40), primary_key=True),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("locked_at", sa.Double, nullable=False),
        sa.Column("until", sa.Double, nullable=False),
    )
