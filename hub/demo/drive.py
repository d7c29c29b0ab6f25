"""Drive one technician: the true position at each moment."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from hub.demo.motion import Motion, door_to_door, motion_at
from hub.demo.timetable import Day, Leg
from hub.domain.routing import Route
from hub.store.routers.geodesic import straight
from hub.store.routers.port import Router


class Driver:
    """Keeps the route of the leg that is driven now, so that it never changes on the way."""

    def __init__(self, router: Router, day: Callable[[], Day]) -> None:
        """`day` answers the day as it is planned at the moment."""
        self._router, self._day = router, day
        self._driven: tuple[Leg, Route] | None = None

    async def motion_at(self, now: datetime) -> Motion:
        """Tell where the technician is; asks the router when another leg begins."""
        day = self._day()
        leg = day.leg_at(now)
        if leg is None:
            return Motion(day.base)
        if self._driven is None or self._driven[0].booking_id != leg.booking_id:
            self._driven = leg, await self._route(leg)
        return motion_at(self._driven[1], leg.departs_at, leg.arrives_at, now)

    async def _route(self, leg: Leg) -> Route:
        found = await self._router.route(leg.start, leg.end) or straight(leg.start, leg.end)
        return door_to_door(found, leg.start, leg.end)
