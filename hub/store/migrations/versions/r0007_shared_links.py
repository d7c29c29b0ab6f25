"""Which link a customer shared another one from.

Nothing here imports the hub's tables: a revision stays as it was written when they move on.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Links made so far were shared by nobody."""
    op.add_column("link", sa.Column("shared_by", sa.Text))


def downgrade() -> None:
    """Close what was shared: without the column it would outlive its visit."""
    op.execute("DELETE FROM link WHERE shared_by IS NOT NULL")
    op.drop_column("link", "shared_by")
