"""Purchases and the reuse of them."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the two tables."""
    op.create_table(
        "purchases",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("provider", sa.String(40), nullable=False),
        sa.Column("endpoint", sa.String(200), nullable=False),
        sa.Column("asset", sa.String(80), nullable=False),
        sa.Column("episode", sa.String(64), nullable=False),
        sa.Column("segment", sa.String(8), nullable=False),
        sa.Column("mode", sa.String(16), nullable=False),
        sa.Column("take", sa.Integer, nullable=False),
        sa.Column("arguments", sa.JSON, nullable=False),
        sa.Column("sent", sa.JSON),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("charge", sa.String(16), nullable=False),
        sa.Column("settled", sa.Boolean, nullable=False),
        sa.Column("imported", sa.Boolean, nullable=False),
        sa.Column("estimated_micros", sa.BigInteger, nullable=False),
        sa.Column("cost_micros", sa.BigInteger),
        sa.Column("unit", sa.String(40), nullable=False),
        sa.Column("units", sa.Double, nullable=False),
        sa.Column("unit_price_usd", sa.Double, nullable=False),
        sa.Column("price_date", sa.Date, nullable=False),
        sa.Column("billed_units", sa.Double),
        sa.Column("request_id", sa.String(200)),
        sa.Column("status_url", sa.Text),
        sa.Column("response_url", sa.Text),
        sa.Column("cancel_url", sa.Text),
        sa.Column("media_sha256", sa.String(64)),
        sa.Column("media_suffix", sa.String(16)),
        sa.Column("media_size", sa.BigInteger),
        sa.Column("seconds", sa.Double),
        sa.Column("facts", sa.JSON, nullable=False),
        sa.Column("reason", sa.Text),
        sa.Column("retryable", sa.Boolean),
        sa.Column("lease_token", sa.String(32)),
        sa.Column("lease_owner", sa.String(160)),
        sa.Column("lease_until", sa.Double, nullable=False),
        sa.Column("intended_at", sa.Double, nullable=False),
        sa.Column("sent_at", sa.Double),
        sa.Column("submitted_at", sa.Double),
        sa.Column("ended_at", sa.Double),
    )
    not_failed = sa.text("state <> 'failed'")
    op.create_index(
        "purchases_live_key",
        "purchases",
        ["key"],
        unique=True,
        sqlite_where=not_failed,
        postgresql_where=not_failed,
    )
    op.create_index("purchases_request", "purchases", ["provider", "request_id"], unique=True)
    op.create_index("purchases_key", "purchases", ["key"])
    op.create_index("purchases_cell", "purchases", ["episode", "segment"])
    op.create_index("purchases_intended_at", "purchases", ["intended_at"])
    op.create_table(
        "reuses",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("purchase_id", sa.Integer, nullable=False),
        sa.Column("asset", sa.String(80), nullable=False),
        sa.Column("episode", sa.String(64), nullable=False),
        sa.Column("segment", sa.String(8), nullable=False),
        sa.Column("mode", sa.String(16), nullable=False),
        sa.Column("times", sa.Integer, nullable=False),
        sa.Column("first_at", sa.Double, nullable=False),
        sa.Column("last_at", sa.Double, nullable=False),
        sa.UniqueConstraint("purchase_id", "asset", "episode", "segment", "mode"),
    )
    op.create_index("ix_reuses_purchase_id", "reuses", ["purchase_id"])
