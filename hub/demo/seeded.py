"""What seeding the demo answers; `hub demo seed --json` prints it (contract, "Command line")."""

from __future__ import annotations

from datetime import datetime

import msgspec

from hub.domain.booking_status import BookingStatus


class SeedRefused(Exception):
    """The demo can't be seeded here; the text says why and what to do."""


class SeededResource(msgspec.Struct, frozen=True, kw_only=True):
    """A technician with a fresh token of a new device."""

    id: str
    name: str
    device_token: str


class SeededBooking(msgspec.Struct, frozen=True, kw_only=True):
    """A visit with fresh links."""

    id: str
    resource: str
    status: BookingStatus
    starts_at: datetime
    contact_email: str | None
    track_url: str
    manage_url: str


class SeededServiceType(msgspec.Struct, frozen=True, kw_only=True):
    """A kind of work."""

    id: str
    name: str


class SeededLocation(msgspec.Struct, frozen=True, kw_only=True):
    """A customer's place, in degrees."""

    id: str
    lat: float
    lon: float


class SeededAccess(msgspec.Struct, frozen=True, kw_only=True):
    """How a person takes part, with a browser."""

    enrolment_url: str | None
    """Makes a phone that of a technician whom nobody drives; works again and again."""
    staff_url: str
    staff_email: str | None
    staff_password: str | None


class Seed(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that a test, a benchmark or the simulator needs to take part in the demo."""

    base_url: str
    api_key: str
    resources: list[SeededResource]
    bookings: list[SeededBooking]
    """Visits that start later than an hour before now, in the order of their starts."""
    service_types: list[SeededServiceType]
    locations: list[SeededLocation]
    access: SeededAccess
