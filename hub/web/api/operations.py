"""The HTTP operations of the API: from this list come the routes and the OpenAPI document."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from hub.domain.booking_status import BookingStatus
from hub.domain.live_messages import Snapshot
from hub.web.api import booking_changes, bookings, links, slots, tracks
from hub.web.devices import native_http
from hub.web.devices.ping_wire import WirePing
from hub.web.live.snapshot import get_snapshot
from hub.web.slot_wire import SlotList
from hub.web.visit import changes, reschedule
from hub.web.visit.calendar import get_calendar


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One method on one path, with the types that decode its body and encode its answers."""

    method: str
    path: str
    handler: Callable[[Request], Awaitable[Response]]
    answers: Mapping[int, Any]
    """Type of each answer by status; None for one without a body. Problems are added from `problems`."""
    problems: Sequence[int]
    body: Any = None
    files: Sequence[str] = ()
    """Media types of a body that is a file."""
    query: Mapping[str, Any] = field(default_factory=dict)
    credential: str = "api_key"
    """Whose token it takes; empty where the path carries it."""
    or_key: bool = False
    """Whether an API key serves as well."""
    public: bool = False
    """Whether everybody may call it, where a portal allows that."""
    once: bool = False
    """Whether it reads an `Idempotency-Key`."""

    def route(self) -> Route:
        """Make the route."""
        return Route(self.path, self.handler, methods=[self.method])


OPERATIONS = (
    Operation(
        method="POST",
        path="/api/v1/pings",
        handler=native_http.post_pings,
        body=WirePing | list[WirePing],
        answers={202: native_http.Accepted},
        problems=(400, 401, 413, 422, 429, 503),
        credential="device",
    ),
    Operation(
        method="POST",
        path="/api/v1/tracks",
        handler=tracks.post_track,
        files=("application/gpx+xml", "application/geo+json"),
        query={"name": str, "device": str},
        answers={201: tracks.ImportAnswer, 202: tracks.ImportAnswer},
        once=True,
        problems=(400, 401, 403, 404, 409, 413, 415, 422, 429),
        credential="device",
        or_key=True,
    ),
    Operation(
        method="GET",
        path="/api/v1/tracks/{id}",
        handler=tracks.get_track_import,
        answers={200: tracks.ImportAnswer},
        problems=(401, 403, 404),
        credential="device",
        or_key=True,
    ),
    Operation(
        method="GET",
        path="/api/v1/service-types",
        handler=slots.list_service_types,
        answers={200: slots.ServiceTypeList},
        public=True,
        problems=(401, 403, 429),
    ),
    Operation(
        method="GET",
        path="/api/v1/slots",
        handler=slots.list_slots,
        query={"service_type": str, "location": str, "from": str, "to": str},
        answers={200: SlotList},
        public=True,
        problems=(401, 403, 422, 429),
    ),
    Operation(
        method="POST",
        path="/api/v1/holds",
        handler=slots.post_hold,
        body=slots.HoldBody,
        answers={201: slots.HoldAnswer},
        once=True,
        public=True,
        problems=(400, 401, 403, 404, 409, 413, 422, 429),
    ),
    Operation(
        method="POST",
        path="/api/v1/bookings",
        handler=booking_changes.post_booking,
        body=booking_changes.BookBody,
        answers={201: booking_changes.BookedAnswer},
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
    Operation(
        method="POST",
        path="/api/v1/bookings/{id}/links",
        handler=links.post_link,
        body=links.LinkBody,
        answers={201: links.LinkAnswer},
        once=True,
        problems=(400, 401, 403, 404, 409, 413, 422),
    ),
    Operation(
        method="DELETE",
        path="/api/v1/links/{id}",
        handler=links.delete_link,
        answers={204: None},
        problems=(401, 403, 404),
    ),
    Operation(
        method="GET",
        path="/v/{token}/snapshot",
        handler=get_snapshot,
        answers={200: Snapshot},
        problems=(404,),
        credential="",
    ),
    Operation(
        method="GET",
        path="/v/{token}/calendar.ics",
        handler=get_calendar,
        answers={200: None},
        problems=(404,),
        credential="",
    ),
    Operation(
        method="GET",
        path="/v/{token}/slots",
        handler=reschedule.get_slots,
        query={"from": str, "to": str},
        answers={200: SlotList},
        problems=(403, 404, 409, 422),
        credential="",
    ),
    Operation(
        method="POST",
        path="/v/{token}/reschedule",
        handler=reschedule.reschedule_by_link,
        body=reschedule.RescheduleBody,
        answers={200: Snapshot},
        problems=(400, 403, 404, 409, 413, 415, 422),
        credential="",
    ),
    Operation(
        method="POST",
        path="/v/{token}/cancel",
        handler=changes.cancel_by_link,
        body=changes.CancelBody,
        answers={200: Snapshot},
        problems=(400, 403, 404, 409, 413, 415, 422),
        credential="",
    ),
    Operation(
        method="POST",
        path="/v/{token}/undo",
        handler=changes.undo_by_link,
        answers={200: Snapshot},
        problems=(403, 404, 409, 415),
        credential="",
    ),
    Operation(
        method="POST",
        path="/v/{token}/feedback",
        handler=changes.feedback_by_link,
        body=changes.FeedbackBody,
        answers={200: Snapshot},
        problems=(400, 403, 404, 409, 413, 415, 422),
        credential="",
    ),
)
