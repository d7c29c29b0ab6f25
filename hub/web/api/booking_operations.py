"""The operations on holds and bookings."""

from __future__ import annotations

from hub.domain.booking_status import BookingStatus
from hub.web.api import booking_changes, bookings, holds, new_bookings
from hub.web.api.operation import Operation

BOOKING_OPERATIONS = (
    Operation(
        method="POST",
        path="/api/v1/holds",
        handler=holds.post_hold,
        body=holds.HoldBody,
        answers={201: holds.HoldAnswer},
        once=True,
        public=True,
        problems=(400, 401, 403, 404, 409, 413, 422, 429),
    ),
    Operation(
        method="POST",
        path="/api/v1/holds/{id}/extend",
        handler=holds.post_extension,
        answers={200: holds.HoldAnswer},
        public=True,
        problems=(401, 403, 404, 409, 429),
    ),
    Operation(
        method="DELETE",
        path="/api/v1/holds/{id}",
        handler=holds.delete_hold,
        answers={204: None},
        public=True,
        problems=(401, 403, 404, 429),
    ),
    Operation(
        method="POST",
        path="/api/v1/bookings",
        handler=new_bookings.post_booking,
        body=new_bookings.BookBody,
        answers={201: new_bookings.BookedAnswer},
        once=True,
        public=True,
        problems=(400, 401, 403, 404, 409, 413, 422, 429),
    ),
    Operation(
        method="GET",
        path="/api/v1/bookings",
        handler=bookings.list_bookings,
        query={
            "resource": str,
            "from": str,
            "to": str,
            "status": BookingStatus,
            "work_order": str,
            "cursor": str,
            "limit": int,
        },
        answers={200: bookings.BookingList},
        problems=(401, 403, 422),
    ),
    Operation(
        method="GET",
        path="/api/v1/bookings/{id}",
        handler=bookings.get_booking,
        answers={200: bookings.BookingAnswer},
        problems=(401, 403, 404),
    ),
    Operation(
        method="POST",
        path="/api/v1/bookings/{id}/reschedule",
        handler=booking_changes.post_reschedule,
        body=booking_changes.RescheduleBody,
        answers={200: bookings.BookingAnswer},
        problems=(400, 401, 403, 404, 409, 413, 422),
    ),
    Operation(
        method="POST",
        path="/api/v1/bookings/{id}/cancel",
        handler=booking_changes.post_cancel,
        body=booking_changes.CancelBody,
        answers={200: bookings.BookingAnswer},
        problems=(400, 401, 403, 404, 409, 413, 422),
    ),
    Operation(
        method="POST",
        path="/api/v1/bookings/{id}/status",
        handler=bookings.post_status,
        body=bookings.StatusBody,
        answers={200: bookings.BookingAnswer},
        problems=(400, 401, 403, 404, 409, 413, 422),
    ),
)
