"""Connect to Valkey or Redis."""

from __future__ import annotations

from redis.asyncio import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

TIMEOUT_S = 2.0
"""How long one command may take. The store is near; whatever takes longer is as good as away."""
SHARD = "{0}"
"""The hash tag that keeps all keys of a shard in one slot. There is one shard by default."""


def connect_redis(url: str) -> Redis:
    """Make a client for `redis://`, `rediss://` or `unix://`; connections open on first use.

    Nothing is retried here: each caller knows better what a failure means.
    """
    return Redis.from_url(
        url,
        socket_timeout=TIMEOUT_S,
        socket_connect_timeout=TIMEOUT_S,
        retry=Retry(NoBackoff(), 0),
        health_check_interval=0,
        protocol=3,
        driver_info=None,  # else each connection looks up redis-py's version, for 2 ms
    )


def key(*parts: str) -> str:
    """Name a key of the hub's."""
    return ":".join(("hub", SHARD, *parts))
