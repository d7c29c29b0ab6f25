"""The operations on what a portal consists of."""

from __future__ import annotations

from hub.domain.directory.portals import PortalFields
from hub.web.api import devices, portals
from hub.web.api.directory import directory_operations
from hub.web.api.operation import changing, deleting, listing, making, reading

_DEVICES, _PORTALS = "/api/v1/devices", "/api/v1/portals"

DIRECTORY_OPERATIONS = (
    *directory_operations(),
    listing(_DEVICES, devices.list_devices, devices.DeviceList, "resource"),
    making(_DEVICES, devices.post_device, devices.DeviceBody, devices.DeviceAnswer),
    reading(f"{_DEVICES}/{{id}}", devices.get_device, devices.DeviceAnswer),
    changing(f"{_DEVICES}/{{id}}", devices.patch_device, devices.DeviceChange, devices.DeviceAnswer),
    deleting(f"{_DEVICES}/{{id}}", devices.delete_device),
    listing(_PORTALS, portals.list_portals, portals.PortalList),
    making(_PORTALS, portals.post_portal, PortalFields, portals.PortalAnswer),
    reading(f"{_PORTALS}/{{id}}", portals.get_one_portal, portals.PortalAnswer),
    changing(f"{_PORTALS}/{{id}}", portals.patch_portal, portals.PortalChange, portals.PortalAnswer),
    deleting(f"{_PORTALS}/{{id}}", portals.delete_portal),
)
