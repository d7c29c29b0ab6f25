"""Know the drives that a search depends on: from memory, else from the database, else from the router."""

from __future__ import annotations

import asyncio
from collections import OrderedDict, defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.clock import Clock
from hub.domain.travel_times import Drive, Leg, TravelTimes
from hub.store import travel_times
from hub.store.database import Database
from hub.store.routers.port import NoAnswer, Router

KEPT_FOR = timedelta(days=30)
"""Roads change slowly, and no traffic is in these times."""
REMEMBERED = 200_000
"""Drives in the memory of a process: what a few hundred technicians' next weeks ask for, in about 40 MB."""
PATIENCE_S = 4.0
"""How long a search waits for the router altogether; what is not told by then is guessed."""
SIDE = 50
"""Places on each side of one table."""

Numbers = tuple[int, int]
log = structlog.get_logger()


async def recall(tx: AsyncConnection, travel: TravelTimes, legs: Iterable[Numbers], now: datetime) -> None:
    """Have `travel` know what a router told before, without asking it: also where a transaction writes."""
    by_leg = {travel.leg(a, b): (a, b) for a, b in travel.unknown(legs)}
    for leg, drive in (await travel_times.told(tx, by_leg, now - KEPT_FOR)).items():
        travel.learn(*by_leg[leg], drive)


class TravelMatrix:
    """One for the whole process. It asks the router, and so is never waited for in a transaction that writes."""

    def __init__(self, database: Database, router: Router, clock: Clock, remembered: int = REMEMBERED) -> None:
        """Remember up to so many drives, those that were asked for last."""
        self._database, self._router, self._clock, self._most = database, router, clock, remembered
        self._drives: OrderedDict[Leg, Drive] = OrderedDict()

    def _recall(self, travel: TravelTimes, legs: Iterable[Numbers]) -> set[Numbers]:
        """Tell what is in memory and not too old; gives what is not."""
        since_s = (self._clock() - KEPT_FOR).timestamp()
        missing = travel.unknown(legs)
        for a, b in list(missing):
            leg = travel.leg(a, b)
            drive = self._drives.get(leg)
            if drive is not None and drive.told_s > since_s:
                self._drives.move_to_end(leg)
                travel.learn(a, b, drive)
                missing.discard((a, b))
        return missing

    async def learn(self, travel: TravelTimes, legs: Iterable[Numbers]) -> None:
        """Have `travel` know these legs: from the database, then from the router, and keep what that told.

        What nobody tells is guessed when it is asked for.
        """
        missing = self._recall(travel, legs)
        if not missing:
            return
        by_leg = {travel.leg(a, b): (a, b) for a, b in missing}
        async with self._database.read() as tx:
            known = await travel_times.told(tx, by_leg, self._clock() - KEPT_FOR)
        self._remember(known)
        missing = self._recall(travel, missing)
        told: dict[Leg, Drive] = {}
        try:
            async with asyncio.timeout(PATIENCE_S):
                await self._ask(travel, set(missing), told)
        except TimeoutError:
            log.warning("drives_guessed", asked=len(missing), told=len(told))
        self._remember(told)
        self._recall(travel, missing)
        await self._keep(told)

    async def _ask(self, travel: TravelTimes, missing: set[Numbers], told: dict[Leg, Drive]) -> None:
        """Ask the router for tables until all is told, or it does not answer."""
        now_s = self._clock().timestamp()
        while missing:
            starts, ends = _table(missing)
            answer = await self._router.ask_table([travel.point(a) for a in starts], [travel.point(b) for b in ends])
            if isinstance(answer, NoAnswer):
                return
            for a, row in zip(starts, answer, strict=True):
                for b, drive_s in zip(ends, row, strict=True):
                    if (a, b) in missing:
                        missing.remove((a, b))
                        if drive_s is None:
                            told[travel.leg(a, b)] = Drive(travel.guess_s(a, b), guessed=True, told_s=now_s)
                        else:
                            told[travel.leg(a, b)] = Drive(drive_s, guessed=False, told_s=now_s)

    async def _keep(self, told: dict[Leg, Drive]) -> None:
        drives = list(told.items())
        for first in range(0, len(drives), travel_times.ROWS_AT_ONCE):
            some = dict(drives[first : first + travel_times.ROWS_AT_ONCE])
            try:
                async with self._database.write() as tx:
                    await travel_times.keep(tx, some, self._clock())
            except SQLAlchemyError as fault:  # it is known in this process all the same
                log.warning("drives_not_kept", fault=type(fault).__name__)
                return

    def _remember(self, drives: dict[Leg, Drive]) -> None:
        self._drives.update(drives)
        while len(self._drives) > self._most:
            self._drives.popitem(last=False)


def _table(missing: set[Numbers]) -> tuple[list[int], list[int]]:
    """Choose places for one table of what is missing: all from the place that most legs begin or end at, else a few.

    A search asks for the ways from its place to many, from many to it, and from some of those to the next.
    """
    onward, there = defaultdict(list), defaultdict(list)
    for a, b in missing:
        onward[a].append(b)
        there[b].append(a)
    start = max(onward, key=lambda a: (len(onward[a]), -a))
    end = max(there, key=lambda b: (len(there[b]), -b))
    if max(len(onward[start]), len(there[end])) <= 2:
        starts = sorted(onward)[:SIDE]
        return starts, sorted({b for a in starts for b in onward[a]})[:SIDE]
    if len(onward[start]) >= len(there[end]):
        return [start], sorted(onward[start])
    return sorted(there[end]), [end]
