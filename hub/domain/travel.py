"""How far somebody went on the way to a visit, from the points of their track."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

import msgspec

from hub.domain.geodesy import Point, distance_m

MOVED_M = 10.0
"""A shorter step is not counted yet: the fixes of a phone at rest wander, and would add up to kilometres."""
GAP = timedelta(seconds=120)
"""After so long without a point the way between is a straight line, and told as such."""


class Fix(msgspec.Struct, frozen=True):
    """A point of the track that was believed."""

    at: datetime
    place: Point


class Travel(msgspec.Struct, frozen=True):
    """The way to a visit."""

    distance_m: float | None
    """None where the track tells nothing: there were fewer than two points."""
    bridged_m: float | None
    """The part of the distance that is straight lines over gaps."""
    travel_s: float
    """From setting off to the arrival."""


def travel(fixes: Iterable[Fix], set_off_at: datetime, arrived_at: datetime) -> Travel:
    """Measure the way from setting off to the arrival; both moments belong to it."""
    way = sorted((fix for fix in fixes if set_off_at <= fix.at <= arrived_at), key=lambda fix: fix.at)
    took_s = max(0.0, (arrived_at - set_off_at).total_seconds())
    if len(way) < 2:
        return Travel(None, None, took_s)
    gone_m = bridged_m = 0.0
    last, heard_at = way[0], way[0].at
    for fix in way[1:]:
        gap, heard_at = fix.at - heard_at > GAP, fix.at
        step_m = distance_m(last.place, fix.place)
        if step_m < MOVED_M and fix is not way[-1]:
            continue
        gone_m += step_m
        bridged_m += step_m if gap else 0.0
        last = fix
    return Travel(gone_m, bridged_m, took_s)
