"""Take pings in: judge them, commit them with everybody else's in few round trips, answer each with its verdict."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import msgspec

from hub.clock import Clock
from hub.domain.ping import Ping, Reason, Verdict
from hub.services.authenticate import DeviceIdentity
from hub.services.commit_lane import CommitLane, NotesDevices
from hub.services.follow_journeys import Journeys
from hub.services.judge_pings import Answer, Batch, Outcome, Rules, StoreAway
from hub.store.ping_store import PingStore

LANES = 2
"""Commits under way at a time: while the store works on one, the next is judged. No technician is in two of them."""


class IngestPings:
    """Judges in this process; each technician's pings go the same way, one commit after the other."""

    def __init__(
        self,
        store: PingStore,
        journeys: Journeys,
        devices: NotesDevices,
        rules: Rules,
        clock: Clock,
    ) -> None:
        self._lanes = [CommitLane(store, journeys, devices, rules, clock) for _ in range(LANES)]

    async def ingest(self, device: DeviceIdentity, pings: Sequence[Ping | None], timeout_s: float) -> list[Outcome]:
        """Judge the pings of one device, in order, and return once they are safe. None is a malformed one.

        Raises `StoreAway` when that fails for longer than `timeout_s`; the pings may be sent again.
        """
        if not pings:
            return []
        done: asyncio.Future[list[Outcome] | None] = asyncio.get_running_loop().create_future()
        self.submit(device, pings, timeout_s, lambda outcomes: None if done.done() else done.set_result(outcomes))
        outcomes = await done
        if outcomes is None:
            raise StoreAway
        return outcomes

    def submit(self, device: DeviceIdentity, pings: Sequence[Ping | None], timeout_s: float, answer: Answer) -> None:
        """Take pings without waiting; `answer` is called later, for each device in the order of its pings."""
        deadline_s = asyncio.get_running_loop().time() + timeout_s
        batch = Batch(device.device_id, device.resource_id, pings, answer, deadline_s)
        self._lanes[hash(device.resource_id) % LANES].add(batch)

    async def run(self) -> None:
        """Commit what arrives, for ever; raises what any of the lanes raises."""
        async with asyncio.TaskGroup() as lanes:
            for lane in self._lanes:
                lanes.create_task(lane.run())


def others(outcomes: Sequence[Outcome]) -> list[Other]:
    """List the pings of a frame or request that were not simply accepted."""
    return [
        Other(index=index, verdict=outcome.verdict, reasons=outcome.reasons)
        for index, outcome in enumerate(outcomes)
        if outcome.verdict is not Verdict.ACCEPTED
    ]


class Other(msgspec.Struct, frozen=True, kw_only=True):
    """A ping that was not simply accepted."""

    index: int
    verdict: Verdict
    reasons: tuple[Reason, ...]
