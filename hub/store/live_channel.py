"""The live channel: what one process learns about a visit, all processes hear, numbered per visit."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator, Iterable
from pathlib import Path
from typing import Any, Literal

import msgspec
import structlog
from redis.asyncio import Redis
from redis.exceptions import ConnectionError as LostConnection
from redis.exceptions import RedisError

from hub.store.command_line import CommandLine, Script
from hub.store.redis_client import TIMEOUT_S, key

CHANNEL = key("live")
SCRIPT = Script((Path(__file__).parent / "tell_visit.lua").read_text())
LONGEST_PAUSE_S = 1.0
"""Between two tries to listen again. Short, since watchers see nothing new meanwhile."""

SILENCE_S = 5.0
"""After so long without a message the subscription is tried, since a lost connection is silent too."""

log = structlog.get_logger()

Heard = asyncio.Queue[list[Any] | None]
Kind = Literal["position", "route", "changed", "watched"]


class Told(msgspec.Struct, frozen=True, array_like=True):
    """One message about one visit."""

    visit_id: str
    seq: int
    kind: Kind
    body: str
    """JSON object without `type` and `seq`; empty where listeners read the facts themselves."""


class Interrupted(msgspec.Struct, frozen=True):
    """Listening was interrupted and goes on: anything may have been missed."""


Message = tuple[str, Kind, str]
"""A visit, the kind of message and its body, before it is numbered."""

pack_messages = msgspec.msgpack.Encoder().encode
"""Pack the messages of each of some groups, as listeners read them."""
_unpack_messages = msgspec.msgpack.Decoder(list[list[Message]]).decode


def read_messages(data: bytes) -> list[Told]:
    """Decode what is published: the first number, the groups to leave out, a line's end, the messages by group.

    Raises `msgspec.DecodeError` or ValueError where it is something else.
    """
    head, _, packed = data.partition(b"\n")
    first, left_out = head.split(b" ")
    groups = _unpack_messages(packed)
    for index in left_out.split(b",") if left_out else ():
        groups[int(index)].clear()
    messages = (message for group in groups for message in group)
    return [Told(visit_id, seq, kind, body) for seq, (visit_id, kind, body) in enumerate(messages, int(first))]


class LiveChannel:
    """Publishes to and listens on the one channel of a shard."""

    def __init__(self, redis: Redis) -> None:
        """Use `redis` for publishing and for one long subscription."""
        self._redis, self._line = redis, CommandLine(redis)
        self.listening = False
        self._newest_seq = 0

    async def tell(self, visit_id: str, kind: Kind, body: bytes = b"") -> None:
        """Number a message and publish it. Raises `redis.RedisError` where the store is away."""
        await self._publish([(visit_id, kind, body.decode())])

    async def announce(self, visit_ids: Iterable[str]) -> None:
        """Tell all processes that these visits are watched. Raises `redis.RedisError` where the store is away."""
        await self._publish([(visit_id, "watched", "") for visit_id in visit_ids])

    async def own_seq(self, visit_id: str, after: int) -> int:
        """Take a number for a message that only this process's watchers hear.

        While the store is away it is made here by the store's rule, `max(last + 1, milliseconds)`, so that it is
        above all that watchers have seen.
        """
        try:
            self._newest_seq = int(await self._line.run(SCRIPT, key(""), "", b""))
        except (RedisError, OSError):
            self._newest_seq = max(self._newest_seq + 1, after + 1, time.time_ns() // 1_000_000)
        return self._newest_seq

    async def listen(self) -> AsyncIterator[list[Told] | Interrupted]:
        """Yield what is told, for ever; `Interrupted` after each time the subscription was (re)made."""
        pause_s = 0.05
        while True:
            heard: Heard = asyncio.Queue()
            line = CommandLine(self._redis, hear=heard.put_nowait)
            try:
                await line.say("SUBSCRIBE", CHANNEL)
                await _next(heard, TIMEOUT_S)  # the subscription stands
                self.listening, pause_s = True, 0.05
                yield Interrupted()
                async for data in _messages(line, heard):
                    if told := self._read(data):
                        yield told
            except (RedisError, OSError) as fault:
                log.warning("live channel lost", fault=str(fault))
            finally:
                self.listening = False
                await line.close()
            await asyncio.sleep(pause_s * random.uniform(0.5, 1.5))  # noqa: S311 - spreads load, hides nothing
            pause_s = min(LONGEST_PAUSE_S, pause_s * 2)

    async def _publish(self, messages: list[Message]) -> None:
        await self._line.run(SCRIPT, key(""), CHANNEL, pack_messages([messages]))

    def _read(self, data: bytes) -> list[Told]:
        """Decode a message; nothing where it is not one of ours."""
        try:
            told = read_messages(data)
        except (msgspec.DecodeError, ValueError, IndexError) as fault:
            log.warning("foreign message on the live channel", fault=str(fault))
            return []
        if told:
            self._newest_seq = max(self._newest_seq, told[-1].seq)
        return told


async def _messages(line: CommandLine, heard: Heard) -> AsyncIterator[bytes]:
    """Yield what is published; raises a `RedisError` or OSError when the connection is lost, also silently."""
    while True:
        try:
            words = await _next(heard, SILENCE_S)
        except TimeoutError:
            await line.ask("PING")
            continue
        if words[0] == b"message":
            yield words[2]


async def _next(heard: Heard, within_s: float) -> list[Any]:
    """Wait for what the store says next. Raises TimeoutError, which is an OSError, and `redis.ConnectionError`."""
    async with asyncio.timeout(within_s):
        words = await heard.get()
    if words is None:
        raise LostConnection("Valkey closed the live channel")
    return words
