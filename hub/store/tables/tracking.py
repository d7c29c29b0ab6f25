"""Where technicians were: the track history."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Column,
    Double,
    Index,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
)

from hub.store.tables.base import lat_lon, metadata, moment

track_point = Table(
    "track_point",
    metadata,
    # No foreign keys: a ping of a device deleted meanwhile must not stop the recorder's whole chunk.
    Column("device_id", Text, nullable=False),
    Column("ping_key", LargeBinary, nullable=False),  # 16 bytes that say which ping it is, so replays are harmless
    Column("resource_id", Text, nullable=False),
    moment("at"),
    *lat_lon(),
    Column("accuracy_m", Double),
    Column("speed_mps", Double),
    Column("heading_deg", Double),
    Column("altitude_m", Double),
    Column("battery", Double),  # 0 to 1
    Column("verdict", Text, nullable=False),
    Column("reasons", JSON, nullable=False),  # list of text
    moment("received_at"),
    PrimaryKeyConstraint("device_id", "ping_key"),
    CheckConstraint("length(ping_key) = 16", name="ping_key_length"),
    CheckConstraint("verdict IN ('accepted', 'late', 'flagged')", name="verdict_kept"),
    Index("ix_track_point_resource_id_at", "resource_id", "at"),
)
