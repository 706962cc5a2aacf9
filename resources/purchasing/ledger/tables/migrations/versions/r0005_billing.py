"""What a provider billed in its own units, what counts towards caps, and whose content a row is of."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns. Rows of before have none of it: they count as they cost, and by their place."""
    op.add_column("purchases", sa.Column("content", sa.String(64)))
    op.add_column("purchases", sa.Column("counted_micros", sa.BigInteger))
    op.add_column("purchases", sa.Column("platform_unit", sa.String(40)))
    op.add_column("purchases", sa.Column("platform_unit_usd", sa.Double))
    op.add_column("purchases", sa.Column("billed_at", sa.Double))
    op.add_column("purchases", sa.Column("billing", sa.JSON))
