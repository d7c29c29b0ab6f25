"""A visit as its customer may see it: one booking with everything its page and its live map need."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

from hub.domain.booking_status import BookingStatus
from hub.domain.geodesy import Point
from hub.domain.visibility import OPEN, Sight


class Visit(msgspec.Struct, frozen=True, kw_only=True):
    """A booking joined with its work order, location, resource, service type and portal."""

    booking_id: str
    version: int
    """Rises with every change of the booking row."""
    status: BookingStatus
    starts_at: datetime
    ends_at: datetime
    window_earliest: datetime
    """Start of the promised window."""
    window_latest: datetime
    """End of the promised window."""
    service: str
    """Name of the service type."""
    preparation: str
    """What the customer should prepare; may be empty."""
    address: str
    place: Point
    time_zone: str
    """IANA name of the location's zone."""
    resource_id: str
    technician_name: str
    technician_photo_url: str | None
    technician_phone: str | None
    stops_before: int
    """How many of the technician's other visits come before this one."""
    undo_until: datetime | None
    """Until when the last reschedule or cancel can be taken back."""
    portal_id: str
    portal_name: str
    portal_demo: bool
    change_cutoff: timedelta = timedelta(0)
    """How long before the start customers may change it last."""
    set_off_at: datetime | None = None
    """When the technician set off for this visit, last."""
    sight: Sight = OPEN
    """What decides, besides the status, what the customer sees."""

    @property
    def change_until(self) -> datetime:
        """Tell until when its customer may reschedule or cancel it."""
        return self.starts_at - self.change_cutoff

    @property
    def is_traveling(self) -> bool:
        """Tell whether the technician is on the way to this customer, as far as anybody said."""
        return self.status is BookingStatus.TRAVELING

    @property
    def shows_technician(self) -> bool:
        """Tell whether customers may see now who comes: while they travel to this customer and have not arrived."""
        return self.is_traveling and not self.sight.closed

    @property
    def shows_position(self) -> bool:
        """Tell whether customers may see now where the technician is, exactly or not."""
        return self.shows_technician and not self.sight.paused
