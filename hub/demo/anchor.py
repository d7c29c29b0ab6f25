"""What the demo must remember to go on with the same timetable; kept in its portal's switches."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import msgspec

from hub.demo.plan import PlannedVisit, Setting, plan
from hub.domain.booking_status import BookingStatus

SWITCH = "demo_plan"
"""The switch of a portal under which its anchor lies."""
BEFORE, AHEAD = timedelta(hours=1), timedelta(hours=3)
"""The first timetable begins so long before now; each one reaches so far ahead."""


class Anchor(msgspec.Struct, frozen=True, kw_only=True):
    """Where a timetable begins, for whom, and how far it is written. Ids are in the order the plan counts them."""

    starts_at: datetime
    seed: int
    resources: list[str]
    """Technicians whom the simulator drives; each starts from the place `len(locations) + index`."""
    locations: list[str]
    service_types: list[str]
    durations_s: list[list[float | None]]
    """Drives between the locations and then the bases. Kept, since another router would give another plan."""
    planned_until: datetime
    """Visits whose drives begin before are written."""
    ends_at: datetime
    """End of the last visit written; the demo stood still if this is past."""
    bench: list[str] = []
    """Technicians whom the simulator never drives."""
    bookable: list[str] = []
    """Technicians whom customers can book, and whom nobody drives either."""


def read_anchor(switches: dict[str, Any]) -> Anchor | None:
    """Read a portal's anchor, None where it is no seeded demo."""
    kept = switches.get(SWITCH)
    return None if kept is None else msgspec.convert(kept, Anchor)


def with_anchor(switches: dict[str, Any], anchor: Anchor) -> dict[str, Any]:
    """Put an anchor among a portal's switches."""
    return {**switches, SWITCH: msgspec.to_builtins(anchor)}


def moved(anchor: Anchor, starts_at: datetime) -> Anchor:
    """Begin another timetable from the bases at `starts_at`, with nothing written yet."""
    seed = int(starts_at.timestamp())
    return msgspec.structs.replace(anchor, starts_at=starts_at, seed=seed, planned_until=starts_at, ends_at=starts_at)


def continued(anchor: Anchor, until: datetime) -> tuple[Anchor, list[PlannedVisit]]:
    """Continue the timetable until `until`; gives the new visits only."""
    if until <= anchor.planned_until:
        return anchor, []
    count = len(anchor.locations)
    setting = Setting(
        starts_at=anchor.starts_at,
        starting_places=tuple(range(count, count + len(anchor.resources))),
        customers=count,
        service_types=len(anchor.service_types),
        durations_s=anchor.durations_s,
        seed=anchor.seed,
    )
    visits = [visit for visit in plan(setting, until) if visit.departs_at >= anchor.planned_until]
    ends_at = max([anchor.ends_at, *(visit.finishes_at for visit in visits)])
    return msgspec.structs.replace(anchor, planned_until=until, ends_at=ends_at), visits


def status_due(departs_at: datetime, arrives_at: datetime, finishes_at: datetime, now: datetime) -> BookingStatus:
    """Tell the status that a visit should have by its timetable."""
    if now < departs_at:
        return BookingStatus.SCHEDULED
    if now < arrives_at:
        return BookingStatus.TRAVELING
    return BookingStatus.IN_PROGRESS if now < finishes_at else BookingStatus.COMPLETED
