"""Live positions of many technicians, as the judging states in Valkey hold them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec
from redis.asyncio import Redis
from redis.exceptions import RedisError

from hub.domain.live_messages import Eta
from hub.domain.ping import Ping
from hub.domain.ping_filter import PingState
from hub.store.redis_client import key

_read_state = msgspec.json.Decoder(PingState).decode


State = bytes | str
"""A technician's judging state, as the store keeps it."""
AT_ONCE = 1_000
"""States in one answer, about 300 KB: the store does nothing else meanwhile."""


class LivePositions:
    """Reads them all at once."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def states(self, resource_ids: Sequence[str]) -> dict[str, State] | None:
        """Read the judging states of those who have one, as `read_shown` takes them; None while the store is away."""
        found: dict[str, State] = {}
        try:
            for start in range(0, len(resource_ids), AT_ONCE):
                some = resource_ids[start : start + AT_ONCE]
                states = await self._redis.hmget(key("states"), list(some))
                found.update((id_, state) for id_, state in zip(some, states, strict=True) if state)
        except (RedisError, OSError):
            return None
        return found

    async def of(self, resource_ids: Sequence[str]) -> dict[str, Ping] | None:
        """Read the live positions of those who have one, by resource; None while the store is away."""
        states = await self.states(resource_ids)
        if states is None:
            return None
        shown = {resource_id: read_shown(state) for resource_id, state in states.items()}
        return {resource_id: ping for resource_id, ping in shown.items() if ping is not None}


def read_shown(state: State) -> Ping | None:
    """Read the live position out of a judging state."""
    return _read_state(state).shown


def read_arrival(state: State, booking_id: str, set_off_at: datetime) -> Eta | None:
    """Read out of a judging state which arrival is shown on this way to a visit."""
    fence = _read_state(state).fence
    if fence is None or fence.shown is None or (fence.booking_id, fence.set_off_at) != (booking_id, set_off_at):
        return None
    return fence.shown.eta
