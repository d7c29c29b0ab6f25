"""Tracking that can be trusted: what devices tell of themselves, tracking hours, crossings, imports, leases.

Nothing here imports the hub's tables: a revision stays as it was written when they move on.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_TABLES = ("crossing", "track_import", "lease")


def upgrade() -> None:
    """Make the tables and the new columns."""
    for table, columns in _columns().items():
        for column in columns:
            op.add_column(table, column)
    op.create_table(
        "crossing",
        _text("booking_id"),
        _moment("set_off_at"),
        _text("kind"),
        _moment("at"),
        _moment("answered_at", nullable=True),
        sa.PrimaryKeyConstraint("booking_id", "set_off_at", "kind", name=op.f("pk_crossing")),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name=op.f("fk_crossing_booking_id")),
        sa.CheckConstraint("kind IN ('approaching', 'arrived', 'left')", name=op.f("ck_crossing_kind_known")),
    )
    op.create_table(
        "track_import",
        _text("id"),
        _text("device_id"),
        _text("resource_id"),
        _text("name"),
        _text("status"),
        sa.Column("total", sa.Integer, nullable=False),
        sa.Column("done", sa.Integer, nullable=False),
        sa.Column("verdicts", sa.JSON, nullable=False),
        _text("fault", nullable=True),
        _moment("created_at"),
        _moment("updated_at"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_track_import")),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_track_import_device_id")),
        sa.ForeignKeyConstraint(["resource_id"], ["resource.id"], name=op.f("fk_track_import_resource_id")),
        sa.CheckConstraint("status IN ('running', 'done', 'failed')", name=op.f("ck_track_import_status_known")),
    )
    op.create_index("ix_track_import_resource_id", "track_import", ["resource_id"])
    op.create_table(
        "lease",
        _text("name"),
        _text("holder"),
        _moment("until"),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_lease")),
    )


def downgrade() -> None:
    """Drop them."""
    for name in reversed(_TABLES):
        op.drop_table(name)
    for table, columns in _columns().items():
        for column in columns:
            op.drop_column(table, column.name)


def _columns() -> dict[str, tuple[sa.Column[Any], ...]]:
    """Make the new columns, by table."""
    return {
        "device": (
            sa.Column("app", sa.Text),
            sa.Column("battery", sa.Double),
            sa.Column("silence", sa.Text),
            sa.Column("silence_at", sa.DateTime(timezone=True)),
        ),
        "resource": (sa.Column("tracking", sa.Text),),
        "booking": (sa.Column("travel_distance_m", sa.Double), sa.Column("travel_s", sa.Double)),
        "track_point": (sa.Column("mock", sa.Boolean, nullable=False, server_default=sa.false()),),
    }


def _text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=nullable)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)
