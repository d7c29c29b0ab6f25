"""The operations on what a portal consists of."""

from __future__ import annotations

from hub.domain.directory.portals import PortalFields
from hub.web.api import devices, portals
from hub.web.api.operation import Operation

DIRECTORY_OPERATIONS = (
    Operation(
        method="GET",
        path="/api/v1/devices",
        handler=devices.list_devices,
        query={"resource": str, "cursor": str, "limit": int},
        answers={200: devices.DeviceList},
        problems=(401, 403, 422),
    ),
    Operation(
        method="POST",
        path="/api/v1/devices",
        handler=devices.post_device,
        body=devices.DeviceBody,
        answers={201: devices.DeviceAnswer},
        once=True,
        problems=(400, 401, 403, 409, 413, 422),
    ),
    Operation(
        method="GET",
        path="/api/v1/devices/{id}",
        handler=devices.get_device,
        answers={200: devices.DeviceAnswer},
        problems=(401, 403, 404),
    ),
    Operation(
        method="PATCH",
        path="/api/v1/devices/{id}",
        handler=devices.patch_device,
        body=devices.DeviceChange,
        answers={200: devices.DeviceAnswer},
        problems=(400, 401, 403, 404, 413, 422),
    ),
    Operation(
        method="DELETE",
        path="/api/v1/devices/{id}",
        handler=devices.delete_device,
        answers={204: None},
        problems=(401, 403, 404),
    ),
    Operation(
        method="GET",
        path="/api/v1/portals",
        handler=portals.list_portals,
        query={"cursor": str, "limit": int},
        answers={200: portals.PortalList},
        problems=(401, 403, 422),
    ),
    Operation(
        method="POST",
        path="/api/v1/portals",
        handler=portals.post_portal,
        body=PortalFields,
        answers={201: portals.PortalAnswer},
        once=True,
        problems=(400, 401, 403, 409, 413, 422),
    ),
    Operation(
        method="DELETE",
        path="/api/v1/portals/{id}",
        handler=portals.delete_portal,
        answers={204: None},
        problems=(401, 403, 404, 409),
    ),
    Operation(
        method="GET",
        path="/api/v1/portals/{id}",
        handler=portals.get_one_portal,
        answers={200: portals.PortalAnswer},
        problems=(401, 403, 404),
    ),
    Operation(
        method="PATCH",
        path="/api/v1/portals/{id}",
        handler=portals.patch_portal,
        body=portals.PortalChange,
        answers={200: portals.PortalAnswer},
        problems=(400, 401, 403, 404, 413, 422),
    ),
)
