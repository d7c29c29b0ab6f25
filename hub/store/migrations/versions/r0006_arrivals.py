"""Arrivals as they were told, and how good they turned out to be.

Nothing here imports the hub's tables: a revision stays as it was written when they move on.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make both tables."""
    op.create_table(
        "eta_prediction",
        _text("booking_id"),
        _moment("set_off_at"),
        _moment("computed_at"),
        _text("resource_id"),
        _moment("position_at"),
        _number("lat"),
        _number("lon"),
        _number("router_left_s"),
        _number("stops_s"),
        _moment("predicted_at"),
        _moment("earliest"),
        _moment("latest"),
        _number("confidence"),
        _text("source"),
        sa.Column("model_version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("booking_id", "set_off_at", "computed_at", name=op.f("pk_eta_prediction")),
        sa.CheckConstraint("source IN ('route', 'history', 'distance')", name=op.f("ck_eta_prediction_source_known")),
    )
    op.create_index("ix_eta_prediction_computed_at", "eta_prediction", ["computed_at"])
    op.create_index("ix_eta_prediction_resource_id", "eta_prediction", ["resource_id"])
    op.create_table(
        "eta_score",
        _text("portal_id"),
        _text("resource_id"),
        sa.Column("days", sa.Integer, nullable=False),
        sa.Column("figures", sa.JSON, nullable=False),
        _moment("scored_at"),
        sa.PrimaryKeyConstraint("portal_id", "resource_id", "days", name=op.f("pk_eta_score")),
        sa.ForeignKeyConstraint(["portal_id"], ["portal.id"], name=op.f("fk_eta_score_portal_id")),
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_table("eta_score")
    op.drop_table("eta_prediction")


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False)


def _number(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Double, nullable=False)


def _moment(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False)
