"""Where technicians are, since when, and why nothing is heard of those who are silent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

import msgspec

from hub.domain.freshness import freshness_of
from hub.domain.live_messages import Freshness
from hub.domain.ping import Ping
from hub.domain.silence import Silence
from hub.domain.technician_day import current_visit
from hub.services.tell_silence import TellSilence
from hub.store.day_visits import DayVisit
from hub.store.devices import DeviceRow
from hub.store.resources import Resource


class Whereabouts(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of one technician now."""

    resource: Resource
    position: Ping | None
    """The live position; None where there is none, or nobody can tell now."""
    freshness: Freshness
    silence: Silence | None
    has_device: bool
    visit: DayVisit | None = None
    """The visit that counts now, today."""


def find_everybody(
    technicians: Iterable[Resource],
    positions: Mapping[str, Ping],
    devices: Iterable[DeviceRow],
    visits: Sequence[DayVisit],
    silence: TellSilence,
    *,
    now: datetime,
    lost_after: timedelta,
) -> list[Whereabouts]:
    """Put together what was read of all technicians at once."""
    by_resource: dict[str, list[DeviceRow]] = defaultdict(list)
    for device in devices:
        if device.revoked_at is None:
            by_resource[device.resource_id].append(device)
    visits_of: dict[str, list[DayVisit]] = defaultdict(list)
    for visit in visits:
        visits_of[visit.resource_id].append(visit)
    return [
        find_one(
            technician,
            positions.get(technician.id),
            by_resource[technician.id],
            current_visit(visits_of[technician.id]),
            silence,
            now=now,
            lost_after=lost_after,
        )
        for technician in technicians
    ]


def find_one(
    technician: Resource,
    position: Ping | None,
    devices: Sequence[DeviceRow],
    visit: DayVisit | None,
    silence: TellSilence,
    *,
    now: datetime,
    lost_after: timedelta,
) -> Whereabouts:
    """Put together what was read of one technician: devices that may send, and the visit that counts now."""
    seen_at = position.at if position else None
    return Whereabouts(
        resource=technician,
        position=position,
        freshness=freshness_of(seen_at, now, lost_after),
        silence=silence.of_technician(technician.id, devices, now, seen_at),
        has_device=bool(devices),
        visit=visit,
    )
