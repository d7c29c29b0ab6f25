"""From the outbox to RQ's queue, on real stores."""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta

import pytest
from redis import Redis as BlockingRedis
from redis import RedisError
from rq.job import Job
from rq.serializers import JSONSerializer

from hub.services import hold_leases
from hub.services.relay_messages import BATCH, MOST_AHEAD, RelayMessages
from hub.store.database import Database
from hub.store.job_queue import JobQueue, connect_queue, mail_queue
from hub.store.smtp import MAIL_S
from tests.builders import NOW
from tests.fakes import FakeClock
from tests.integration.mail.messages import build_messages, read_message
from tests.integration.stores import TestValkey

LEASE = timedelta(seconds=30)


@pytest.fixture
async def queue_redis(session_valkey: TestValkey) -> AsyncIterator[BlockingRedis]:
    """Connect as RQ does, to an empty Valkey."""
    redis = connect_queue(session_valkey.url)
    redis.flushall()
    yield redis
    redis.close()


def jobs_in(redis: BlockingRedis) -> list[Job]:
    """Read the jobs that wait, oldest first."""
    ids = mail_queue(redis).job_ids
    return [Job.fetch(id_, connection=redis, serializer=JSONSerializer) for id_ in ids]


async def test_due_messages_become_jobs_with_their_ids_and_their_lease(
    db: Database, queue_redis: BlockingRedis
) -> None:
    ids = await build_messages(db, BATCH + 1, now=NOW)
    relay = RelayMessages(db, JobQueue(queue_redis), FakeClock())
    assert [await relay.relay_some() for _ in range(3)] == [BATCH, 1, 0]
    first, second = jobs_in(queue_redis)
    assert list(first.args) == [ids[:BATCH], (NOW + LEASE).isoformat()]
    assert list(second.args) == [ids[BATCH:], (NOW + LEASE).isoformat()]
    assert first.func_name == "workers.jobs.deliver_messages"


async def test_a_job_is_json_and_rq_does_not_retry_it(db: Database, queue_redis: BlockingRedis) -> None:
    (message_id,) = await build_messages(db, 1, now=NOW)
    await RelayMessages(db, JobQueue(queue_redis), FakeClock()).relay_some()
    (job,) = jobs_in(queue_redis)
    data: bytes = queue_redis.hget(job.key, "data")  # type: ignore[assignment]
    assert message_id in zlib.decompress(data).decode()
    assert job.retries_left is None


async def test_what_no_worker_took_is_enqueued_again_when_its_lease_has_run_out(
    db: Database, queue_redis: BlockingRedis
) -> None:
    clock = FakeClock()
    (message_id,) = await build_messages(db, 1, now=NOW)
    relay = RelayMessages(db, JobQueue(queue_redis), clock)
    assert await relay.relay_some() == 1
    clock.advance(29)
    assert await relay.relay_some() == 0
    clock.advance(1)
    assert await relay.relay_some() == 1
    assert len(jobs_in(queue_redis)) == 2
    assert (await read_message(db, message_id)).attempts == 0  # nobody has tried


async def test_the_same_batch_is_enqueued_once(queue_redis: BlockingRedis) -> None:
    queue = JobQueue(queue_redis)
    for _ in range(2):
        await queue.enqueue(["me_1"], NOW, LEASE)
    assert await queue.ahead() == 1


async def test_while_no_worker_works_the_queue_stays_short(db: Database, queue_redis: BlockingRedis) -> None:
    relay = RelayMessages(db, JobQueue(queue_redis), FakeClock())
    for number in range(MOST_AHEAD):
        await JobQueue(queue_redis).enqueue([f"me_{number}"], NOW, LEASE)
    (message_id,) = await build_messages(db, 1, now=NOW)
    assert await relay.relay_some() == 0
    assert (await read_message(db, message_id)).leased_until is None


async def test_without_the_queues_store_nothing_is_claimed(db: Database, own_valkey: TestValkey) -> None:
    redis = connect_queue(own_valkey.url)
    own_valkey.kill()
    (message_id,) = await build_messages(db, 1, now=NOW)
    with pytest.raises(RedisError):
        await RelayMessages(db, JobQueue(redis), FakeClock()).relay_some()
    assert (await read_message(db, message_id)).leased_until is None
    redis.close()
    own_valkey.start()


class LateFault(JobQueue):
    """Loses the connection after the job has arrived."""

    async def enqueue(self, ids: Sequence[str], lease: datetime, lasts: timedelta) -> None:
        """Enqueue, and fail."""
        await super().enqueue(ids, lease, lasts)
        raise RedisError("the answer was lost")


async def test_a_job_that_arrived_although_its_answer_was_lost_holds_nothing(
    db: Database, queue_redis: BlockingRedis
) -> None:
    clock = FakeClock()
    (message_id,) = await build_messages(db, 1, now=NOW)
    with pytest.raises(RedisError):
        await RelayMessages(db, LateFault(queue_redis), clock).relay_some()
    assert (await read_message(db, message_id)).leased_until is None
    clock.advance(0.001)
    assert await RelayMessages(db, JobQueue(queue_redis), clock).relay_some() == 1
    leases = [job.args[1] for job in jobs_in(queue_redis)]
    assert len(set(leases)) == 2  # a worker finds the row under one of them only


def test_a_lease_is_longer_than_a_mail_may_take() -> None:
    assert timedelta(seconds=MAIL_S) < hold_leases.LEASE / 2
