"""What became of mails, counted over all workers since the store was set up."""

from __future__ import annotations

from collections.abc import Mapping

from redis.asyncio import Redis

from hub.store.redis_client import key

KEY = key("mails")
RESULTS = ("sent", "retried", "failed", "skipped")


class MailCounts:
    """Workers have no `/metrics` of their own, so web processes tell for them."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def add(self, counts: Mapping[str, int]) -> None:
        """Add what a batch came to, by result. Raises `redis.RedisError` where the store is away."""
        async with self._redis.pipeline(transaction=False) as pipe:
            for result, number in counts.items():
                pipe.hincrby(KEY, result, number)
            await pipe.execute()

    async def read(self) -> dict[str, int]:
        """Read all counts. Raises `redis.RedisError` where the store is away."""
        found = await self._redis.hgetall(KEY)
        return {result: int(found.get(result.encode(), 0)) for result in RESULTS}
