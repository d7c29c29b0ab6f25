"""What a portal's customers see of the technician on the way to them.

Nothing here imports the hub's tables: a revision stays as it was written when they move on.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Show everything at first, and close twelve hours after the promised window."""
    for column in _columns():
        op.add_column("portal", column)


def downgrade() -> None:
    """Forget the rules."""
    for column in _columns():
        op.drop_column("portal", column.name)


def _columns() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("exact_within_m", sa.Integer),
        sa.Column("exact_within_min", sa.Integer),
        sa.Column("shows_name", sa.Boolean, nullable=False, server_default=sa.true()),
        sa.Column("shows_photo", sa.Boolean, nullable=False, server_default=sa.true()),
        sa.Column("shows_phone", sa.Boolean, nullable=False, server_default=sa.true()),
        sa.Column("closes_after_min", sa.Integer, server_default="720"),
    )
