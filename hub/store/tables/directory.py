"""Who and where: portals, customers, places, services and the people who come."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, CheckConstraint, Column, ForeignKey, Integer, Table, Text, true

from hub.store.tables.base import id_column, lat_lon, metadata, reference

portal = Table(
    "portal",
    metadata,
    id_column(),
    Column("name", Text, nullable=False),
    Column("brand", JSON, nullable=False),  # logo, colours, font; shown by pages
    Column("switches", JSON, nullable=False),  # what the operator turned on
    Column("demo", Boolean, nullable=False),  # pages of a demo say so
    Column("locale", Text, nullable=False),
    Column("time_zone", Text, nullable=False),  # IANA name
    # What customers see (`hub.domain.visibility.Rules`):
    Column("exact_within_m", Integer),
    Column("exact_within_min", Integer),
    Column("shows_name", Boolean, nullable=False, server_default=true()),
    Column("shows_photo", Boolean, nullable=False, server_default=true()),
    Column("shows_phone", Boolean, nullable=False, server_default=true()),
    Column("closes_after_min", Integer, server_default="720"),
)

account = Table(
    "account",
    metadata,
    id_column(),
    reference("portal", index=True),
    Column("name", Text, nullable=False),
)

contact = Table(
    "contact",
    metadata,
    id_column(),
    reference("account", index=True),
    Column("name", Text, nullable=False),
    Column("email", Text),
    Column("phone", Text),
    Column("language", Text, nullable=False),
)

location = Table(
    "location",
    metadata,
    id_column(),
    reference("account", index=True),
    Column("address", Text, nullable=False),
    *lat_lon(),
    Column("time_zone", Text, nullable=False),  # IANA name
    Column("access_notes", Text, nullable=False),
)

territory = Table(
    "territory",
    metadata,
    id_column(),
    reference("portal", index=True),
    Column("name", Text, nullable=False),
    Column("area", JSON(none_as_null=True)),  # GeoJSON polygon
)

service_type = Table(
    "service_type",
    metadata,
    id_column(),
    reference("portal", index=True),
    Column("name", Text, nullable=False),
    Column("duration_s", Integer, nullable=False),
    Column("preparation", Text, nullable=False),
    CheckConstraint("duration_s > 0", name="duration_s_positive"),
)

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

resource_territory = Table(
    "resource_territory",
    metadata,
    Column("resource_id", Text, ForeignKey("resource.id"), primary_key=True),
    Column("territory_id", Text, ForeignKey("territory.id"), primary_key=True, index=True),
)
