"""The HTTP operations of the API: from this list come the routes and the OpenAPI document."""

from __future__ import annotations

from hub.domain.live_messages import Snapshot
from hub.web.api import links, resource_track, service_types, slots, tracks
from hub.web.api.booking_operations import BOOKING_OPERATIONS
from hub.web.api.device_operations import DEVICE_OPERATIONS
from hub.web.api.directory_operations import DIRECTORY_OPERATIONS
from hub.web.api.operation import Operation
from hub.web.live.snapshot import get_snapshot
from hub.web.slot_wire import SlotList
from hub.web.track_files import FILE_KINDS
from hub.web.visit import changes, reschedule, share
from hub.web.visit.calendar import get_calendar

OPERATIONS = (
    *DEVICE_OPERATIONS,
    *DIRECTORY_OPERATIONS,
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
        path="/api/v1/resources/{id}/track",
        handler=resource_track.get_resource_track,
        query={"from": str, "to": str, "cursor": str, "limit": int},
        answers={200: resource_track.TrackList},
        also=tuple(FILE_KINDS),
        problems=(401, 403, 404, 422),
    ),
    Operation(
        method="GET",
        path="/api/v1/service-types",
        handler=service_types.list_service_types,
        query={"external_id": str, "cursor": str, "limit": int},
        answers={200: service_types.ServiceTypeList},
        public=True,
        problems=(401, 403, 422, 429),
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
    *BOOKING_OPERATIONS,
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
    Operation(
        method="POST",
        path="/v/{token}/share",
        handler=share.share_by_link,
        answers={200: links.LinkAnswer},
        problems=(403, 404, 409, 415),
        credential="",
    ),
    Operation(
        method="DELETE",
        path="/v/{token}/share",
        handler=share.stop_by_link,
        answers={204: None},
        problems=(403, 404),
        credential="",
    ),
)
