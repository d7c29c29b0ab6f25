"""Renew from when on the way to a visit is protected, where what came before it is gone: it begins elsewhere now."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterator
from datetime import UTC, datetime, timedelta
from itertools import groupby
from math import ceil

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.domain.candidates import Booked
from hub.domain.intervals import Interval
from hub.services.outcomes import UnknownServiceType
from hub.services.scene import Scene, Wanted, read_scene
from hub.services.travel_matrix import recall
from hub.store import reservations
from hub.store.reservations import Reservation

_AT_ONCE = timedelta(seconds=1)


class _Way(msgspec.Struct, frozen=True):
    """The way to a visit."""

    to: Booked
    start: int | None
    """The number of the place where it begins; None costs no way."""
    free_s: float
    """When everything before is over."""


async def renew_ways(tx: AsyncConnection, wanted: Wanted, gone: Collection[Reservation], now: datetime) -> None:
    """Renew the ways to what comes next after reservations that were deleted, in the portal of `wanted`.

    Whoever calls has locked their resources. No way begins before all that is before it is over.
    """
    for time, together in groupby(sorted(gone, key=_time), key=_time):
        ids = {one.resource_id for one in together}
        scene = await read_scene(tx, wanted, Interval(time.ends_at, time.ends_at + _AT_ONCE), now, named=ids)
        if isinstance(scene, UnknownServiceType):
            continue
        ways = list(_ways(scene, time))
        await recall(tx, scene.travel, [(way.start, way.to.place) for way in ways if way.start is not None], now)
        for way in ways:
            way_s = 0.0 if way.start is None else scene.travel(way.start, way.to.place)
            leaves_s = max(way.to.starts_s - ceil(way_s), min(way.free_s, way.to.starts_s))
            await reservations.protect_from(tx, way.to.id, datetime.fromtimestamp(leaves_s, UTC))


def _time(one: Reservation) -> Interval:
    return one.interval


def _ways(scene: Scene, gone: Interval) -> Iterator[_Way]:
    """List the ways that may have begun at what is gone: to the next visit, and to any within its time knowingly."""
    for candidate in (one for site in scene.sites for one in site.candidates):
        for laid in candidate.days:
            starts = [one.starts_s for one in laid.booked]
            first, last = (bisect_left(starts, at.timestamp()) for at in (gone.starts_at, gone.ends_at))
            for number in range(first, min(last + 1, len(starts))):
                free_s = max((one.free_s for one in laid.booked[:number]), default=-float("inf"))
                yield _Way(laid.booked[number], laid.timeline.places[number], free_s)
