"""Readiness: the outbox."""

from __future__ import annotations

from datetime import timedelta

import pytest
from prometheus_client import REGISTRY
from redis.asyncio import Redis

from hub.services.background import Background
from hub.services.measure_mails import MeasureMails
from hub.services.readiness import LONGEST_WAIT, Readiness
from hub.store.database import Database
from hub.store.live_channel import LiveChannel
from hub.store.mail_counts import MailCounts
from hub.store.outbox_leases import claim_due, put_back
from tests.builders import NOW
from tests.fakes import FakeClock
from tests.integration.mail.messages import build_messages


@pytest.fixture
def clock() -> FakeClock:
    """Make a clock."""
    return FakeClock()


async def outbox_check(db: Database, redis: Redis, clock: FakeClock | None) -> str:
    """Ask for the check of the outbox."""
    return (await Readiness(db, redis, LiveChannel(redis), Background(), clock).checks())["outbox"]


async def test_a_due_message_that_nobody_tries_turns_it_red(
    db: Database, redis_client: Redis, clock: FakeClock
) -> None:
    assert await outbox_check(db, redis_client, clock) == "ok"
    await build_messages(db, 1, now=NOW)
    clock.advance(LONGEST_WAIT.total_seconds())
    assert await outbox_check(db, redis_client, clock) == "ok"
    clock.advance(1)
    assert "wait" in await outbox_check(db, redis_client, clock)


async def test_a_message_that_is_tried_again_and_again_does_not(
    db: Database, redis_client: Redis, clock: FakeClock
) -> None:
    (message_id,) = await build_messages(db, 1, now=NOW)
    lease = NOW + timedelta(seconds=30)
    async with db.write() as tx:
        await claim_due(tx, now=NOW, lease_until=lease, limit=1)
        await put_back(tx, message_id, lease=lease, due_at=NOW + timedelta(hours=1), error="451")
    clock.advance(3600)
    assert await outbox_check(db, redis_client, clock) == "ok"


async def test_where_no_mails_are_meant_to_go_out_it_is_not_asked(
    db: Database, redis_client: Redis, clock: FakeClock
) -> None:
    await build_messages(db, 1, now=NOW - timedelta(days=1))
    assert await outbox_check(db, redis_client, None) == "ok"


async def test_mails_are_told_to_metrics(db: Database, redis_client: Redis, clock: FakeClock) -> None:
    await build_messages(db, 2, now=NOW)
    counts = MailCounts(redis_client)
    await counts.add({"sent": 3, "failed": 1})
    await counts.add({"sent": 1})
    clock.advance(7)
    await MeasureMails(db, counts, clock).update()
    assert REGISTRY.get_sample_value("hub_mails", {"result": "sent"}) == 4
    assert REGISTRY.get_sample_value("hub_mails", {"result": "skipped"}) == 0
    assert REGISTRY.get_sample_value("hub_mails_waiting") == 2
    assert REGISTRY.get_sample_value("hub_mails_oldest_seconds") == 7
