"""The bell of the outbox: who wrote a message rings, and a relay that waits looks at once."""

from __future__ import annotations

import asyncio

import structlog
from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.exceptions import RedisError

from hub.store.redis_client import key

CHANNEL = key("outbox")

log = structlog.get_logger()


class OutboxBell:
    """Only saves time: the rows are the truth, and a relay looks at them now and then without any ring."""

    def __init__(self, redis: Redis) -> None:
        """Use `redis` for ringing, or for one long subscription."""
        self._redis = redis
        self._subscription: PubSub | None = None
        self._asked = False

    async def ring(self) -> None:
        """Say that there are new messages, after their commit. Raises `redis.RedisError` where the store is away."""
        await self._redis.publish(CHANNEL, b"")

    async def wait(self, up_to_s: float) -> bool:
        """Wait for a ring, at most so many seconds; tell whether it rang, or may have while nobody listened.

        Rings between two waits are not lost. While the store is away this just takes its time.
        """
        ends_s = asyncio.get_running_loop().time() + up_to_s
        try:
            if self._subscription is None:
                await self._subscribe()
                return True
            return await self._rang(self._subscription, up_to_s)
        except (RedisError, OSError) as fault:
            log.warning("outbox bell lost", fault=str(fault))
            await self.close()
            await asyncio.sleep(max(0.0, ends_s - asyncio.get_running_loop().time()))
            return False

    async def close(self) -> None:
        """End the subscription."""
        subscription, self._subscription = self._subscription, None
        if subscription is not None:
            await subscription.aclose()  # type: ignore[no-untyped-call]

    async def _subscribe(self) -> None:
        subscription = self._redis.pubsub(ignore_subscribe_messages=True)
        try:
            await subscription.subscribe(CHANNEL)
        except BaseException:
            await subscription.aclose()  # type: ignore[no-untyped-call]
            raise
        self._subscription, self._asked = subscription, False

    async def _rang(self, subscription: PubSub, up_to_s: float) -> bool:
        """Hear what the store says; one that did not even answer the last question is lost."""
        rang = heard = False
        loop = asyncio.get_running_loop()
        ends_s = loop.time() + up_to_s
        while not rang and (left_s := ends_s - loop.time()) > 0:
            message = await subscription.get_message(timeout=left_s)
            heard = heard or message is not None
            rang = message is not None and message["type"] == "message"
        while rang and await subscription.get_message(timeout=0):
            pass  # one look serves all rings
        if self._asked and not heard:
            raise OSError("the outbox bell is silent")
        if not heard:
            await subscription.ping()
        self._asked = not heard
        return rang
