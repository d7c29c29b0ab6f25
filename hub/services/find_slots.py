"""Find the times that can be offered for a service at a place."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from hub.domain.intervals import Interval
from hub.domain.jobs import Found
from hub.domain.live_messages import EtaSource
from hub.domain.search import find_times, legs_of
from hub.domain.slot_ids import OfferedSlot, Slot
from hub.domain.slot_reasons import Reason, reasons
from hub.domain.start_times import Promise, promises
from hub.services.outcomes import UnknownServiceType
from hub.services.scene import Scene, read_scene
from hub.services.scene import Wanted as Wanted  # what callers ask with
from hub.services.travel_matrix import TravelMatrix, recall
from hub.store.database import Database

OFFERED_FOR = timedelta(hours=1)
"""How long an offer stands, if nobody takes it."""
OTHERS = 5
"""How many other slots are named to whoever was too late (contract)."""
AROUND = timedelta(days=7)
"""How far from the wanted time others are looked for."""
MOST = 1_000
"""The best so many are offered: half-hour starts around the clock for three weeks."""


def wanted_by(slot: Slot) -> Wanted:
    """Tell what a slot was offered for."""
    return Wanted(
        portal_id=slot.portal_id,
        service_type_id=slot.service_type_id,
        place=slot.place,
        location_id=slot.location_id,
    )


async def find_slots(
    db: Database, wanted: Wanted, within: Interval, now: datetime, *, roads: TravelMatrix | None = None
) -> list[OfferedSlot] | UnknownServiceType:
    """List what can be offered with a start in `within`, best first: least travel added, then earliest.

    With `roads` drives that nobody told yet are asked for; without, they are guessed.
    """
    but_of = [wanted.booking_id] if wanted.booking_id else []
    async with db.read() as tx:
        scene = await read_scene(tx, wanted, within, now, but_of=but_of, apart=True)
    if isinstance(scene, UnknownServiceType):
        return scene
    span_s = within.starts_at.timestamp(), within.ends_at.timestamp()
    promised = promises(scene.rules, scene.zone, now.timestamp(), *span_s)
    starts = sorted({start for promise in promised for start in promise.starts_s})
    legs = await asyncio.to_thread(lambda: set(legs_of(scene.job, scene.sites, starts)))
    if roads is not None:
        await roads.learn(scene.travel, legs)
    else:
        async with db.read() as tx:
            await recall(tx, scene.travel, legs, now)
    return await asyncio.to_thread(_offers, wanted, scene, promised, starts, now)


def _offers(
    wanted: Wanted, scene: Scene, promised: Sequence[Promise], starts: Sequence[float], now: datetime
) -> list[OfferedSlot]:
    found = {one.starts_s: one for one in find_times(scene.job, scene.sites, starts)}
    kept = [(promise, best) for promise in promised if (best := _best(promise, found)) is not None]
    why = reasons([one for _, one in kept], known_place=wanted.location_id is not None)
    offers = [
        _offer(wanted, scene, promise, one, reason, now) for (promise, one), reason in zip(kept, why, strict=True)
    ]
    return sorted(offers, key=lambda one: (one.added_travel_s, one.visit.starts_at))[:MOST]


async def find_others(
    db: Database, wanted: Wanted, wanted_at: datetime, now: datetime, *, roads: TravelMatrix | None = None
) -> list[OfferedSlot]:
    """List up to five other slots near a time that somebody else was faster to take, nearest first."""
    found = await find_slots(db, wanted, Interval(wanted_at - AROUND, wanted_at + AROUND), now, roads=roads)
    if isinstance(found, UnknownServiceType):
        return []
    return sorted(found, key=lambda slot: abs(slot.visit.starts_at - wanted_at))[:OTHERS]


def _best(promise: Promise, found: dict[float, Found]) -> Found | None:
    """Choose among the starts that keep a promise."""
    kept = [found[start] for start in promise.starts_s if start in found]
    return min(kept, key=lambda one: (round(one.added_s), one.starts_s), default=None)


def _offer(wanted: Wanted, scene: Scene, promise: Promise, found: Found, reason: Reason, now: datetime) -> OfferedSlot:
    return OfferedSlot(
        portal_id=wanted.portal_id,
        service_type_id=wanted.service_type_id,
        visit=_interval(found.starts_s, found.starts_s + scene.job.duration_s),
        window=_interval(*promise.window),
        place=wanted.place,
        location_id=wanted.location_id,
        offered_until=now + OFFERED_FOR,
        resource_id=found.lead,
        resource_ids=tuple(sent.resource_id for sent in found.team),
        added_travel_s=float(round(found.added_s)),
        source=EtaSource.DISTANCE if scene.travel.guessed(found.legs) else EtaSource.ROUTE,
        reason=reason,
    )


def _interval(from_s: float, to_s: float) -> Interval:
    return Interval(datetime.fromtimestamp(from_s, UTC), datetime.fromtimestamp(to_s, UTC))
