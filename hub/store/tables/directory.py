"""Whose it is and where: portals, their customers with places and things, and territories."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Integer, Table, Text, true

from hub.store.tables.base import external_id, id_column, lat_lon, metadata, reference

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
    *external_id("account", "portal_id"),
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
    *external_id("contact", "account_id"),
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
    *external_id("location", "account_id"),
)

asset = Table(
    "asset",
    metadata,
    id_column(),
    reference("account", index=True),
    Column("location_id", Text, ForeignKey("location.id"), index=True),
    Column("name", Text, nullable=False),
    Column("serial", Text, nullable=False),
    Column("notes", Text, nullable=False),
    *external_id("asset", "account_id"),
)

territory = Table(
    "territory",
    metadata,
    id_column(),
    reference("portal", index=True),
    Column("name", Text, nullable=False),
    Column("area", JSON(none_as_null=True)),  # GeoJSON Polygon or MultiPolygon
    *external_id("territory", "portal_id"),
)
