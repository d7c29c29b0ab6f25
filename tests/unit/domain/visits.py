"""A visit for tests."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec

from hub.domain.booking_status import BookingStatus
from hub.domain.geodesy import Point
from hub.domain.visit import Visit
from tests.builders import NOW

VISIT = Visit(
    booking_id="bk_1",
    version=1,
    status=BookingStatus.TRAVELING,
    starts_at=NOW + timedelta(minutes=10),
    ends_at=NOW + timedelta(minutes=40),
    window_earliest=NOW,
    window_latest=NOW + timedelta(hours=2),
    service="Boiler check",
    preparation="",
    address="Fredrikinkatu 20, Helsinki",
    place=Point(60.1635, 24.9385),
    time_zone="Europe/Helsinki",
    resource_id="re_1",
    technician_name="Tero Virtanen",
    technician_photo_url="/photo.jpg",
    technician_phone="+358401234567",
    stops_before=2,
    undo_until=None,
    portal_id="po_1",
    portal_name="Fix It",
    portal_demo=False,
)


def visit(status: BookingStatus | str = BookingStatus.TRAVELING, **more: Any) -> Visit:
    """Describe a visit that differs from VISIT in a few things."""
    return msgspec.structs.replace(VISIT, status=BookingStatus(status), **more)
