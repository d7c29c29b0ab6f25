"""`worker`: an RQ worker whose jobs run in this process, on one event loop that owns pools and SMTP connections.

Its jobs are chores of upkeep and, where there is a mail server, mails.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import sys
import time
from datetime import timedelta
from types import FrameType

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError
from rq import SimpleWorker
from rq.serializers import JSONSerializer

from hub.clock import system_clock
from hub.services.deliver_messages import DeliverMessages
from hub.services.hold_leases import LEASE
from hub.settings import Settings
from hub.store.database import Database
from hub.store.job_queue import connect_queue, mail_queue, upkeep_queue
from hub.store.mail_counts import MailCounts
from hub.store.redis_client import connect_redis
from hub.store.smtp import SmtpMailer
from hub.store.smtp_url import smtp_server
from hub.store.upkeep_counts import UpkeepCounts
from hub.web.emails.compose import ComposeMail
from hub.web.emails.sender import sender
from workers import jobs
from workers.chores import build_chores
from workers.loop_thread import LoopThread

PAUSE_S = 1.0
"""Between two tries while RQ's store is away."""
SILENT_AFTER_S = 45
"""After so long without a sign the store's list of workers forgets this one. It waits a third of that for a job."""

log = structlog.get_logger()


class MailWorker(SimpleWorker):
    """RQ's worker without its remote commands: their thread would die of the store's first time-out."""

    max_connection_wait_time = 2.0
    stopped = False
    messages: DeliverMessages | None = None

    def subscribe(self) -> None:
        """Listen to nobody."""

    def unsubscribe(self) -> None:
        """Listen to nobody."""

    def request_stop(self, signum: int, frame: FrameType | None) -> None:
        """Finish the mails under way, leave the others of the batch to whoever comes next, and end."""
        type(self).stopped = True
        if self.messages:
            self.messages.stopping = True
        super().request_stop(signum, frame)  # type: ignore[no-untyped-call]


def run_worker(settings: Settings, lease: timedelta = LEASE) -> None:
    """Work until SIGTERM or SIGINT; the mails and the chore under way are finished first."""
    for number in (signal.SIGINT, signal.SIGTERM):  # RQ's own take their place while it works
        signal.signal(number, lambda *_: sys.exit(0))
    database, redis = Database.open(settings.database_url), connect_redis(settings.redis_url)
    messages = _mails(settings, database, redis, lease) if settings.smtp_url else None
    with LoopThread() as loop:
        jobs.prepare(loop, messages)
        jobs.prepare_chores(build_chores(settings, database, redis, system_clock), UpkeepCounts(redis))
        try:
            work(settings.queue_url or settings.redis_url, messages)
        finally:
            loop.run(redis.aclose())
            loop.run(database.close())


def _mails(settings: Settings, database: Database, redis: Redis, lease: timedelta) -> DeliverMessages:
    who = sender(settings.mail_from, settings.public_url)
    return DeliverMessages(
        database,
        settings.secret,
        ComposeMail(who, settings.public_url),
        SmtpMailer(smtp_server(settings.smtp_url), own_name=who.domain),
        MailCounts(redis),
        system_clock,
        lease,
    )


def work(queue_url: str, messages: DeliverMessages | None) -> None:
    """Take jobs until told to stop. RQ's worker ends at some faults of its store; another one takes its place.

    Chores come first, since each ends in seconds; a batch of mails may last minutes.
    """
    while not MailWorker.stopped:
        redis = connect_queue(queue_url)
        try:
            name = f"{socket.gethostname()}-{os.getpid()}-{time.monotonic_ns()}"
            worker = MailWorker(
                [upkeep_queue(redis), *([mail_queue(redis)] if messages else [])],
                name=name,
                connection=redis,
                serializer=JSONSerializer,
                worker_ttl=SILENT_AFTER_S,
                log_job_description=False,
            )
            worker.messages = messages
            worker.work(logging_level="WARNING")
        except (RedisError, OSError) as fault:
            log.warning("job queue away, tries again", fault=f"{type(fault).__name__}: {fault}")
            time.sleep(PAUSE_S)
        finally:
            with contextlib.suppress(RedisError, OSError):
                redis.close()
