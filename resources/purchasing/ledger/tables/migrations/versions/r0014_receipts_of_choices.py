"""An earlier take that a person chose has a receipt, too."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; what was chosen before gets its receipt at the next opening."""
    op.add_column("chosen_takes", sa.Column("receipt", sa.String(64)))
