"""Read what the database knows of a portal's technicians now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec

from hub.domain.fleet import FleetArea
from hub.domain.technician_day import current_visit, local_days
from hub.store import day_visits, devices, portals, resources
from hub.store.database import Database
from hub.store.day_visits import DayVisit
from hub.store.devices import DeviceRow
from hub.store.resources import Resource


class FleetFacts(msgspec.Struct, frozen=True):
    """What changes seldom, by technician."""

    areas: list[FleetArea]
    technicians: Mapping[str, Resource]
    """Those who work, by name."""
    served: Mapping[str, tuple[str, ...]]
    """Territories."""
    devices: Mapping[str, list[DeviceRow]]
    """Those that may send."""
    visits: Mapping[str, DayVisit]
    """The visit that counts now."""


async def read_facts(database: Database, portal_id: str, now: datetime) -> FleetFacts:
    """Read it all; raises `DatabaseAway`."""
    async with database.read() as tx:
        portal = await portals.get_portal(tx, portal_id)
        assert portal is not None  # noqa: S101 - staff and keys refer to their portal
        areas = await resources.territories_of(tx, portal_id)
        technicians = await resources.under_way(tx, portal_id)
        served = await resources.served_territories(tx, portal_id)
        their_devices = await devices.of_active_technicians(tx, portal_id)
        today = await day_visits.of_portal(tx, portal_id, *local_days(now, ZoneInfo(portal.time_zone)))
    devices_of: dict[str, list[DeviceRow]] = defaultdict(list)
    for device in their_devices:
        devices_of[device.resource_id].append(device)
    visits_of: dict[str, list[DayVisit]] = defaultdict(list)
    for visit in today:
        visits_of[visit.resource_id].append(visit)
    current = {resource_id: current_visit(visits) for resource_id, visits in visits_of.items()}
    return FleetFacts(
        areas=[FleetArea(id=area.id, name=area.name) for area in areas],
        technicians={technician.id: technician for technician in technicians},
        served=served,
        devices=dict(devices_of),
        visits={resource_id: visit for resource_id, visit in current.items() if visit is not None},
    )
