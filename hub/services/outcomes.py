"""Outcomes that several use cases share."""

from __future__ import annotations

import msgspec

from hub.domain.slot_ids import OfferedSlot


class UnknownBooking(msgspec.Struct, frozen=True):
    """There is no such booking, or none that the caller may know of."""

    booking_id: str


class UnknownResource(msgspec.Struct, frozen=True):
    """There is no such resource, or none that the caller may know of."""

    resource_id: str


class UnknownServiceType(msgspec.Struct, frozen=True):
    """There is no such service type, or none that the caller may know of."""

    service_type_id: str


class HoldGone(msgspec.Struct, frozen=True):
    """There is no such hold, or it has expired, or it has become a booking."""

    hold_id: str


class SlotTaken(msgspec.Struct, frozen=True):
    """Somebody else was faster; these are up to five other slots."""

    others: list[OfferedSlot]


class UnknownPortal(msgspec.Struct, frozen=True):
    """There is no such portal."""

    portal_id: str
