"""Keys from sources, with the keys of before beside them; what a person gave; which receipt the library keeps."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns. The keys of before are the rows' own: what is bought keeps being found by them."""
    for column in (
        sa.Column("legacy_key", sa.String(64)),
        sa.Column("sources", sa.JSON),
        sa.Column("given", sa.JSON),
        sa.Column("receipt", sa.String(64)),
    ):
        op.add_column("purchases", column)
    op.execute("UPDATE purchases SET legacy_key = key")
    op.create_index("purchases_legacy_key", "purchases", ["legacy_key"])
    op.add_column("reuses", sa.Column("given", sa.JSON))
    op.add_column("retakes", sa.Column("receipt", sa.String(64)))
