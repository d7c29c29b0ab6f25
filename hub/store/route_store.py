"""Routes of visits under way, shared by all processes through Valkey."""

from __future__ import annotations

import msgspec
from redis.asyncio import Redis

from hub.domain.routing import Route
from hub.store.command_line import CommandLine
from hub.store.redis_client import key

KEEP_S = 86_400
"""A visit is under way for less than a day."""
RENEW_AT_MOST_EVERY_S = 10
"""Per visit, over all processes."""

_read = msgspec.json.Decoder(Route).decode


class RouteStore:
    """Remembers one route per visit, and who may renew it."""

    def __init__(self, redis: Redis) -> None:
        self._line = CommandLine(redis)

    async def load(self, visit_id: str) -> Route | None:
        """Read the route of a visit."""
        stored = await self._line.ask("GET", key("route", visit_id))
        return _read(stored) if stored else None

    async def save(self, visit_id: str, route: Route) -> None:
        """Replace the route of a visit."""
        await self._line.ask("SET", key("route", visit_id), msgspec.json.encode(route), "EX", KEEP_S)

    async def may_renew(self, visit_id: str) -> bool:
        """Claim the right to ask the router; False where somebody has just done so."""
        claim = key("renewing", visit_id)
        return bool(await self._line.ask("SET", claim, b"1", "NX", "EX", RENEW_AT_MOST_EVERY_S))
