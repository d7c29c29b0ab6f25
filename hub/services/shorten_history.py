"""Keep the track history as short and as coarse as it should be: what is too old goes, what is older is thinned.

A little at a time: bookings and mails must not wait for it, so chunks are small and each call ends in a few seconds.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from hub.clock import Clock
from hub.domain.thinning import Mark, surplus
from hub.store import progress, track_retention
from hub.store.database import Database
from hub.store.track_history import CHUNK_ROWS
from hub.store.track_partitions import drop_days
from hub.store.track_retention import PointKey

WORK_S = 3.0
"""How long one call works. What is left is done by the next."""
BREATH_S = 0.02
"""Between two chunks, so that other writers get their turn on SQLite."""
WINDOW = timedelta(hours=1)
SWEEP_EVERY = timedelta(days=1)
"""So often thinning begins again with the oldest, for points that came late into what was thinned before."""
THINNED, SWEPT = "thinned", "swept"


class ShortenHistory:
    """Works from the oldest to the newest; may be ended at any moment and called by several."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        monotonic_s: Callable[[], float],
        *,
        keep: timedelta,
        exact: timedelta | None,
    ) -> None:
        """Keep points for `keep`, all of them for `exact`; None never thins."""
        self._database, self._clock, self._monotonic_s = database, clock, monotonic_s
        self._keep, self._exact = keep, exact
        self._end_s = 0.0

    async def work(self) -> Counter[str]:
        """Do some of it; answer how many `expired_points`, `expired_days` and `thinned_points` went."""
        done: Counter[str] = Counter()
        self._end_s = self._monotonic_s() + WORK_S
        await self._expire(done)
        if self._exact is not None:
            await self._thin(self._exact, done)
        return done

    def _is_over(self) -> bool:
        return self._monotonic_s() >= self._end_s

    async def _resources(self, from_: datetime, to: datetime) -> list[str]:
        async with self._database.read() as tx:
            return await track_retention.resources_between(tx, from_, to)

    async def _expire(self, done: Counter[str]) -> None:
        oldest = self._clock() - self._keep
        if self._database.dialect == "postgresql":
            async with self._database.write() as tx:
                done["expired_days"] += await drop_days(tx, oldest)
            return
        for resource_id in await self._resources(oldest, oldest):
            gone = CHUNK_ROWS
            while gone == CHUNK_ROWS and not self._is_over():
                async with self._database.write() as tx:
                    gone = await track_retention.delete_some_before(tx, resource_id, oldest)
                done["expired_points"] += gone
                await asyncio.sleep(BREATH_S if gone else 0)

    async def _thin(self, exact: timedelta, done: Counter[str]) -> None:
        now = self._clock()
        end = _hour(now - exact)
        came_to = begin = await self._begin(now, end)
        resources = await self._resources(begin, end) if begin < end else []
        over = False  # at first, so that something is done however slow the expiring was
        while came_to < end and not over:
            firsts = await self._first_hours(resources, came_to, end)
            came_to = min(firsts.values(), default=end)
            for resource_id in [one for one, hour in firsts.items() if hour == came_to]:
                await self._thin_hour(resource_id, came_to, now - exact, done)
                if over := self._is_over():
                    break  # the next call takes this hour again, and finds less to do
            else:
                came_to, over = min(came_to + WINDOW, end), self._is_over()
        if came_to != begin:
            async with self._database.write() as tx:
                await progress.set_done_until(tx, THINNED, came_to)

    async def _begin(self, now: datetime, end: datetime) -> datetime:
        """Tell from when on to thin: from where the last call came to, or a new sweep once that came to its end."""
        async with self._database.write() as tx:
            thinned, swept = await progress.done_until(tx, THINNED), await progress.done_until(tx, SWEPT)
            if thinned is not None and swept is not None and (now < swept + SWEEP_EVERY or thinned < end):
                return thinned
            begin = _hour(now - self._keep)
            await progress.set_done_until(tx, THINNED, begin)
            await progress.set_done_until(tx, SWEPT, now)
            return begin

    async def _first_hours(self, resources: Sequence[str], begin: datetime, end: datetime) -> dict[str, datetime]:
        """Find for each technician the first hour with points, from `begin` on; nights cost nothing that way."""
        firsts: dict[str, datetime] = {}
        async with self._database.read() as tx:
            for resource_id in resources:
                if first := await track_retention.first_at(tx, resource_id, from_=begin, to=end):
                    firsts[resource_id] = _hour(first)
        return firsts

    async def _thin_hour(self, resource_id: str, hour: datetime, received_before: datetime, done: Counter[str]) -> None:
        async with self._database.read() as tx:
            keys = await track_retention.keys_between(tx, resource_id, from_=hour, to=hour + WINDOW)
        places = surplus([Mark(key.at, key.verdict != "flagged") for key in keys])
        # Who looks for what a phone sent late gets as long to do so.
        await self._delete([keys[place] for place in places if keys[place].received_at < received_before], done)

    async def _delete(self, keys: Sequence[PointKey], done: Counter[str]) -> None:
        for start in range(0, len(keys), CHUNK_ROWS):
            some = keys[start : start + CHUNK_ROWS]
            async with self._database.write() as tx:
                await track_retention.delete_points(tx, some)
            done["thinned_points"] += len(some)
            await asyncio.sleep(BREATH_S)
            if self._is_over():
                return


def _hour(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)
