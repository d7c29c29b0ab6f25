"""The ping stream as a recorder reads it: in a consumer group, trimmed only behind what was recorded."""

from __future__ import annotations

import contextlib
from typing import Any

import msgspec
import structlog
from redis.asyncio import Redis
from redis.exceptions import ResponseError

from hub.store.ping_store import KeptPing, read_entry
from hub.store.redis_client import key

STREAM = key("pings")
GROUP = "recorder"
ENTRIES_PER_READ = 50
WAIT_MS = 1_000
ABANDONED_MS = 30_000
"""Entries that another recorder took and did not finish for so long are taken over."""

log = structlog.get_logger()


class Entry(msgspec.Struct, frozen=True):
    """One commit's kept pings."""

    id: bytes
    pings: list[KeptPing]


class PingStream:
    """One recorder's view of the stream."""

    def __init__(self, redis: Redis, consumer: str, abandoned_ms: int = ABANDONED_MS) -> None:
        """Read as `consumer`, a name that stays the same over restarts: then its own open entries come first."""
        self._redis, self._consumer, self._abandoned_ms = redis, consumer, abandoned_ms
        self._own_open = "0"

    async def prepare(self) -> None:
        """Make the consumer group unless it is there."""
        with contextlib.suppress(ResponseError):  # BUSYGROUP: another recorder made it
            await self._redis.xgroup_create(STREAM, GROUP, id="0", mkstream=True)

    async def read(self) -> list[Entry]:
        """Take the next entries: own unfinished ones, then abandoned ones, then new ones, waiting up to 1 s."""
        try:
            return await self._open() or await self._abandoned() or await self._new()
        except ResponseError as fault:
            if "NOGROUP" not in str(fault):
                raise
            await self.prepare()  # the store came back empty
            return []

    def start_over(self) -> None:
        """Read own unfinished entries first again: after a failure there may be some, even ones never seen here."""
        self._own_open = "0"

    async def done(self, entries: list[Entry]) -> None:
        """Acknowledge recorded entries and remove them from the stream."""
        if not entries:
            return
        ids = [entry.id for entry in entries]
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.xack(STREAM, GROUP, *ids)
            pipe.xdel(STREAM, *ids)
            await pipe.execute()

    async def length(self) -> int:
        """Count the entries that wait to be recorded."""
        return int(await self._redis.xlen(STREAM))

    async def _open(self) -> list[Entry]:
        """After a start, what this consumer had taken before and not finished; nothing from then on."""
        if not self._own_open:
            return []
        found = await self._read_group(self._own_open, block_ms=None)
        self._own_open = found[-1].id.decode() if found else ""
        return found

    async def _abandoned(self) -> list[Entry]:
        answer = await self._redis.xautoclaim(
            STREAM, GROUP, self._consumer, min_idle_time=self._abandoned_ms, count=ENTRIES_PER_READ
        )
        return _entries(answer[1])

    async def _new(self) -> list[Entry]:
        return await self._read_group(">", block_ms=WAIT_MS)

    async def _read_group(self, after: str, block_ms: int | None) -> list[Entry]:
        answer: Any = await self._redis.xreadgroup(
            GROUP, self._consumer, {STREAM: after}, count=ENTRIES_PER_READ, block=block_ms
        )
        return _entries([entry for entries in answer[STREAM.encode()] for entry in entries]) if answer else []


def _entries(raw: Any) -> list[Entry]:
    """Decode entries, pairs of id and fields; one that was removed meanwhile has no fields."""
    return [Entry(entry_id, _read_pings(entry_id, fields)) for entry_id, fields in raw if fields]


def _read_pings(entry_id: bytes, fields: dict[bytes, bytes]) -> list[KeptPing]:
    """Decode one entry; one that is not ours holds nothing, and must not stop the recording of the others."""
    try:
        return read_entry(fields)
    except (msgspec.DecodeError, KeyError, ValueError, IndexError) as fault:
        log.error("foreign entry in the ping stream", entry=entry_id.decode(), fault=str(fault))
        return []
