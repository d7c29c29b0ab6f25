"""Who comes, and with what: resources of every kind, when they work, what they can, and who prefers them."""

from __future__ import annotations

from sqlalchemy import Boolean, CheckConstraint, Column, ForeignKey, Index, Integer, Table, Text, true

from hub.store.tables.base import external_id, id_column, lat_lon, metadata, moment, reference

resource = Table(
    "resource",
    metadata,
    id_column(),
    reference("portal", index=True),
    Column("name", Text, nullable=False),
    Column("photo_url", Text),
    Column("phone", Text),
    *lat_lon("base_"),
    Column("kind", Text, nullable=False, server_default="employee"),
    Column("active", Boolean, nullable=False, server_default=true()),
    Column("tracking", Text),  # when positions are taken; empty: as the setting says
    *external_id("resource", "portal_id"),
)

working_hours = Table(
    "working_hours",
    metadata,
    Column("resource_id", Text, ForeignKey("resource.id"), primary_key=True),
    Column("weekday", Integer, primary_key=True),  # 0 is Monday
    Column("starts_s", Integer, primary_key=True),  # by the clock on the wall, since midnight
    Column("ends_s", Integer, nullable=False),
    CheckConstraint("weekday >= 0 AND weekday <= 6", name="weekday_range"),
    CheckConstraint("starts_s >= 0 AND ends_s > starts_s AND ends_s <= 86400", name="interval"),
)

time_off = Table(
    "time_off",
    metadata,
    id_column(),
    reference("resource"),
    moment("starts_at"),
    moment("ends_at"),
    Column("reason", Text, nullable=False),
    CheckConstraint("ends_at > starts_at", name="interval"),
    Index("ix_time_off_resource_id_starts_at", "resource_id", "starts_at"),
)

resource_territory = Table(
    "resource_territory",
    metadata,
    Column("resource_id", Text, ForeignKey("resource.id"), primary_key=True),
    Column("territory_id", Text, ForeignKey("territory.id"), primary_key=True, index=True),
)

resource_characteristic = Table(
    "resource_characteristic",
    metadata,
    Column("resource_id", Text, ForeignKey("resource.id"), primary_key=True),
    Column("characteristic_id", Text, ForeignKey("characteristic.id"), primary_key=True, index=True),
    Column("rating", Integer, nullable=False, server_default="1"),
    moment("expires_at", nullable=True),
)

crew_member = Table(
    "crew_member",
    metadata,
    Column("crew_id", Text, ForeignKey("resource.id"), primary_key=True),
    Column("resource_id", Text, ForeignKey("resource.id"), primary_key=True, index=True),
    CheckConstraint("crew_id <> resource_id", name="not_itself"),
)

preference = Table(
    "preference",
    metadata,
    Column("account_id", Text, ForeignKey("account.id"), primary_key=True),
    Column("resource_id", Text, ForeignKey("resource.id"), primary_key=True, index=True),
    Column("kind", Text, nullable=False),
    CheckConstraint("kind IN ('preferred', 'restricted', 'must')", name="kind_known"),
)
