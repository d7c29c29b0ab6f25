"""What can be booked, and what it takes: service types, their roles and requirements, characteristics."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, CheckConstraint, Column, Double, ForeignKey, Integer, Table, Text, true

from hub.store.tables.base import external_id, id_column, metadata, moment, reference

characteristic = Table(
    "characteristic",
    metadata,
    id_column(),
    reference("portal", index=True),
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False),
    *external_id("characteristic", "portal_id"),
    CheckConstraint("kind IN ('skill', 'certificate')", name="kind_known"),
)

service_type = Table(
    "service_type",
    metadata,
    id_column(),
    reference("portal", index=True),
    Column("name", Text, nullable=False),
    Column("duration_s", Integer, nullable=False),
    Column("preparation", Text, nullable=False),
    Column("display_names", JSON, nullable=False, server_default="{}"),  # by language
    Column("buffer_s", Integer, nullable=False, server_default="0"),  # after the visit
    Column("online_bookable", Boolean, nullable=False, server_default=true()),
    Column("lead_min_s", Integer, nullable=False, server_default="1800"),
    Column("lead_max_s", Integer, nullable=False, server_default="2678400"),  # 31 days
    Column("change_cutoff_s", Integer, nullable=False, server_default="0"),  # before the start
    Column("interval_s", Integer, nullable=False, server_default="1800"),  # between starts, by the clock on the wall
    Column("time_groups", JSON(none_as_null=True)),  # [{"starts_s", "ends_s"}] since midnight
    Column("arrival_window_s", Integer, nullable=False, server_default="3600"),
    Column("radius_m", Integer),  # the largest distance from a base
    Column("active", Boolean, nullable=False, server_default=true()),
    *external_id("service_type", "portal_id"),
    CheckConstraint("duration_s > 0", name="duration_s_positive"),
)

service_role = Table(
    "service_role",
    metadata,
    id_column(),
    reference("service_type", index=True),
    Column("name", Text, nullable=False),
    Column("position", Integer, nullable=False),
    Column("kind", Text),  # which kind of resource fills it
    CheckConstraint("kind IN ('employee', 'contractor', 'equipment', 'facility', 'crew')", name="kind_known"),
)

requirement = Table(
    "requirement",
    metadata,
    id_column(),
    reference("service_type", index=True),
    Column("role_id", Text, ForeignKey("service_role.id", ondelete="CASCADE")),  # empty: for every role
    reference("characteristic", index=True),
    Column("min_rating", Integer, nullable=False, server_default="1"),
)

service_duration_proposal = Table(
    "service_duration_proposal",
    metadata,
    Column("service_type_id", Text, ForeignKey("service_type.id", ondelete="CASCADE"), primary_key=True),
    Column("proposed_s", Integer, nullable=False),
    Column("samples", Integer, nullable=False),
    Column("p50_s", Double, nullable=False),
    Column("p80_s", Double, nullable=False),
    moment("computed_at"),
)
