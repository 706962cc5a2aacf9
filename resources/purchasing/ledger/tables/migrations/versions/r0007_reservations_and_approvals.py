"""What runs have reserved, the prices that a person approves, and the voices that a person accepts."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "reservations",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("show", sa.String(40), nullable=False),
        sa.Column("episode", sa.String(64), nullable=False),
        sa.Column("segment", sa.String(8), nullable=False),
        sa.Column("mode", sa.String(16), nullable=False),
        sa.Column("content", sa.String(64)),
        sa.Column("asset", sa.String(80), nullable=False),
        sa.Column("key", sa.String(64)),
        sa.Column("micros", sa.BigInteger, nullable=False),
        sa.Column("lease_token", sa.String(32), nullable=False),
        sa.Column("lease_owner", sa.String(160), nullable=False),
        sa.Column("lease_until", sa.Double, nullable=False),
    )
    op.create_table(
        "approvals",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("show", sa.String(40), nullable=False),
        sa.Column("episode", sa.String(64), nullable=False),
        sa.Column("mode", sa.String(16), nullable=False),
        sa.Column("root_run", sa.String(64), nullable=False),
        sa.Column("offer", sa.JSON, nullable=False),
        sa.Column("asked_at", sa.Double, nullable=False),
        sa.Column("approved_at", sa.Double),
        sa.Column("used_by", sa.String(64)),
        sa.Column("used_at", sa.Double),
    )
    op.create_index("approvals_episode", "approvals", ["show", "episode", "mode"])
    op.create_table(
        "doubts",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("show", sa.String(40), nullable=False),
        sa.Column("episode", sa.String(64), nullable=False),
        sa.Column("segment", sa.String(8), nullable=False),
        sa.Column("mode", sa.String(16), nullable=False),
        sa.Column("root_run", sa.String(64), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("asked_at", sa.Double, nullable=False),
        sa.Column("accepted_at", sa.Double),
        sa.UniqueConstraint("show", "episode", "segment", "mode", "sha256"),
    )
