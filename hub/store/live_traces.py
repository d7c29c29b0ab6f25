"""What Valkey knows of one technician, and its removal: state, ping keys, routes, pings that wait to be recorded."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from redis.asyncio import Redis
from redis.exceptions import ResponseError

from hub.store.ping_store import encode_entry, join_entries, read_entry
from hub.store.ping_stream import GROUP, STREAM
from hub.store.redis_client import key

ENTRIES_PER_READ = 100

Raw = tuple[bytes, Mapping[bytes, bytes]]


class LiveTraces:
    """Removes traces while web processes and recorders go on. Raises `redis.RedisError` where the store is away."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def remove(self, resource_id: str, device_ids: Iterable[str], booking_ids: Iterable[str]) -> bool:
        """Remove all; tell whether a recorder had taken some of it already, and may be about to write it down.

        A web process that has the judging state in memory cannot bring it back: it commits on a version, which is gone.
        """
        keys = [key("seen", device_id, part) for device_id in device_ids for part in ("new", "old")]
        keys += [key("route", booking_id) for booking_id in booking_ids]
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.hdel(key("versions"), resource_id)
            pipe.hdel(key("states"), resource_id)
            if keys:
                pipe.delete(*keys)
            await pipe.execute()
        taken = False
        for entry_id, fields in await self._entries_of(resource_id):
            taken |= await self._is_taken(entry_id)
            await self._replace(entry_id, fields, resource_id)
        return taken

    async def any_left(self, resource_id: str) -> bool:
        """Tell whether there is something of the technician."""
        return bool(await self._redis.hexists(key("versions"), resource_id)) or bool(
            await self._entries_of(resource_id)
        )

    async def forget_on_disk(self) -> None:
        """Have the store write its file anew, without what was removed; one that won't does so later by itself."""
        with contextlib.suppress(ResponseError):
            await self._redis.bgrewriteaof()

    async def _entries_of(self, resource_id: str) -> list[Raw]:
        found: list[Raw] = []
        after = "-"
        while entries := await self._read(after):
            found += [(entry_id, fields) for entry_id, fields in entries if _is_of(fields, resource_id)]
            after = "(" + entries[-1][0].decode()
        return found

    async def _read(self, after: str) -> list[Raw]:
        entries: Any = await self._redis.xrange(STREAM, min=after, count=ENTRIES_PER_READ)
        return list(entries)

    async def _is_taken(self, entry_id: bytes) -> bool:
        try:
            return bool(await self._redis.xpending_range(STREAM, GROUP, min=entry_id, max=entry_id, count=1))
        except ResponseError:  # there is no group: nobody has recorded yet
            return False

    async def _replace(self, entry_id: bytes, fields: Mapping[bytes, bytes], resource_id: str) -> None:
        """Put an entry without the technician's pings in its place; who has the others already records them once."""
        others = [kept for kept in read_entry(fields) if kept.resource_id != resource_id]
        async with self._redis.pipeline(transaction=True) as pipe:
            if others:
                pipe.xadd(STREAM, {"p": join_entries([encode_entry(others)])})
            pipe.xack(STREAM, GROUP, entry_id)
            pipe.xdel(STREAM, entry_id)
            await pipe.execute()


def _is_of(fields: Mapping[bytes, bytes], resource_id: str) -> bool:
    try:
        return any(kept.resource_id == resource_id for kept in read_entry(fields))
    except (msgspec.DecodeError, KeyError, ValueError, IndexError):
        return False  # not ours
