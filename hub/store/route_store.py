"""Routes of visits under way, shared by all processes through Valkey."""

from __future__ import annotations

import msgspec
from redis.asyncio import Redis

from hub.domain.routing import Route
from hub.store.redis_client import key

KEEP_S = 86_400
"""A visit is under way for less than a day."""
RENEW_AT_MOST_EVERY_S = 10
"""Per visit, over all processes."""

_read = msgspec.json.Decoder(Route).decode


class RouteStore:
    """Remembers one route per visit, and who may renew it."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def load(self, visit_id: str) -> Route | None:
        """Read the route of a visit."""
        stored = await self._redis.get(key("route", visit_id))
        return _read(stored) if stored else None

    async def save(self, visit_id: str, route: Route) -> None:
        """Replace the route of a visit."""
        await self._redis.set(key("route", visit_id), msgspec.json.encode(route), ex=KEEP_S)

    async def may_renew(self, visit_id: str) -> bool:
        """Claim the right to ask the router; False where somebody has just done so."""
        claim = key("renewing", visit_id)
        return bool(await self._redis.set(claim, b"1", nx=True, ex=RENEW_AT_MOST_EVERY_S))
