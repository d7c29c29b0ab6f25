"""How many live maps of each visit are open, written down by every web process for all others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from redis.asyncio import Redis

from hub.store.redis_client import key

KEEP_S = 10
"""How long a process's counts outlive it where it died without a goodbye."""
_PROCESSES = key("audience")


class AudienceCounts:
    """One hash a process, with its own expiry: no clock of anybody's is compared."""

    def __init__(self, redis: Redis, process: str) -> None:
        """Write as `process`, a name that no other process has."""
        self._redis, self._process = redis, process

    async def write(self, watchers: Mapping[str, int]) -> None:
        """Replace this process's counts by visit. Raises `redis.RedisError` where the store is away."""
        own = _counts_of(self._process)
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.delete(own)
            if watchers:
                pipe.hset(own, mapping={visit_id: str(count) for visit_id, count in watchers.items()})
                pipe.expire(own, KEEP_S)
                pipe.sadd(_PROCESSES, self._process)
            else:
                pipe.srem(_PROCESSES, self._process)
            await pipe.execute()

    async def others(self) -> list[str]:
        """Name the other processes with counts, and forget those that died. Raises `redis.RedisError`."""
        found = await self._redis.smembers(_PROCESSES)
        named = [name.decode() if isinstance(name, bytes) else name for name in found]
        others = [name for name in named if name != self._process]
        async with self._redis.pipeline(transaction=False) as pipe:
            for name in others:
                pipe.exists(_counts_of(name))
            alive = await pipe.execute()
        if dead := [name for name, lives in zip(others, alive, strict=True) if not lives]:
            await self._redis.srem(_PROCESSES, *dead)  # one that only fell behind names itself again
        return [name for name, lives in zip(others, alive, strict=True) if lives]

    async def visits_of(self, processes: Iterable[str]) -> set[str]:
        """Name the visits that these processes have open, also those that nobody looks at just now."""
        async with self._redis.pipeline(transaction=False) as pipe:
            for name in processes:
                pipe.hkeys(_counts_of(name))
            return {visit_id.decode() for visits in await pipe.execute() for visit_id in visits}

    async def of_visit(self, visit_id: str, processes: Iterable[str]) -> int:
        """Add up what these processes count for a visit. Raises `redis.RedisError` where the store is away."""
        async with self._redis.pipeline(transaction=False) as pipe:
            for name in processes:
                pipe.hget(_counts_of(name), visit_id)
            return sum(int(count or 0) for count in await pipe.execute())


def _counts_of(process: str) -> str:
    return key("audience", process)
