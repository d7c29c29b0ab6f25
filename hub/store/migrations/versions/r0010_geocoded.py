"""Where addresses are, as a geocoder said.

Nothing here imports the hub's tables: a revision stays as it was written when they move on.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "geocoded",
        sa.Column("address_hash", sa.LargeBinary, nullable=False),
        *(sa.Column(name, sa.Double) for name in ("lat", "lon")),
        sa.Column("computed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("address_hash", name=op.f("pk_geocoded")),
    )
    op.create_index("ix_geocoded_computed_at", "geocoded", ["computed_at"])


def downgrade() -> None:
    """Drop it."""
    op.drop_table("geocoded")
