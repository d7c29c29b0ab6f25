"""A visit's facts in words, for the page the server renders. `static/map/words.mjs` says the same, live."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from hub.domain.booking_status import BookingStatus
from hub.domain.geodesy import Point, distance_m
from hub.domain.live_messages import Freshness
from hub.web.wording import Wording

_AREA_FROM_M = 500
"""An accuracy from which on a position is told in whole kilometres: vaguer than any phone that is believed."""


class VisitWords(msgspec.Struct, frozen=True, kw_only=True):
    """What a visit's page says; None: nothing to say."""

    headline: str
    status: str
    window_date: str
    """The day of the promised window."""
    window_range: str
    """The promised window."""
    distance: str | None
    area: str | None
    """Where only an area is shown."""
    freshness: str | None
    confidence: str | None
    late: str | None
    stops: str | None
    lost: bool
    """The technician is on the way but has been silent for long."""
    paused: bool
    """The technician is on the way and has turned sharing off."""
    closed: bool
    """The live map has closed though nobody has said yet that the technician is there."""


def visit_words(snapshot: Mapping[str, Any], now: datetime, wording: Wording) -> VisitWords:
    """Say everything about a visit; `snapshot` is the contract's, as a dict whose times are datetimes."""
    visit, eta = snapshot["visit"], snapshot["eta"]
    traveling = visit["status"] == BookingStatus.TRAVELING
    promised, paused = _promised(visit, wording), bool(snapshot.get("paused"))
    closed = traveling and snapshot["technician"] is None
    seen_at = snapshot["position"] if traveling else None
    stops = snapshot["stops_before"] if traveling else 0
    return VisitWords(
        headline=_headline(snapshot, wording),
        status=wording.say(f"status_{visit['status']}"),
        window_date=wording.date(visit["window"]["earliest"], visit["time_zone"]),
        window_range=promised,
        distance=_away(snapshot, wording) if seen_at else None,
        area=wording.say("area") if seen_at and _is_area(seen_at) else None,
        freshness=_seen(snapshot, now, wording) if traveling and not paused and not closed else None,
        confidence=wording.say("confidence", percent=wording.percent(eta["confidence"])) if traveling and eta else None,
        late=wording.say("late", range=promised) if is_late(snapshot, now) else None,
        stops=wording.number(stops) if stops else None,
        lost=traveling and not paused and not closed and snapshot["freshness"] == Freshness.LOST,
        paused=traveling and paused,
        closed=closed,
    )


def is_late(snapshot: Mapping[str, Any], now: datetime) -> bool:
    """Tell whether a visit is later than promised: estimated past the window, or the window has passed."""
    visit, eta = snapshot["visit"], snapshot["eta"]
    if visit["status"] not in (BookingStatus.TRAVELING, BookingStatus.SCHEDULED):
        return False
    expected_at = eta["at"] if eta and visit["status"] == BookingStatus.TRAVELING else now
    late: bool = expected_at >= visit["window"]["latest"]
    return late


def initials(name: str) -> str:
    """Take the first letters of the first and last name."""
    parts = name.split()
    chosen = [parts[0], parts[-1]] if len(parts) > 1 else parts
    return "".join(part[0].upper() for part in chosen)


def _headline(snapshot: Mapping[str, Any], wording: Wording) -> str:
    visit, eta = snapshot["visit"], snapshot["eta"]
    if visit["status"] == BookingStatus.TRAVELING and eta:
        return wording.say("arriving", range=wording.time_range(eta["earliest"], eta["latest"], visit["time_zone"]))
    if visit["status"] != BookingStatus.SCHEDULED:
        return wording.say(f"headline_{visit['status']}")
    day = wording.date(visit["window"]["earliest"], visit["time_zone"])
    return wording.say("headline_scheduled", date=day, range=_promised(visit, wording))


def _promised(visit: Mapping[str, Any], wording: Wording) -> str:
    return wording.time_range(visit["window"]["earliest"], visit["window"]["latest"], visit["time_zone"])


def _away(snapshot: Mapping[str, Any], wording: Wording) -> str:
    visit, position = snapshot["visit"], snapshot["position"]
    metres = distance_m(Point(position["lat"], position["lon"]), Point(visit["lat"], visit["lon"]))
    if _is_area(position):
        return wording.say("away", distance=wording.whole_kilometres(metres))
    return wording.say("away", distance=wording.distance(metres))


def _is_area(position: Mapping[str, Any]) -> bool:
    return (position.get("accuracy_m") or 0) >= _AREA_FROM_M


def _seen(snapshot: Mapping[str, Any], now: datetime, wording: Wording) -> str:
    if snapshot["last_seen_at"] is None:
        return wording.say("not_seen")
    age = wording.age((now - snapshot["last_seen_at"]).total_seconds())
    return wording.say("last_seen" if snapshot["freshness"] == Freshness.LOST else "updated", age=age)
