"""`cron`: RQ's scheduler, of which several may run: a lease row in SQL says whose jobs are enqueued."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from types import FrameType

import structlog
from redis import Redis
from redis.exceptions import RedisError
from rq.cron import CronJob, CronScheduler
from rq.exceptions import DuplicateJobError, StopRequested
from rq.job import Job
from sqlalchemy.exc import SQLAlchemyError

from hub.clock import system_clock
from hub.settings import Settings
from hub.store import leases
from hub.store.database import Database
from hub.store.job_queue import KEEP_FAILED_S, UPKEEP_QUEUE, connect_queue, upkeep_queue
from workers.chores import timetable
from workers.loop_thread import LoopThread

JOB = "workers.jobs.do_chore"
LEASE = "cron"
LEASE_FOR = timedelta(seconds=20)
"""So long after its holder died, another one takes over."""
LOOK_EVERY_S = 5.0
"""Between two looks whether the lease is ours, and whether something is due."""
LONGEST_JOB_S = 120
MOST_WAITING = 10
"""Where so many jobs wait, nobody works: more of them would only wait as well."""
PAUSE_S = 1.0
"""Between two tries while RQ's store is away."""

log = structlog.get_logger()


class ChoreJob(CronJob):
    """A chore and when it is due. RQ's own would enqueue pickles, and the same moment's job once per scheduler."""

    def __init__(self, name: str, every_s: int) -> None:
        super().__init__(UPKEEP_QUEUE, func_name=JOB, name=name, args=(name,), interval=every_s)
        self.every_s = every_s

    def enqueue(self, connection: Redis) -> Job | None:  # type: ignore[override]  # nobody uses the answer
        """Enqueue the job of this stretch of time, once over all schedulers."""
        queue = upkeep_queue(connection)
        if queue.count >= MOST_WAITING:
            log.warning("chore not enqueued, others wait for a worker", chore=self.name)
            return None
        with contextlib.suppress(DuplicateJobError):
            return queue.enqueue_call(
                JOB,
                args=self.args,
                job_id=f"chore-{self.name}-{int(time.time()) // self.every_s}",
                unique=True,
                timeout=LONGEST_JOB_S,
                ttl=max(60, self.every_s),
                result_ttl=self.every_s,  # until then the job's name is taken
                failure_ttl=KEEP_FAILED_S,
                description=f"chore {self.name}",
            )
        return None


class LeasedCron(CronScheduler):
    """RQ's scheduler that enqueues only while it holds the lease."""

    stopped = False

    def __init__(self, connection: Redis, chores: Mapping[str, int], holds: Callable[[], bool]) -> None:
        """Take what to do after how many seconds, and how to get or keep the lease."""
        super().__init__(connection, logging_level="WARNING")
        self._holds, self._holding = holds, False
        self._cron_jobs = [ChoreJob(name, every_s) for name, every_s in chores.items()]

    def enqueue_jobs(self) -> list[CronJob]:
        """Enqueue what is due, if that is ours to do."""
        self._holding = self._holds()
        return super().enqueue_jobs() if self._holding else []

    def calculate_sleep_interval(self) -> float:
        """Sleep until something is due, but look after the lease meanwhile."""
        return min(super().calculate_sleep_interval(), LOOK_EVERY_S) if self._holding else LOOK_EVERY_S

    def _request_stop(self, signum: int, frame: FrameType | None) -> None:
        type(self).stopped = True
        super()._request_stop(signum, frame)  # type: ignore[no-untyped-call]


class CronLease:
    """The lease as one process sees it."""

    def __init__(self, database: Database, loop: LoopThread, holder: str) -> None:
        self._database, self._loop, self._holder = database, loop, holder

    def hold(self) -> bool:
        """Take or keep the lease; tell whether it is ours. Without the database it is nobody's."""
        try:
            return self._loop.run(self._take())
        except (SQLAlchemyError, OSError) as fault:
            log.warning("cron knows no lease, tries again", fault=f"{type(fault).__name__}: {fault}")
            return False

    def give_back(self) -> None:
        """Let another one take over at once."""
        with contextlib.suppress(SQLAlchemyError, OSError):
            self._loop.run(self._give_back())

    async def _take(self) -> bool:
        now = system_clock()
        async with self._database.write() as tx:
            return await leases.take(tx, LEASE, self._holder, now=now, until=now + LEASE_FOR)

    async def _give_back(self) -> None:
        async with self._database.write() as tx:
            await leases.give_back(tx, LEASE, self._holder)


def run_cron(settings: Settings) -> None:
    """Enqueue what is due until SIGTERM or SIGINT."""
    for number in (signal.SIGINT, signal.SIGTERM):  # RQ's own take their place while it runs
        signal.signal(number, lambda *_: sys.exit(0))
    database = Database.open(settings.database_url)
    with LoopThread() as loop:
        lease = CronLease(database, loop, f"{socket.gethostname()}-{os.getpid()}-{time.monotonic_ns()}")
        try:
            with contextlib.suppress(StopRequested):
                schedule(settings.queue_url or settings.redis_url, timetable(settings), lease.hold)
        finally:
            lease.give_back()
            loop.run(database.close())


def schedule(queue_url: str, chores: Mapping[str, int], holds: Callable[[], bool]) -> None:
    """Schedule until told to stop. RQ's scheduler ends at faults of its store; another one takes its place."""
    while not LeasedCron.stopped:
        redis = connect_queue(queue_url)
        try:
            LeasedCron(redis, chores, holds).start()  # type: ignore[no-untyped-call]
        except (RedisError, OSError) as fault:
            log.warning("job queue away, tries again", fault=f"{type(fault).__name__}: {fault}")
            time.sleep(PAUSE_S)
        finally:
            with contextlib.suppress(RedisError, OSError):
                redis.close()
