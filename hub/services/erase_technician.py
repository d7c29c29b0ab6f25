"""Erase everything about one technician, while the hub runs. Customers' bookings stay, without a name."""

from __future__ import annotations

import asyncio
from datetime import datetime

import msgspec

from hub.clock import Clock
from hub.services.outcomes import UnknownResource
from hub.store import erasure, events
from hub.store.database import Database
from hub.store.live_traces import LiveTraces
from hub.store.track_history import CHUNK_ROWS
from hub.store.track_retention import delete_some_before

CLOSING_S = 8.0
"""Sockets of revoked devices close within 5 s (contract), and imports stop; what they sent is in the stream then."""
RECORDING_S = 12.0
"""A recorder that has taken pings writes them within 10 s, or the database gives up."""
BREATH_S = 0.02
"""Between two chunks, so that other writers get their turn on SQLite."""
TRIES = 3
EVENT_KIND = "resource.erased"
ACTOR = "operator"


class Erased(msgspec.Struct, frozen=True):
    """Nothing of the technician is left but their bookings."""

    points: int
    open_visits: int
    """Visits that are not over and need somebody else."""


class StillComing(msgspec.Struct, frozen=True):
    """Something came in again and again, as from a web process that has lost the database. Try again."""


class EraseTechnician:
    """May be ended at any moment and begun again."""

    def __init__(
        self,
        database: Database,
        live: LiveTraces,
        clock: Clock,
        *,
        closing_s: float = CLOSING_S,
        recording_s: float = RECORDING_S,
    ) -> None:
        self._database, self._live, self._clock = database, live, clock
        self._closing_s, self._recording_s = closing_s, recording_s

    async def erase(self, resource_id: str) -> Erased | UnknownResource | StillComing:
        """Let nothing new in, wait for what is under way, then erase. Raises what the stores raise.

        First Valkey, from which the recorder would fill the history again, then the history, then the person.
        """
        async with self._database.write() as tx:
            traces = await erasure.traces_of(tx, resource_id)
            if traces is None:
                return UnknownResource(resource_id)
            await erasure.shut_out(tx, resource_id, self._clock())
        await asyncio.sleep(self._closing_s)
        points = 0
        for _ in range(TRIES):
            if await self._live.remove(resource_id, traces.device_ids, traces.booking_ids):
                await asyncio.sleep(self._recording_s)
            points += await self._delete_points(resource_id)
            came = await self._delete_points(resource_id)
            points += came
            if not came and not await self._live.any_left(resource_id):
                await self._erase_person(resource_id, traces, points, self._clock())
                await self._live.forget_on_disk()
                await self._database.forget_on_disk()
                return Erased(points, traces.open_visits)
        return StillComing()

    async def _delete_points(self, resource_id: str) -> int:
        points, gone = 0, CHUNK_ROWS
        while gone == CHUNK_ROWS:
            async with self._database.write() as tx:
                gone = await delete_some_before(tx, resource_id)
            points += gone
            await asyncio.sleep(BREATH_S if gone else 0)
        return points

    async def _erase_person(self, resource_id: str, traces: erasure.Traces, points: int, now: datetime) -> None:
        async with self._database.write() as tx:
            await erasure.erase_person(tx, resource_id)
            await events.append(
                tx,
                portal_id=traces.portal_id,
                at=now,
                kind=EVENT_KIND,
                booking_id=None,
                actor=ACTOR,
                data={"resource": resource_id, "points": points, "devices": len(traces.device_ids)},
            )
