"""Live positions of many technicians, as the judging states in Valkey hold them."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from redis.asyncio import Redis
from redis.exceptions import RedisError

from hub.domain.ping import Ping
from hub.domain.ping_filter import PingState
from hub.store.redis_client import key

_read_state = msgspec.json.Decoder(PingState).decode


class LivePositions:
    """Reads them all at once."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def of(self, resource_ids: Sequence[str]) -> dict[str, Ping] | None:
        """Read the live positions of those who have one, by resource; None while the store is away."""
        if not resource_ids:
            return {}
        try:
            states = await self._redis.hmget(key("states"), list(resource_ids))
        except (RedisError, OSError):
            return None
        found = zip(resource_ids, states, strict=True)
        shown = {resource_id: _read_state(state).shown for resource_id, state in found if state}
        return {resource_id: ping for resource_id, ping in shown.items() if ping is not None}
