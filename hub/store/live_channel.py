"""The live channel: what one process learns about a visit, all processes hear, numbered per visit."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Literal

import msgspec
import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from hub.store.redis_client import key

CHANNEL = key("live")
SCRIPT = (Path(__file__).parent / "tell_visit.lua").read_text()
LONGEST_PAUSE_S = 1.0
"""Between two tries to listen again. Short, since watchers see nothing new meanwhile."""

log = structlog.get_logger()

Kind = Literal["position", "route", "changed"]


class Told(msgspec.Struct, frozen=True, array_like=True):
    """One message about one visit."""

    visit_id: str
    seq: int
    kind: Kind
    body: str
    """JSON object without `type` and `seq`; empty where listeners read the facts themselves."""


class Interrupted(msgspec.Struct, frozen=True):
    """Listening was interrupted and goes on: anything may have been missed."""


_read = msgspec.msgpack.Decoder(list[Told]).decode


class LiveChannel:
    """Publishes to and listens on the one channel of a shard."""

    def __init__(self, redis: Redis) -> None:
        """Use `redis` for publishing and for one long subscription."""
        self._redis = redis
        self._script = redis.register_script(SCRIPT)
        self.listening = False

    async def tell(self, visit_id: str, kind: Kind, body: bytes = b"") -> None:
        """Number a message and publish it. Raises `redis.RedisError` where the store is away."""
        await self._script(args=[key(""), CHANNEL, visit_id, kind, body])

    async def own_seq(self, visit_id: str, after: int) -> int:
        """Take a number for a message that only this process's watchers hear.

        While the store is away it is the one after `after`: below all that the store will give later.
        """
        try:
            return int(await self._script(args=[key(""), "", visit_id, "", b""]))
        except (RedisError, OSError):
            return after + 1

    async def listen(self) -> AsyncIterator[list[Told] | Interrupted]:
        """Yield what is told, for ever; `Interrupted` after each time the subscription was (re)made."""
        pause_s = 0.05
        while True:
            try:
                async with self._redis.pubsub(ignore_subscribe_messages=True) as subscription:
                    await subscription.subscribe(CHANNEL)
                    await subscription.get_message(ignore_subscribe_messages=False, timeout=2.0)
                    self.listening, pause_s = True, 0.05
                    yield Interrupted()
                    async for message in subscription.listen():
                        yield _read(message["data"])
            except (RedisError, OSError) as fault:
                log.warning("live channel lost", fault=str(fault))
            finally:
                self.listening = False
            await asyncio.sleep(pause_s * random.uniform(0.5, 1.5))  # noqa: S311 - spreads load, hides nothing
            pause_s = min(LONGEST_PAUSE_S, pause_s * 2)
