"""A row of the outbox arrives at an SMTP server, through relay, RQ and worker."""

from __future__ import annotations

import time

from hub.store.database import Database
from hub.store.outbox_bell import OutboxBell
from hub.store.redis_client import connect_redis
from tests.integration.commands.launched import tell
from tests.integration.mail.messages import build_messages, read_message, until_settled
from tests.integration.mail.processes import Processes
from tests.integration.mail.server import MailServer
from tests.integration.stores import TestValkey


async def test_a_message_becomes_a_mail_and_is_marked(db: Database, procs: Processes, smtp: MailServer) -> None:
    procs.start("relay")
    procs.start("worker")
    (message_id,) = await build_messages(db, 1)

    await smtp.until(1)

    (mail,) = smtp.received
    assert mail.recipients == ["aino@example.org"]
    assert mail.message_id == f"<{message_id}@visit.example>"
    assert "https://visit.example/v/" in mail.message.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    await until_settled(db)
    marked = await read_message(db, message_id)
    assert (marked.state, marked.attempts, marked.leased_until, marked.last_error) == ("sent", 1, None, None)
    assert marked.sent_at is not None


async def test_a_ring_brings_a_mail_out_at_once(
    db: Database, procs: Processes, smtp: MailServer, own_valkey: TestValkey
) -> None:
    procs.start("relay")
    procs.start("worker")
    await build_messages(db, 1)
    await smtp.until(1)  # both are up
    redis = connect_redis(own_valkey.url)
    began_s = time.monotonic()
    await build_messages(db, 1)
    await OutboxBell(redis).ring()
    await smtp.until(2)
    tell(f"from the commit to the mail: {(time.monotonic() - began_s) * 1000:.0f} ms")
    await redis.aclose()


async def test_both_end_when_asked(db: Database, procs: Processes, smtp: MailServer) -> None:
    relay, worker = procs.start("relay"), procs.start("worker")
    await build_messages(db, 3)
    await smtp.until(3)
    assert await procs.stop(relay) == 0
    assert await procs.stop(worker) == 0
    assert "Traceback" not in procs.said()
