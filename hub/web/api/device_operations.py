"""The operations of devices: our own protocol and those of other apps."""

from __future__ import annotations

from typing import Any

from hub.web.api.operation import Operation
from hub.web.devices import gpslogger, home_assistant, native_http, osmand, overland, owntracks, traccar
from hub.web.devices.ping_wire import WirePing

_OSMAND: dict[str, Any] = {
    "path": "/api/v1/osmand",
    "query": osmand.QUERY,
    "answers": {200: None},
    "problems": (401, 413, 422, 429, 503),
    "credential": "device_id",
}
_GPSLOGGER: dict[str, Any] = {
    "path": "/api/v1/gpslogger",
    "query": gpslogger.QUERY,
    "answers": {200: None},
    "problems": (401, 413, 422, 429, 503),
    "credential": "device",
}

DEVICE_OPERATIONS = (
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
        path="/api/v1/owntracks",
        handler=owntracks.post_owntracks,
        body=owntracks.OwnTracksMessage,
        answers={200: list[owntracks.OwnTracksCommand]},
        problems=(401, 413, 422, 429, 503),
        credential="device_password",
    ),
    Operation(method="GET", handler=osmand.get_osmand, **_OSMAND),
    Operation(method="POST", handler=osmand.post_osmand, **_OSMAND),
    Operation(
        method="POST",
        path="/api/v1/traccar",
        handler=traccar.post_traccar,
        body=traccar.TraccarUpload,
        query={"device_id": str},
        answers={200: None},
        problems=(401, 413, 429, 503),
        credential="device_id_in_body",
    ),
    Operation(
        method="POST",
        path="/api/v1/overland",
        handler=overland.post_overland,
        body=overland.OverlandBatch,
        answers={200: overland.OverlandAnswer},
        problems=(400, 401, 413, 422, 429, 503),
        credential="device",
    ),
    Operation(method="GET", handler=gpslogger.get_gpslogger, **_GPSLOGGER),
    Operation(method="POST", handler=gpslogger.post_gpslogger, **_GPSLOGGER),
    Operation(
        method="POST",
        path="/api/webhook/{token}",
        handler=home_assistant.post_webhook,
        body=home_assistant.HomeAssistantMessage,
        answers={200: dict[str, str]},
        problems=(400, 401, 413, 422, 429, 503),
        credential="",
    ),
)
