"""RQ's queues: of mails, as the relay sees it, and of upkeep. Rows are the truth; a job only says: work on these."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta

from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from rq import Queue
from rq.exceptions import DuplicateJobError
from rq.serializers import JSONSerializer

from hub.store.redis_client import TIMEOUT_S

QUEUE = "hub-mail"
UPKEEP_QUEUE = "hub-upkeep"
JOB = "workers.jobs.deliver_messages"
LONGEST_JOB_S = 900
"""How long a batch may take: 20 mails at 12 s each, and then some."""
KEEP_FAILED_S = 86_400
"""How long RQ keeps what it knows of a job that failed; the rows know more."""


def connect_queue(url: str) -> Redis:
    """Make the client that RQ wants, which blocks; nothing is retried here. Reads may take as long as RQ says."""
    return Redis.from_url(url, socket_timeout=TIMEOUT_S, socket_connect_timeout=TIMEOUT_S, retry=Retry(NoBackoff(), 0))


def mail_queue(redis: Redis) -> Queue:
    """Name the queue; jobs are JSON, so that nobody who can write there can run code of their own."""
    return Queue(QUEUE, connection=redis, serializer=JSONSerializer)


def upkeep_queue(redis: Redis) -> Queue:
    """Name the queue of chores."""
    return Queue(UPKEEP_QUEUE, connection=redis, serializer=JSONSerializer)


class JobQueue:
    """Enqueues without blocking the loop. Raises `redis.RedisError` where the store is away."""

    def __init__(self, redis: Redis) -> None:
        self._queue = mail_queue(redis)

    async def ahead(self) -> int:
        """Count the jobs that nobody has begun."""
        return await asyncio.to_thread(lambda: self._queue.count)

    async def enqueue(self, ids: Sequence[str], lease: datetime, lasts: timedelta) -> None:
        """Enqueue a batch claimed under `lease`, once: its id follows from both, so doing it again changes nothing."""
        await asyncio.to_thread(self._enqueue, ids, lease, lasts)

    def _enqueue(self, ids: Sequence[str], lease: datetime, lasts: timedelta) -> None:
        with contextlib.suppress(DuplicateJobError):  # it arrived the first time, although we did not hear so
            self._queue.enqueue_call(
                JOB,
                args=(list(ids), lease.isoformat()),
                job_id=job_id(ids, lease),
                unique=True,
                timeout=LONGEST_JOB_S,
                ttl=max(1, int(lasts.total_seconds()) * 2),  # by then the lease has run out and others have the rows
                result_ttl=0,
                failure_ttl=KEEP_FAILED_S,
                description=f"{len(ids)} messages",
            )


def job_id(ids: Sequence[str], lease: datetime) -> str:
    """Name the job of a batch."""
    named = ",".join([lease.isoformat(), *ids])
    return f"mail-{hashlib.sha256(named.encode()).hexdigest()[:32]}"
