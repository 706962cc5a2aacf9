"""Places at a provider's account; and since which schema a program can work with this one."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "places",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("account", sa.String(40), nullable=False),
        sa.Column("due", sa.Double, nullable=False),
        sa.Column("held", sa.Boolean, nullable=False),
        sa.Column("lease_token", sa.String(32), nullable=False),
        sa.Column("lease_owner", sa.String(160), nullable=False),
        sa.Column("lease_until", sa.Double, nullable=False),
    )
    op.create_index("places_account", "places", ["account"])
    op.create_table("supported", sa.Column("oldest", sa.String(16), primary_key=True))
    op.execute(sa.text("INSERT INTO supported (oldest) VALUES ('0009')"))
