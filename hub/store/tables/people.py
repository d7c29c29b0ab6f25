"""Who signs in: staff with a password, technicians by an enrolment link; and their sessions."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, LargeBinary, Table, Text

from hub.store.tables.base import id_column, metadata, moment, reference

staff = Table(
    "staff",
    metadata,
    id_column(),
    reference("portal", index=True),
    Column("email", Text, nullable=False, unique=True),  # in lower case
    Column("name", Text, nullable=False),
    Column("password_hash", Text, nullable=False),  # Argon2's own form, with its parameters
    Column("role", Text, nullable=False),
    moment("created_at"),
    moment("disabled_at", nullable=True),
    CheckConstraint("role IN ('admin', 'dispatcher')", name="role_known"),
)

session = Table(
    "session",
    metadata,
    id_column(),
    Column("staff_id", Text, ForeignKey("staff.id"), index=True),
    Column("resource_id", Text, ForeignKey("resource.id"), index=True),
    Column("device_id", Text, ForeignKey("device.id")),  # what a technician's browser sends pings as
    Column("token_hash", LargeBinary, nullable=False, unique=True),
    moment("created_at"),
    moment("expires_at"),
    moment("ended_at", nullable=True),
    CheckConstraint("(staff_id IS NULL) <> (resource_id IS NULL)", name="one_person"),
)

enrolment = Table(
    "enrolment",
    metadata,
    id_column(),
    reference("resource", index=True),
    Column("token_hash", LargeBinary, nullable=False, unique=True),
    moment("created_at"),
    moment("expires_at"),
    moment("used_at", nullable=True),
    moment("revoked_at", nullable=True),
)
