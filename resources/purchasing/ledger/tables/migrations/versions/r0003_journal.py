"""The journal of what happened to each request. What there is already is carried over as one event a row."""

import time

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_CARRIED = ("state", "charge", "settled", "imported", "estimated_micros", "cost_micros", "request_id", "media_sha256")


def upgrade() -> None:
    """Make the table, with an event `carried` for each row of today."""
    journal = op.create_table(
        "journal",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("purchase_id", sa.Integer, nullable=False),
        sa.Column("at", sa.Double, nullable=False),
        sa.Column("event", sa.String(16), nullable=False),
        sa.Column("data", sa.JSON, nullable=False),
    )
    op.create_index("journal_purchase", "journal", ["purchase_id"])
    # Read as text: what a column means to today's program is no business of a migration.
    purchases = sa.table("purchases", sa.column("id"), *(sa.column(name) for name in _CARRIED))
    rows = op.get_bind().execute(sa.select(purchases).order_by(purchases.c.id)).mappings()
    now = time.time()
    carried = [
        {
            "purchase_id": row["id"],
            "at": now,
            "event": "carried",
            "data": {**{name: row[name] for name in _CARRIED}, "settled": bool(row["settled"])},
        }
        for row in rows
    ]
    if carried:
        op.bulk_insert(journal, carried)
