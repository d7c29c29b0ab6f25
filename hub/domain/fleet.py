"""What dispatchers are told of all technicians: the messages of the fleet feed, and what changed between two looks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from hub.domain.booking_status import BookingStatus
from hub.domain.lateness import Lateness
from hub.domain.live_messages import Eta, Freshness, LivePosition, Window
from hub.domain.silence import Silence

_MINUTE = timedelta(minutes=1)
_RANK: dict[Lateness | None, int] = {Lateness.LATE: 0, Lateness.AT_RISK: 1}


class FleetArea(msgspec.Struct, frozen=True, kw_only=True):
    """A territory."""

    id: str
    name: str


class FleetVisit(msgspec.Struct, frozen=True, kw_only=True):
    """The visit that counts for a technician now: the one under way, else the next of today."""

    id: str
    status: BookingStatus
    starts_at: datetime
    window: Window
    customer: str


class FleetTechnician(msgspec.Struct, frozen=True, kw_only=True):
    """One technician as dispatchers see them."""

    id: str
    name: str
    territories: tuple[str, ...]
    """Ids of those that they serve."""
    visit: FleetVisit | None
    lateness: Lateness | None
    arrival: Window | None
    """When they arrive, in whole minutes, rounded outwards; None where nobody travels or nothing tells."""
    freshness: Freshness
    silence: Silence | None
    """Why nothing is heard, if anything says so."""
    last_seen_at: datetime | None
    position: LivePosition | None
    """None where there is none, and outside tracking hours."""


class Moved(msgspec.Struct, frozen=True):
    """A technician of whom nothing is new but where they are; last seen then."""

    id: str
    position: LivePosition


class FleetSnapshot(msgspec.Struct, frozen=True, kw_only=True, tag="snapshot", tag_field="type"):
    """Everybody: the first message."""

    seq: int
    server_time: datetime
    territories: list[FleetArea]
    technicians: list[FleetTechnician]


class FleetChange(msgspec.Struct, frozen=True, kw_only=True, tag="change", tag_field="type"):
    """What is new since the last message."""

    seq: int
    server_time: datetime
    technicians: list[FleetTechnician]
    """Of whom something else is new than where they are; each is complete."""
    moved: list[Moved]
    gone: list[str]
    """Ids of those who are no longer of this feed."""


class Differences(msgspec.Struct, frozen=True):
    """What differs between two looks at the fleet."""

    news: list[FleetTechnician]
    moved: list[FleetTechnician]
    left: list[FleetTechnician]
    """As they were before: those who are gone, or serve other territories now."""


def differences(before: Mapping[str, FleetTechnician], now: Mapping[str, FleetTechnician]) -> Differences:
    """Compare those of `now` with those of `before`; who is in `before` alone is gone."""
    found = Differences([], [], [])
    for id_, technician in now.items():
        was = before.get(id_)
        if was is None or was != technician:
            (found.moved if was is not None and only_moved(was, technician) else found.news).append(technician)
        if was is not None and was.territories != technician.territories:
            found.left.append(was)
    found.left.extend(technician for id_, technician in before.items() if id_ not in now)
    return found


def only_moved(was: FleetTechnician, now: FleetTechnician) -> bool:
    """Tell whether nothing else is new than a position, as nearly always."""
    if was.position is None or now.position is None or now.last_seen_at != now.position.at:
        return False
    return now == msgspec.structs.replace(was, position=now.position, last_seen_at=now.last_seen_at)


def whole_minutes(eta: Eta | None) -> Window | None:
    """Round a range outwards, so that it changes no more often than people need to know."""
    if eta is None:
        return None
    earliest = eta.earliest.replace(second=0, microsecond=0)
    latest = eta.latest.replace(second=0, microsecond=0)
    return Window(earliest, latest if latest == eta.latest else latest + _MINUTE)


def urgency(technician: FleetTechnician) -> tuple[int, float, str]:
    """Give the key to sort by: who is late first, then who is at risk, each by the end of the promise, then by name."""
    rank = _RANK.get(technician.lateness, len(_RANK))
    latest = technician.visit.window.latest.timestamp() if technician.visit else float("inf")
    return rank, latest, technician.name


class Kind(StrEnum):
    """What a technician is to somebody who looks for trouble; each has a shape and a colour on the map."""

    LATE = "late"
    AT_RISK = "at_risk"
    TRAVELING = "traveling"
    WORKING = "working"
    FREE = "free"


def kind_of(technician: FleetTechnician) -> Kind:
    """Tell which kind a technician is: trouble before all else."""
    if technician.lateness in (Lateness.LATE, Lateness.AT_RISK):
        return Kind(technician.lateness)
    status = technician.visit.status if technician.visit else None
    if status is BookingStatus.TRAVELING:
        return Kind.TRAVELING
    return Kind.WORKING if status in (BookingStatus.IN_PROGRESS, BookingStatus.ON_BREAK) else Kind.FREE
