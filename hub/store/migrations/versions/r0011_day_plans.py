"""Better days that the search found.

Nothing here imports the hub's tables: a revision stays as it was written when they move on.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "day_plan",
        *(sa.Column(name, sa.Text, nullable=False) for name in ("id", "portal_id", "day", "state")),
        *(sa.Column(name, sa.Double, nullable=False) for name in ("before_s", "after_s")),
        sa.Column("moves", sa.JSON, nullable=False),
        sa.Column("computed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.Column("decided_by", sa.Text),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_day_plan")),
        sa.ForeignKeyConstraint(["portal_id"], ["portal.id"], name=op.f("fk_day_plan_portal_id")),
        sa.CheckConstraint(
            "state IN ('proposed', 'applied', 'dismissed', 'stale')", name=op.f("ck_day_plan_state_known")
        ),
    )
    op.create_index("ix_day_plan_portal_id_day", "day_plan", ["portal_id", "day"])


def downgrade() -> None:
    """Drop it."""
    op.drop_table("day_plan")
