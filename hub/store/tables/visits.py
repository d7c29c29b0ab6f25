"""What is to be done and when: work orders, bookings, and the events that tell of their changes."""

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
    Table,
    Text,
    UniqueConstraint,
)

from hub.domain.booking_status import BookingStatus
from hub.domain.work_order import WorkOrderStatus
from hub.store.tables.base import id_column, metadata, moment, reference
from hub.store.tables.no_overlap import forbid_overlaps


def _one_of(column: str, values: type[BookingStatus] | type[WorkOrderStatus]) -> CheckConstraint:
    names = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({names})", name=f"{column}_known")


work_order = Table(
    "work_order",
    metadata,
    id_column(),
    reference("portal", index=True),
    reference("account", index=True),
    reference("contact"),
    reference("location", index=True),
    reference("service_type"),
    Column("status", Text, nullable=False),
    Column("notes", Text, nullable=False),
    Column("asset_id", Text, index=True),  # SQLite cannot add a named constraint to what others refer to
    _one_of("status", WorkOrderStatus),
)

booking = Table(
    "booking",
    metadata,
    id_column(),
    reference("work_order", index=True),
    reference("resource"),
    Column("status", Text, nullable=False),
    moment("starts_at"),
    moment("ends_at"),
    moment("window_earliest"),
    moment("window_latest"),
    moment("traveling_at", nullable=True),
    moment("arrived_at", nullable=True),
    moment("completed_at", nullable=True),
    moment("predicted_at", nullable=True),  # when they will be there as the day goes, beside what was promised
    moment("predicted_latest", nullable=True),
    Column("travel_distance_m", Double),  # how far the way was, from the track
    Column("travel_s", Double),
    Column("travel_bridged_m", Double),  # the part of it that is straight lines over gaps
    Column("travel_points", Integer),  # how many points the track had when this was measured
    Column("version", Integer, nullable=False),
    Column("sequence", Integer, nullable=False, server_default="0"),  # iCalendar's SEQUENCE: how often the time changed
    Column("undo", JSON(none_as_null=True)),  # what the last reschedule or cancel can be taken back to
    moment("created_at"),
    moment("updated_at"),
    _one_of("status", BookingStatus),
    CheckConstraint("ends_at > starts_at", name="interval"),
    CheckConstraint("window_latest > window_earliest", name="window"),
    CheckConstraint("version > 0", name="version_positive"),
    Index("ix_booking_resource_id_starts_at", "resource_id", "starts_at"),  # a technician's day, stops before
    Index("ix_booking_status_starts_at", "status", "starts_at"),  # everyone who travels now
    Index("ix_booking_starts_at_id", "starts_at", "id"),  # lists page in this order
    Index("ix_booking_arrived_at", "arrived_at"),  # whose way is to be measured
)

booking_resource = Table(
    "booking_resource",
    metadata,
    Column("booking_id", Text, ForeignKey("booking.id"), primary_key=True),
    Column("resource_id", Text, ForeignKey("resource.id"), primary_key=True, index=True),
    Column("role_id", Text, ForeignKey("service_role.id", ondelete="SET NULL"), index=True),
)

reservation = Table(
    "reservation",
    metadata,
    id_column(),
    reference("resource"),
    moment("protected_from"),  # travel and buffer belong to it
    moment("protected_to"),
    Column("kind", Text, nullable=False),
    Column("booking_id", Text, ForeignKey("booking.id")),
    Column("hold_id", Text, index=True),  # what the rows of one hold share
    Column("slot", JSON(none_as_null=True)),  # what a hold holds
    moment("expires_at", nullable=True),  # of a hold
    Column("override", Boolean, nullable=False),  # a knowing overlap, which the constraint lets pass
    Column("override_reason", Text),
    UniqueConstraint("booking_id", "resource_id"),
    CheckConstraint("protected_to > protected_from", name="interval"),
    CheckConstraint(
        "(kind = 'booking' AND booking_id IS NOT NULL AND expires_at IS NULL)"
        " OR (kind = 'hold' AND booking_id IS NULL AND expires_at IS NOT NULL)",
        name="kind",
    ),
    Index("ix_reservation_resource_id_protected_from", "resource_id", "protected_from"),
)
forbid_overlaps(reservation)

feedback = Table(
    "feedback",
    metadata,
    Column("booking_id", Text, ForeignKey("booking.id"), primary_key=True),
    Column("rating", Integer, nullable=False),
    Column("comment", Text, nullable=False),
    moment("created_at"),
    moment("updated_at"),
    CheckConstraint("rating >= 1 AND rating <= 5", name="rating_range"),
)

event = Table(
    "event",
    metadata,
    id_column(),
    reference("portal"),
    moment("at"),
    Column("kind", Text, nullable=False),
    Column("booking_id", Text, ForeignKey("booking.id"), index=True),
    Column("actor", Text, nullable=False),
    Column("data", JSON, nullable=False),
    moment("handled_at", nullable=True),
)

Index(
    "ix_event_unhandled",  # what the relay claims, oldest first; stays small as events are handled
    event.c.at,
    sqlite_where=event.c.handled_at.is_(None),
    postgresql_where=event.c.handled_at.is_(None),
)
