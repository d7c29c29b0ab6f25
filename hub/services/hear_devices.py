"""Remember what devices tell of themselves: when they were heard, with which app, how full their battery is.

Kept in memory and written now and then, many in one transaction: a device tells this with every ping.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from hub.domain.ping import KEPT, Ping
from hub.domain.silence import Silence
from hub.services.judge_pings import Outcome
from hub.store import devices
from hub.store.database import Database
from hub.store.devices import Heard

ROWS_PER_WRITE = 500


class HearDevices:
    """What this process heard since the last writing."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._heard: dict[str, Heard] = {}

    def sent(self, device_id: str, pings: Sequence[Ping | None], outcomes: Sequence[Outcome], now: datetime) -> None:
        """Note what a device's pings told, those that were kept: what comes outside tracking hours leaves no trace."""
        newest: Ping | None = None
        for ping, outcome in zip(pings, outcomes, strict=True):
            if ping is not None and outcome.verdict in KEPT and (newest is None or ping.at >= newest.at):
                newest = ping
        if newest is not None:
            self.heard(device_id, now, battery=newest.battery)

    def heard(self, device_id: str, now: datetime, *, app: str | None = None, battery: float | None = None) -> None:
        """Note that a device was heard; what it did not tell now stays as it was. `battery` goes from 0 to 1."""
        before = self._heard.get(device_id)
        if before is not None:
            app, battery = app or before.app, before.battery if battery is None else battery
        self._heard[device_id] = Heard(device_id, now, app, battery)

    async def silent(self, device_id: str, why: Silence | None, now: datetime) -> None:
        """Remember why a device will be silent, or with None that there is no such reason any more."""
        async with self._database.write() as tx:
            await devices.set_silence(tx, device_id, why, now)

    async def sharing(self, resource_id: str, device_id: str, now: datetime, *, on: bool) -> None:
        """Remember that a technician turned sharing off on a device; turned on again, it is on for all of them.

        While it is off customers see nothing of the technician's place, whichever device sends it.
        """
        async with self._database.write() as tx:
            if on:
                await devices.forget_silence(tx, resource_id, Silence.SHARING_OFF)
            await devices.set_silence(tx, device_id, None if on else Silence.SHARING_OFF, now)

    async def write(self) -> None:
        """Write what was heard; what cannot be written now is written next time."""
        while self._heard:
            some = dict(list(self._heard.items())[:ROWS_PER_WRITE])
            async with self._database.write() as tx:
                await devices.mark_heard(tx, list(some.values()))
            for device_id, written in some.items():
                if self._heard.get(device_id) is written:
                    del self._heard[device_id]
