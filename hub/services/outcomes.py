"""Outcomes that several use cases share."""

from __future__ import annotations

import msgspec


class UnknownBooking(msgspec.Struct, frozen=True):
    """There is no such booking, or none that the caller may know of."""

    booking_id: str


class UnknownResource(msgspec.Struct, frozen=True):
    """There is no such resource, or none that the caller may know of."""

    resource_id: str


class UnknownPortal(msgspec.Struct, frozen=True):
    """There is no such portal."""

    portal_id: str
