"""Where technicians were: the track history, and what it says about visits."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
    false,
)

from hub.store.columns import UtcDateTime
from hub.store.tables.base import id_column, lat_lon, metadata, moment, reference

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
    Column("mock", Boolean, nullable=False, server_default=false()),  # an app made the position up
    moment("received_at"),
    PrimaryKeyConstraint("device_id", "ping_key", "at"),  # the moment follows from the key; partitions need it there
    CheckConstraint("length(ping_key) = 16", name="ping_key_length"),
    CheckConstraint("verdict IN ('accepted', 'late', 'flagged')", name="verdict_kept"),
    Index("ix_track_point_resource_id_at", "resource_id", "at"),
    postgresql_partition_by="RANGE (at)",  # a partition for each UTC day: store/track_partitions.py
)

crossing = Table(
    "crossing",
    metadata,
    Column("booking_id", Text, ForeignKey("booking.id"), primary_key=True),
    Column(
        "set_off_at", UtcDateTime, primary_key=True
    ),  # which way to the visit: one that turned back may set off again
    Column("kind", Text, primary_key=True),
    moment("at"),  # by the ping's own clock
    moment("answered_at", nullable=True),  # when the technician said yes or no to an arrival
    CheckConstraint("kind IN ('approaching', 'arrived', 'left')", name="kind_known"),
)

track_import = Table(
    "track_import",
    metadata,
    id_column(),
    reference("device"),
    reference("resource", index=True),
    Column("name", Text, nullable=False),  # of the file
    Column("status", Text, nullable=False),
    Column("total", Integer, nullable=False),
    Column("done", Integer, nullable=False),
    Column("verdicts", JSON, nullable=False),  # how many points by verdict and reasons
    Column("fault", Text),
    moment("created_at"),
    moment("updated_at"),
    CheckConstraint("status IN ('running', 'done', 'failed')", name="status_known"),
)

lease = Table(
    "lease",
    metadata,
    Column("name", Text, primary_key=True),  # what only one process may do at a time
    Column("holder", Text, nullable=False),
    moment("until"),
)

upkeep = Table(
    "upkeep",
    metadata,
    Column("name", Text, primary_key=True),  # of what is done again and again
    moment("done_until"),  # how far it has come
)
