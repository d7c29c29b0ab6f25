"""Crons and a worker as processes, on real stores: one of several acts, and chores that are due get done once."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from redis import Redis
from sqlalchemy import select

from hub.store.database import Database
from hub.store.job_queue import connect_queue, upkeep_queue
from hub.store.tables import lease
from tests.integration.mail.processes import Processes, processes
from tests.integration.stores import TestValkey
from workers import cron
from workers.cron import ChoreJob, LeasedCron


@pytest.fixture
def procs(tmp_path: Path, database_url: str, own_valkey: TestValkey) -> Iterator[Processes]:
    """Prepare to start processes on a database of each kind and a Valkey of their own, without a mail server."""
    with processes(tmp_path, database_url, own_valkey.url, "") as made:
        yield made


@pytest.fixture
def queue_redis(own_valkey: TestValkey) -> Iterator[Redis]:
    """Connect to RQ's server."""
    client = connect_queue(own_valkey.url)
    yield client
    client.close()


async def _holder(db: Database) -> str | None:
    async with db.read() as tx:
        found: str | None = (await tx.execute(select(lease.c.holder))).scalar_one_or_none()
    return found


async def _until_held_by_another(db: Database, than: str | None) -> str:
    for _ in range(400):
        if (holder := await _holder(db)) not in (None, than):
            return str(holder)
        await asyncio.sleep(0.1)
    raise AssertionError("nobody took the lease")


def _names(queue_redis: Redis) -> list[str]:
    return sorted(job_id.rpartition("-")[0] for job_id in upkeep_queue(queue_redis).get_job_ids())


async def test_of_two_crons_one_enqueues_and_another_takes_over_when_it_is_killed(
    procs: Processes, db: Database, queue_redis: Redis
) -> None:
    started = [procs.start("cron"), procs.start("cron")]
    first = await _until_held_by_another(db, None)
    for _ in range(100):
        if len(_names(queue_redis)) == 5:
            break
        await asyncio.sleep(0.1)
    await asyncio.sleep(1)  # for one that should not
    every = ["day", "durations", "history", "learning", "leftovers", "replan", "scores", "travel"]
    assert _names(queue_redis) == [f"chore-{name}" for name in every]

    holder = next(process for process in started if f"-{process.pid}-" in first)
    await procs.kill(holder)

    second = await _until_held_by_another(db, first)
    (other,) = (process for process in started if process is not holder)
    assert f"-{other.pid}-" in second
    assert await procs.stop(other) == 0
    assert await _holder(db) is None
    assert "Traceback" not in procs.said()


async def test_a_worker_without_a_mail_server_does_what_is_due(
    procs: Processes, queue_redis: Redis, own_valkey: TestValkey
) -> None:
    started = [procs.start("cron"), procs.start("worker")]

    for _ in range(300):
        told: Any = queue_redis.hkeys("hub:{0}:upkeep")
        if sum(name.startswith(b"at:") for name in told) == 8:
            break
        await asyncio.sleep(0.1)
    else:
        pytest.fail(procs.said())

    assert upkeep_queue(queue_redis).failed_job_registry.count == 0
    for process in started:
        assert await procs.stop(process) == 0
    assert "Traceback" not in procs.said()


async def test_both_wait_for_a_queue_that_is_away(procs: Processes, own_valkey: TestValkey, queue_redis: Redis) -> None:
    own_valkey.kill()
    started = [procs.start("cron"), procs.start("worker")]
    for _ in range(200):
        if "job queue away" in procs.said():
            break
        await asyncio.sleep(0.1)

    own_valkey.start()

    for _ in range(300):
        if queue_redis.exists("hub:{0}:upkeep"):
            break
        await asyncio.sleep(0.1)
    else:
        pytest.fail(procs.said())
    assert [await procs.stop(process) for process in started] == [0, 0]


def test_the_job_of_one_moment_is_enqueued_once_over_all_crons(
    queue_redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time, "time", lambda: 1_795_442_705.0)
    for _ in range(3):  # each believes that it holds the lease
        LeasedCron(queue_redis, {"travel": 60, "history": 60}, lambda: True).enqueue_jobs()

    assert _names(queue_redis) == ["chore-history", "chore-travel"]


def test_without_the_lease_nothing_is_enqueued_and_the_wait_is_short_but_no_rush(queue_redis: Redis) -> None:
    holds = True
    scheduler = LeasedCron(queue_redis, {"travel": 1}, lambda: holds)
    assert len(scheduler.enqueue_jobs()) == 1

    holds = False
    time.sleep(1.1)
    assert scheduler.enqueue_jobs() == []
    assert scheduler.calculate_sleep_interval() == cron.LOOK_EVERY_S


def test_where_nobody_works_jobs_do_not_pile_up(queue_redis: Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    job = ChoreJob("travel", 60)
    for number in range(50):
        monkeypatch.setattr(time, "time", lambda number=number: 1_795_442_705.0 + 60 * number)
        job.enqueue(queue_redis)

    assert upkeep_queue(queue_redis).count == cron.MOST_WAITING
