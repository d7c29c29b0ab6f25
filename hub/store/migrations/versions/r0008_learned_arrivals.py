"""What was learned of arrivals, version by version.

Nothing here imports the hub's tables: a revision stays as it was written when they move on.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "eta_model",
        _whole("version"),
        sa.Column("learned_at", sa.DateTime(timezone=True), nullable=False),
        _whole("trips"),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_eta_model")),
    )
    op.create_table(
        "eta_factor",
        _whole("version"),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("factor", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint("version", "kind", "name", name=op.f("pk_eta_factor")),
        _of_model("eta_factor"),
        sa.CheckConstraint(
            "kind IN ('pace', 'hour', 'technician', 'cell', 'age')", name=op.f("ck_eta_factor_kind_known")
        ),
    )
    op.create_table(
        "eta_range",
        _whole("version"),
        sa.Column("source", sa.Text, nullable=False),
        *(sa.Column(name, sa.Double, nullable=False) for name in ("left_s", "early_s", "late_s")),
        sa.PrimaryKeyConstraint("version", "source", "left_s", name=op.f("pk_eta_range")),
        _of_model("eta_range"),
    )


def downgrade() -> None:
    """Drop them."""
    for name in ("eta_range", "eta_factor", "eta_model"):
        op.drop_table(name)


def _whole(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Integer, nullable=False, autoincrement=False)


def _of_model(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_version")
    return sa.ForeignKeyConstraint(["version"], ["eta_model.version"], name=name, ondelete="CASCADE")
