"""The track history by day on PostgreSQL, so that a day can be dropped whole; how far visits were travelled; upkeep.

Nothing here imports the hub's tables: a revision stays as it was written when they move on.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_INDEX = "ix_track_point_resource_id_at"
_COLUMNS = (
    "device_id, ping_key, resource_id, at, lat, lon, accuracy_m, speed_mps, heading_deg, altitude_m, battery, "
    "verdict, reasons, mock, received_at"
)


def upgrade() -> None:
    """Make the history anew with the day in its key, and carry its rows over."""
    _remake(["device_id", "ping_key", "at"], by_day=_postgresql())
    for column in _travel():
        op.add_column("booking", column)
    op.create_index("ix_booking_arrived_at", "booking", ["arrived_at"])
    op.create_table(
        "upkeep",
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("done_until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_upkeep")),
    )


def downgrade() -> None:
    """Make the history one plain table again."""
    op.drop_table("upkeep")
    op.drop_index("ix_booking_arrived_at", "booking")
    for column in _travel():
        op.drop_column("booking", column.name)
    _remake(["device_id", "ping_key"], by_day=False)


def _postgresql() -> bool:
    return op.get_context().dialect.name == "postgresql"


def _travel() -> tuple[sa.Column[Any], ...]:
    return sa.Column("travel_bridged_m", sa.Double), sa.Column("travel_points", sa.Integer)


def _remake(key: list[str], *, by_day: bool) -> None:
    op.drop_index(_INDEX, "track_point")
    op.rename_table("track_point", "track_point_before")
    if _postgresql():
        op.execute("ALTER TABLE track_point_before RENAME CONSTRAINT pk_track_point TO pk_track_point_before")
    op.create_table(
        "track_point",
        sa.Column("device_id", sa.Text, nullable=False),
        sa.Column("ping_key", sa.LargeBinary, nullable=False),
        sa.Column("resource_id", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lat", sa.Double, nullable=False),
        sa.Column("lon", sa.Double, nullable=False),
        *(sa.Column(name, sa.Double) for name in ("accuracy_m", "speed_mps", "heading_deg", "altitude_m", "battery")),
        sa.Column("verdict", sa.Text, nullable=False),
        sa.Column("reasons", sa.JSON, nullable=False),
        sa.Column("mock", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint(*key, name=op.f("pk_track_point")),
        sa.CheckConstraint("lat >= -90 AND lat <= 90", name=op.f("ck_track_point_lat_range")),
        sa.CheckConstraint("lon >= -180 AND lon <= 180", name=op.f("ck_track_point_lon_range")),
        sa.CheckConstraint("length(ping_key) = 16", name=op.f("ck_track_point_ping_key_length")),
        sa.CheckConstraint("verdict IN ('accepted', 'late', 'flagged')", name=op.f("ck_track_point_verdict_kept")),
        postgresql_partition_by="RANGE (at)" if by_day else None,
    )
    if by_day:
        _make_days()
    op.execute(f"INSERT INTO track_point ({_COLUMNS}) SELECT {_COLUMNS} FROM track_point_before")  # noqa: S608 - constants
    op.drop_table("track_point_before")
    op.create_index(_INDEX, "track_point", ["resource_id", "at"])


def _make_days() -> None:
    """Make a partition for each UTC day of which there are rows."""
    op.execute(
        """
        DO $$
        DECLARE day date;
        BEGIN
            FOR day IN SELECT DISTINCT (at AT TIME ZONE 'UTC')::date FROM track_point_before LOOP
                EXECUTE format(
                    'CREATE TABLE %I PARTITION OF track_point FOR VALUES FROM (%L) TO (%L)',
                    'track_point_' || to_char(day, 'YYYYMMDD'),
                    to_char(day, 'YYYY-MM-DD') || ' 00:00:00+00',
                    to_char(day + 1, 'YYYY-MM-DD') || ' 00:00:00+00'
                );
            END LOOP;
        END $$
        """
    )
